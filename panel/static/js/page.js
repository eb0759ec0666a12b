// @ts-check
// Every page works without this file. With it, a page follows what changes, keeps a shift alive, and counts a text.

import { giveBack, typedIn } from "./typed.js";
import { count as counted, speak, t as say } from "./words.js";

// Who has practiced on this device is not asked first any more; see practice/line.js.
try {
  document.documentElement.classList.toggle("haspracticed", Boolean(localStorage.getItem("practiced")));
} catch {
  // A browser that keeps nothing is asked each time.
}

// On a phone the links at the top are wider than the screen: the page that is open stands in sight, at once and without motion.
const links = document.querySelector(".nav"), open = links && links.querySelector('[aria-current="page"]');
if (links && open) links.scrollLeft += open.getBoundingClientRect().left - links.getBoundingClientRect().left - (links.clientWidth - open.clientWidth) / 2;

/** Parts that follow the server: their address, their topics, and what stands in them. */
const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-live]")]);
const SAFETY = 20000; // a lost message costs this long, never a fact

/** A part that must not be drawn anew now: something in it is on its way, or plays, or is being composed. @param {HTMLElement} part */
const busy = (part) => composing || Boolean(part.querySelector("[data-sending]")) || [...part.querySelectorAll("audio")].some((a) => !a.paused);

let composing = false;
document.addEventListener("compositionstart", () => { composing = true; });
document.addEventListener("compositionend", () => { composing = false; });

/** Words whose field is gone stay in sight until there is one for them again: a text to somebody whom another one answers now. @param {HTMLElement} part @param {import("./typed.js").Typed[]} homeless */
function keepWords(part, homeless) {
  for (const was of homeless) {
    const box = document.createElement("div"), label = document.createElement("label"), field = document.createElement("textarea");
    box.className = "field kept";
    label.htmlFor = field.id = was.id; // a field of that name takes the words back
    label.textContent = say("You were writing this. It has not been sent, and it stays here:");
    field.dir = "auto";
    field.value = was.value;
    box.append(label, field);
    (part.querySelector("[data-said]") || part).append(box);
    if (was.at) field.focus({ preventScroll: true });
  }
}

/**
 * A part as anybody sees it, to tell whether it has changed: nonces, how long ago, and a message about a failed press do not count.
 * @param {ParentNode} root
 */
function seen(root) {
  const copy = document.createElement("div");
  copy.append(/** @type {Node} */ (/** @type {unknown} */ (root)).cloneNode(true));
  copy.querySelectorAll("[data-problem], input[name=nonce], time, [data-at]").forEach((el) => el.remove());
  return copy.innerHTML.replace(/\s+/g, " ");
}

/** @param {string} text */
function parsed(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  return fresh.content;
}

/** @type {WeakMap<HTMLElement, {text: string, asking: boolean, again: boolean}>} */
const known = new WeakMap();

/** Asks for one part again and puts it in place; a refusal leaves what stands there. @param {HTMLElement} part */
async function refetch(part) {
  const k = known.get(part) || { text: "", asking: false, again: false };
  known.set(part, k);
  if (k.asking) return void (k.again = true);
  k.asking = true;
  try {
    do {
      k.again = false;
      const answer = await fetch(part.dataset.live || "", { headers: { "X-Fragment": "1" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
      const go = answer.headers.get("X-Go");
      if (go) return void location.assign(go);
      if (answer.status === 401) return void location.reload();
      if (answer.ok) put(part, await answer.text(), k);
    } while (k.again);
    lost(false);
  } catch {
    lost(true);
  } finally {
    k.asking = false;
  }
}

/** @param {HTMLElement} part @param {string} text @param {{text: string}} k */
function put(part, text, k) {
  if (busy(part)) return;
  const now = parsed(text);
  const looks = seen(now);
  if (looks === k.text) return clocks(part, now); // a button stays the same button under the finger
  k.text = looks;
  const problem = part.querySelector("[data-problem]");
  const typed = typedIn(part, document.activeElement);
  const open = new Set([...part.querySelectorAll("details[open] > summary")].map((s) => s.textContent));
  const had = part.contains(document.activeElement) ? keyOf(document.activeElement) : "";
  const scrolled = [...part.querySelectorAll(".thread")].map((t) => t.scrollTop + t.clientHeight >= t.scrollHeight - 40);
  part.replaceChildren(now);
  if (problem) part.querySelector("[data-said]")?.prepend(problem);
  keepWords(part, giveBack(typed, (id) => { const f = document.getElementById(id); return f && part.contains(f) ? f : null; }));
  for (const s of part.querySelectorAll("details > summary")) if (open.has(s.textContent)) s.parentElement?.setAttribute("open", "");
  const back = had && [...part.querySelectorAll("button, a, summary")].find((el) => keyOf(el) === had);
  if (back instanceof HTMLElement) back.focus({ preventScroll: true });
  ready(part, scrolled);
}

/** Nothing has changed but how long ago things were. @param {HTMLElement} part @param {ParentNode} now */
function clocks(part, now) {
  const fresh = now.querySelectorAll("time, [data-at]");
  part.querySelectorAll("time, [data-at]").forEach((t, i) => { if (fresh[i]) t.textContent = fresh[i].textContent; });
}

/** What a button is, over a redraw. @param {Element|null} el */
const keyOf = (el) => (el ? `${el.tagName} ${el.closest("form")?.getAttribute("action") || el.getAttribute("href") || ""} ${el.textContent}` : "");

/** Says in words that this page may be old. @param {boolean} away */
function lost(away) {
  let note = document.getElementById("lost");
  if (!away) return void note?.remove();
  if (note) return;
  note = document.createElement("p");
  note.id = "lost";
  note.className = "banner";
  note.setAttribute("role", "status");
  note.textContent = say("We can't be reached right now, so this page may be old. Calls go on. Trying again.");
  document.querySelector("main")?.prepend(note);
}

// ---- the stream ----

/** @type {EventSource|null} */
let stream = null;
const always = parts.some((p) => "always" in p.dataset);
/** The topic of this volunteer's own shift, on whatever page they are. */
const mine = document.body.dataset.shift || "";

function follow() {
  const topics = [...new Set([mine, ...parts.flatMap((p) => (p.dataset.topics || "").split(","))].filter(Boolean))];
  if (!topics.length || stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource(`/live?topics=${encodeURIComponent(topics.join(","))}`);
  stream.addEventListener("topic", (e) => {
    if (/** @type {MessageEvent} */ (e).data === mine) stillHere();
    for (const p of parts) if ((p.dataset.topics || "").split(",").includes(/** @type {MessageEvent} */ (e).data)) refetch(p);
  });
  stream.onopen = () => parts.forEach(refetch);
}

/** A page in the background gives its connection back: browsers have few of them for one site. */
document.addEventListener("visibilitychange", () => {
  if (always) return;
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else {
    follow();
  }
});

// ---- what stands on a page ----

/** @type {number} */
let ticking = 0;

/** @param {ParentNode} root @param {boolean[]} [scrolled] */
function ready(root, scrolled) {
  root.querySelectorAll(".thread").forEach((t, i) => { if (!scrolled || scrolled[i] !== false) t.scrollTop = t.scrollHeight; });
  root.querySelectorAll("[data-segments]").forEach((t) => count(/** @type {HTMLTextAreaElement} */ (t), true));
  for (const b of root.querySelectorAll("[data-copy]")) /** @type {HTMLElement} */ (b).hidden = !navigator.clipboard;
  const first = /** @type {HTMLElement|undefined} */ ([...root.querySelectorAll("[data-primary]")].find((b) => b.getClientRects().length));
  const at = document.activeElement;
  if (first && (!at || at === document.body || !at.isConnected)) first.focus({ preventScroll: true });
  newCampaign();
  countdown(/** @type {HTMLFormElement|null} */ (root.querySelector("form[data-autocall]")));
}

/** A call that starts by itself, in the open, and can be stopped. @param {HTMLFormElement|null} form */
function countdown(form) {
  clearInterval(ticking);
  if (!form) return;
  const key = `wait ${form.dataset.key}`;
  const box = /** @type {HTMLElement} */ (form.querySelector(".counting"));
  if (sessionStorage.getItem(key) === "stopped") return;
  const until = Number(sessionStorage.getItem(key)) || Date.now() + Number(form.dataset.autocall) * 1000;
  sessionStorage.setItem(key, String(until));
  const words = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
  box.hidden = false;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    words.textContent = left > 0 ? say("Calling in {time}.", { time: counted(left, "second", "seconds") }) : say("Calling.");
    if (left > 0 || document.hidden) return;
    clearInterval(ticking);
    form.requestSubmit();
  };
  ticking = window.setInterval(tick, 250);
  tick();
  const stop = () => {
    clearInterval(ticking);
    sessionStorage.setItem(key, "stopped");
    box.hidden = true;
  };
  /** @type {HTMLElement} */ (form.querySelector("[data-wait]")).onclick = () => {
    stop();
    /** @type {HTMLElement} */ (form.querySelector("[data-primary]")).focus();
  };
  form.onchange = stop; // whoever still settles something is not ready yet
}

/** The fields of a new campaign show only for a new one. */
function newCampaign() {
  const pick = /** @type {HTMLSelectElement|null} */ (document.querySelector("[data-new]"));
  const fields = pick && document.getElementById(pick.dataset.new || "");
  if (pick && fields) fields.hidden = pick.value !== "new";
}

// The plain alphabet of phones; the signs of its extension count twice.
const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "^{}\\[~]|€";
/** @type {Record<string, string>} */
const STRAIGHT = { "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " " };

/** @param {HTMLTextAreaElement} field @param {boolean} first */
function count(field, first) {
  const words = field.parentElement?.querySelector("[data-cost]");
  if (!words || first && !field.value) return;
  const text = [...field.value.trim()].map((c) => STRAIGHT[c] || c).join("");
  let plain = 0, gsm = true;
  for (const c of text) {
    if (BASIC.includes(c)) plain += 1;
    else if (EXTENDED.includes(c)) plain += 2;
    else gsm = false;
  }
  const n = gsm ? plain : text.length;
  const [one, many] = gsm ? [160, 153] : [70, 67];
  const pieces = n <= one ? 1 : Math.ceil(n / many);
  words.textContent = `${counted(pieces, "text", "texts")}, ${counted(n, "character", "characters")}`;
}

document.addEventListener("input", (e) => {
  const t = /** @type {HTMLElement} */ (e.target);
  if (t.matches("[data-segments]")) count(/** @type {HTMLTextAreaElement} */ (t), false);
  if (t.matches("[data-new]")) newCampaign();
});

// One press is one request: a form that is on its way takes no second one.
document.addEventListener("submit", (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (form.dataset.sending) return e.preventDefault();
  if (form.method !== "post") return;
  form.dataset.sending = "1";
  for (const b of form.querySelectorAll("button")) b.setAttribute("aria-disabled", "true");
});

// Words that belong to no press are kept as soon as the hands leave them.
document.addEventListener("change", (e) => {
  const form = /** @type {HTMLElement} */ (e.target).closest("form[data-autosave]");
  if (!(form instanceof HTMLFormElement)) return;
  const words = new URLSearchParams();
  new FormData(form).forEach((v, name) => words.append(name, String(v)));
  fetch(form.action, { method: "POST", body: words, keepalive: true }).catch(() => {}); // the button still saves them
});

// A page that comes back from the browser's memory may be old.
addEventListener("pageshow", (e) => {
  if (!e.persisted) return;
  for (const f of document.querySelectorAll("form[data-sending]")) f.removeAttribute("data-sending");
  parts.forEach(refetch);
});

document.addEventListener("keydown", (e) => {
  const t = /** @type {HTMLElement} */ (e.target);
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && !e.repeat && t.matches("[data-send]")) {
    e.preventDefault();
    t.closest("form")?.requestSubmit();
  }
});

document.addEventListener("click", (e) => {
  const copy = /** @type {HTMLElement|null} */ (/** @type {HTMLElement} */ (e.target).closest("[data-copy]"));
  if (copy) navigator.clipboard.writeText(copy.dataset.copy || "").then(() => { copy.textContent = say("Copied"); }, () => { copy.textContent = say("Select the link and copy it"); });
});

/** A shift lives as long as one of its pages says so; a page beside the shift says when somebody waits there. */
async function stillHere() {
  try {
    const answer = await fetch("/shift/seen", { method: "POST", signal: AbortSignal.timeout(15000) });
    if (!answer.ok || always) return;
    const { state } = await answer.json();
    const waits = state === "reserved" || state === "on_call";
    const old = document.getElementById("waits");
    if (!waits || old) return waits || old?.remove();
    const note = document.createElement("p");
    note.id = "waits";
    note.className = "banner plain";
    note.setAttribute("role", "alert");
    const link = document.createElement("a");
    link.href = "/shift";
    link.className = "btn pri";
    link.textContent = say("Back to my shift");
    note.append(say(state === "on_call" ? "Somebody is on your line." : "Your next person is here."), link);
    document.querySelector("main")?.prepend(note);
  } catch {
    // The next one says so.
  }
}

/** A link to a part that is folded opens it. */
function unfold() {
  const part = document.getElementById(location.hash.slice(1));
  if (part instanceof HTMLDetailsElement) part.open = true;
}
addEventListener("hashchange", unfold);
unfold();

await speak(document.documentElement.lang, ["page", "gaps"]);
for (const p of parts) {
  const now = parsed(p.innerHTML);
  known.set(p, { text: seen(now), asking: false, again: false });
}
ready(document);
follow();
if (mine) setInterval(stillHere, SAFETY);
if (mine && !always) stillHere();
if (parts.length) setInterval(() => { follow(); parts.forEach(refetch); }, SAFETY);
