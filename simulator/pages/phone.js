// @ts-check
// One phone. The server streams its whole state at every change; this draws it and posts what the person does.

const number = document.body.dataset.number;
const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
let state = null;
let shownCall = '';

/** Draws only the items that are not drawn yet, so that screen readers announce just those. */
function append(list, items, keyOf, draw) {
  const drawn = new Set([...list.children].map((li) => li.dataset.key));
  const wanted = new Set(items.map(keyOf));
  for (const li of [...list.children]) if (!wanted.has(li.dataset.key)) li.remove();
  let added = false;
  for (const item of items) {
    if (drawn.has(keyOf(item))) continue;
    const li = document.createElement('li');
    li.dataset.key = keyOf(item);
    draw(li, item);
    list.append(li);
    added = true;
  }
  if (added) list.scrollTop = list.scrollHeight;
}

function line(li, who, words) {
  const name = document.createElement('span');
  name.className = 'who';
  name.textContent = who;
  li.append(name, words);
}

function nice(n) {
  const m = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(n);
  return m ? `(${m[1]}) ${m[2]}-${m[3]}` : n;
}

function drawCall(call, live) {
  const ringsHere = live && call.direction !== 'inbound' && call.status === 'ringing';
  const talking = live && call.status === 'in-progress';
  const calling = live && call.direction === 'inbound' && call.status === 'ringing';
  $('ringing').hidden = !ringsHere;
  $('hangup').hidden = !(talking || calling);
  $('talking').hidden = !talking;
  $('dial').hidden = live;
  $('call').classList.toggle('ringing-now', ringsHere);
  let status = 'No call.';
  if (ringsHere) status = `Ringing: ${nice(call.with)} is calling.`;
  else if (calling) status = `Calling ${nice(call.with)}…`;
  else if (talking) status = `In a call with ${nice(call.with)}.`;
  else if (call) status = `The call with ${nice(call.with)} is over (${call.status}).`;
  if ($('call-status').textContent !== status) $('call-status').textContent = status;
  const notes = [];
  if (live && call.room) notes.push('In a conference.');
  if (live && call.muted) notes.push('Muted: the others do not hear this phone.');
  if (live && call.hold) notes.push('On hold: this phone hears nobody and is heard by nobody.');
  $('call-notes').textContent = notes.join(' ');
  if (call && call.sid !== shownCall) { shownCall = call.sid; $('captions').replaceChildren(); }
  append($('captions'), call ? call.captions : [], (c) => String(c.n), (li, c) => {
    li.className = c.who === 'line' ? 'line-in' : c.who;
    line(li, c.who === 'you' ? 'You' : c.who === 'them' ? c.name || 'Other person' : 'On the line', c.words);
  });
}

function draw(next) {
  state = next;
  $('name').textContent = state.name;
  drawCall(state.call, state.live);
  const stopped = state.stopped.map(nice).join(', ');
  $('stopped').hidden = !stopped;
  $('stopped').textContent = stopped && `This phone said STOP to ${stopped}. Texts from there are blocked until START.`;
  append($('thread'), state.texts, (t) => t.sid, (li, t) => {
    li.className = t.mine ? 'mine' : t.auto ? 'auto' : 'theirs';
    line(li, t.mine ? 'You' : t.auto ? `${nice(t.with)}, automatic reply` : nice(t.with), t.body);
  });
}

async function act(path, body) {
  $('trouble').hidden = true;
  try {
    const res = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body || {}) });
    if (res.ok) return true;
    const said = await res.json().catch(() => ({}));
    throw new Error(said.error || `The simulator answered ${res.status}.`);
  } catch (err) {
    $('trouble').textContent = err.message;
    $('trouble').hidden = false;
    return false;
  }
}

const inCall = (action, body) => state && state.call && act(`/_sim/calls/${state.call.sid}/${action}`, body);
const text = (body) => act('/_sim/texts', { from: number, to: $('text-to').value, body });

$('answer').addEventListener('click', () => inCall('answer'));
$('decline').addEventListener('click', () => inCall('decline'));
$('hangup').addEventListener('click', () => inCall('hangup'));
$('say').addEventListener('submit', async (event) => {
  event.preventDefault();
  const words = $('words').value.trim();
  if (words && await inCall('say', { words })) $('words').value = '';
});
$('quick').addEventListener('click', (event) => {
  if (event.target.tagName === 'BUTTON') inCall('say', { words: event.target.textContent });
});
$('keypad').addEventListener('click', (event) => {
  if (event.target.tagName === 'BUTTON') inCall('press', { digits: event.target.textContent });
});
$('dial').addEventListener('submit', (event) => {
  event.preventDefault();
  act('/_sim/calls', { from: number, to: $('dial-to').value });
});
$('compose').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = $('body').value;
  if (body.trim() && await text(body)) $('body').value = '';
});
$('text-stop').addEventListener('click', () => text('STOP'));
$('text-start').addEventListener('click', () => text('START'));

const stream = new EventSource(`/_sim/phone/${encodeURIComponent(number)}/stream`);
stream.onopen = () => { $('link-state').textContent = 'On. This phone rings until you answer.'; };
stream.onerror = () => { $('link-state').textContent = 'No connection to the simulator; trying again…'; };
stream.onmessage = (event) => draw(JSON.parse(event.data));
