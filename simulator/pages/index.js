// @ts-check
// The simulator's front page: moves the clock, clears faults, and shows the page again.

async function act(method, path, body) {
  const res = await fetch(path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
  if (res.ok) { location.reload(); return; }
  const trouble = /** @type {HTMLElement} */ (document.getElementById('trouble'));
  trouble.textContent = (await res.json()).error;
  trouble.hidden = false;
}

document.getElementById('clock')?.addEventListener('click', (event) => {
  const advance = /** @type {HTMLElement} */ (event.target).dataset.advance;
  if (advance) act('POST', '/_sim/clock', { advance });
});
document.getElementById('clear-faults')?.addEventListener('click', () => act('DELETE', '/_sim/faults'));
