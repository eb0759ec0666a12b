// @ts-check
// The talk panel: loads one talk, draws it, and keeps it in step with this browser's store, the server and other tabs.

import { speak, t } from "../js/words.js";
import { talkActions } from "./actions.js";
import { ok, sentence } from "./api.js";
import { h, loadIcons, render } from "./dom.js";
import { listen } from "./keys.js";
import { callOver, screen, sources } from "./model.js";
import { createOutbox, pokeable } from "./outbox.js";
import { say, stepOf } from "./script.js";
import { memoryStore, openStore } from "./store.js";
import { merge, quietSince, scriptOf, walkOf } from "./talk.js";
import { ulids } from "./ulid.js";
import { apply } from "./walk.js";
import { localIn } from "./when.js";
import { bodyOf, editsOf, formOf, unready } from "./wrap.js";
import { banners, header } from "./view/header.js";
import { closing, kitTop } from "./view/kit.js";
import { lights } from "./view/lights.js";
import { rail, strip } from "./view/rail.js";
import { side } from "./view/side.js";
import { stage } from "./view/stage.js";

const DRAFT_AFTER = 150; // typed words are in the store within 300 ms, whatever happens next
const EVENT_AFTER = 1200;
const HOLD_EVERY = 20000;
const LOOK_AGAIN = 5000; // while what came in is being fetched: nobody tells when that is done

const conversation = document.body.dataset.conversation || "";
// In practice the other end of the line is a module in this page: nothing leaves it, and nothing is kept.
const practice = document.body.dataset.practice !== undefined;
const line = await import(practice ? "../practice/line.js" : "./api.js");
const { claimTab, follow, request } = line;
/** The views that come a little later. @type {typeof import("./view/later/all.js")|null} */
let later = null;
const base = `/talk/${encodeURIComponent(conversation)}`;
const app = /** @type {HTMLElement} */ (document.getElementById("app"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("sheet"));
const live = /** @type {HTMLElement} */ (document.getElementById("live"));
const narrow = matchMedia("(max-width: 1099px)");

/** @type {any} The whole page in one place: what the server said, what was done here, and what the eye needs. */
const m = {
  server: null, script: null, walk: null, events: [], local: [], asked: false,
  status: { phase: "saved", waiting: 0, savedAt: 0, detail: "" }, durable: true, holder: true,
  narrow: narrow.matches, now: Date.now(), nowLocal: "", screen: "talk", form: null, wrapContext: null,
  ui: {
    arming: false, sheet: "", query: "", card: "", own: { step: "", id: "" }, wrong: "", swap: false, swapTo: "", blocked: "", problem: "", editing: "", drafts: {}, edits: {}, quietFrom: 0,
    wrapping: false, back: false, sent: false, saving: false, hungUp: false, next: "", then: "next", keysOn: localStorage.getItem("keys") !== "off",
  },
  busy: (/** @type {string} */ name) => running.has(name),
  /** What practice adds to the panel; see view/kit.js. @type {import("./view/kit.js").Kit|null} */
  kit: practice ? line.kit : null,
};
/** @type {Set<string>} */
const running = new Set();
let skew = 0;
let tab = "";
const nextID = ulids(() => Date.now());
const { sleep, poke } = pokeable();
/** @type {any} */
let store = memoryStore();
/** @type {ReturnType<typeof createOutbox>} */
let outbox;

const tell = (/** @type {string} */ words) => { live.textContent = words; };

// ---- what happened ----

/** @param {string} type @param {Record<string, any>} data */
function emit(type, data) {
  const event = { id: nextID(), at: new Date(Date.now() + skew).toISOString(), type, data };
  m.local.push(event);
  m.events.push(event);
  apply(m.script, m.walk, event);
  if (m.kit && m.kit.onEvent) m.kit.onEvent(event, m);
  outbox.add({ id: event.id, conversation, kind: "event", body: event }).catch(() => { m.ui.problem = t("This browser could not keep that. Check its storage, and don't close the page."); draw(); });
  draw();
}

/** @type {Record<string, {draft?:number, event?:number}>} */
const timers = {};

/** Half-typed words: on screen at once, in the store in a blink, an event when the hands rest. @param {string} name @param {string} value */
function typing(name, value) {
  if (!m.holder) return;
  m.ui.drafts[name] = value;
  const t = (timers[name] ||= {});
  clearTimeout(t.event);
  t.draft ||= window.setTimeout(() => {
    t.draft = undefined;
    if (name in m.ui.drafts) keepDraft(name, m.ui.drafts[name]);
  }, DRAFT_AFTER);
  t.event = window.setTimeout(() => flushOne(name), EVENT_AFTER);
  draw();
}

/** @param {string} name @param {string} value */
const keepDraft = (name, value) => store.putDraft({ key: `${conversation}/${name}`, conversation, name, value });

/** @param {string} name */
function flushOne(name) {
  const t = timers[name] || {};
  clearTimeout(t.draft);
  clearTimeout(t.event);
  delete timers[name];
  if (!(name in m.ui.drafts)) return;
  const value = m.ui.drafts[name];
  delete m.ui.drafts[name];
  const known = name === "note" ? m.walk.note : m.walk.slots[name] || "";
  if (value !== known && name === "note") emit("note", { text: value });
  else if (value !== known) emit("slot", { name, value });
  store.removeDraft(`${conversation}/${name}`);
}

const flush = () => Object.keys(m.ui.drafts).forEach(flushOne);

/** The page goes away under half-typed words: they are put down as they stand, and become an event when it is back. */
const keepDrafts = () => Object.entries(m.ui.drafts).forEach(([name, value]) => keepDraft(name, String(value)));

// ---- the server ----

let fetching = false, again = false;

/** Asks for everything; asked twice at once, it asks once more after. */
async function refresh() {
  if (fetching) return void (again = true);
  fetching = true;
  try {
    do {
      again = false;
      const reply = await request("GET", `${base}/state`);
      if (ok(reply)) await accept(reply.data);
      else if (!m.server) return fail(reply.status === 401 || reply.status === 403 ? t("This talk isn't open to you here. Go back to your shift.") : sentence(reply));
    } while (again);
  } catch {
    if (!m.server) await fromCopy();
  } finally {
    fetching = false;
  }
}

/** @param {any} state */
async function accept(state) {
  skew = (Date.parse(state.now) || Date.now()) - Date.now();
  if (!(await openDesk(state))) return;
  adopt(state);
  if (texting()) m.text.refresh();
  if (state.conversation.state !== "wrapped") await store.putCopy(conversation, state);
}

/** A talk by text has a desk of its own: the thread, the next text, what may be sent. It stays when the talk goes on as a call. */
async function openDesk(/** @type {any} */ state) {
  if (m.text || state.conversation.channel !== "text") return true;
  try {
    const { textDesk } = await import("./text/desk.js");
    m.text = await textDesk({ m, base, tab: () => tab, store, conversation, request, ok, sentence, emit, command, draw, tell });
  } catch {
    if (!m.server) fail(t("We can't be reached right now. Trying again."));
  }
  return Boolean(m.text);
}

/** @param {any} state */
function adopt(state) {
  m.server = state;
  if (state.conversation.channel === "text") state.call = null; // a call on which nobody spoke is a line in the thread
  m.script = scriptOf(state);
  m.events = merge(state.events || [], m.local);
  m.walk = walkOf(state, m.events);
  if (state.undone && !Object.keys(m.ui.edits).length) m.ui.edits = editsOf(setting(), state.undone);
  m.ui.quietFrom = quietSince(m.events, Date.now() + skew);
  if (!m.asked) m.holder = state.holder || sessionStorage.getItem("holds") === conversation; // this tab held it before a reload
  draw();
}

/** The server is away while the page loads: what it said last is still here. */
async function fromCopy() {
  const copy = await store.copy(conversation);
  if (copy && (await openDesk(copy))) adopt(copy);
  else if (!copy) fail(t("We can't be reached right now. Trying again."));
}

/** @param {string} words */
const fail = (words) => render(app, [h("main.stage.lonely", { key: "stage" }, h("p.banner.ours", { role: "alert" }, words), h("p", null, h("a", { href: "/shift" }, t("Back to my shift"))))]);

/** One command to the server; pressed twice it is sent once. @param {string} name @param {any} [body] */
async function command(name, body = {}) {
  if (running.has(name)) return false;
  running.add(name);
  draw();
  try {
    const reply = await request("POST", `${base}/${name}`, body);
    if (!ok(reply)) m.ui.problem = sentence(reply);
    await refresh();
    return ok(reply);
  } catch {
    m.ui.problem = t("We couldn't reach our server, so that didn't happen. Your own phone still works: hang up there if you need to.");
    return false;
  } finally {
    running.delete(name);
    draw();
  }
}

/** @param {boolean} take */
async function hold(take) {
  try {
    const reply = await request("POST", `${base}/hold`, { tab, take });
    if (!ok(reply)) return;
    m.asked = true;
    m.holder = reply.data.holder;
    if (!practice) sessionStorage.setItem("holds", m.holder ? conversation : "");
    if (m.holder) outbox.release(conversation);
    draw();
  } catch {
    // Offline: whoever held the talk keeps it, and the outbox says what is going on.
  }
}

// ---- presses ----

const set = (/** @type {Record<string, any>} */ ui) => { Object.assign(m.ui, ui); draw(); };

/** @param {string} id */
const focusLater = (id) => requestAnimationFrame(() => { const el = document.getElementById(id); if (el) el.focus(); });

/** @param {"next"|"break"} then */
async function save(then) {
  if (m.screen !== "wrap" || m.ui.saving || !m.holder || unready(m.form)) return;
  flush();
  m.ui.saving = true;
  const id = nextID();
  await outbox.add({ id, conversation, kind: "wrap", body: bodyOf(m.wrapContext, m.form, id, then) });
  set({ sent: true, then });
}

/** Takes back a wrap-up that still waits here: it has not reached us, so nothing has to be undone there. */
async function unsave() {
  const waiting = outbox.pending(conversation).filter((i) => i.kind === "wrap").map((i) => i.id);
  if (!(await outbox.withdraw(waiting))) return refresh();
  m.act.wrap({ replaces: waiting[0] }); // it may have reached us all the same: then the next one takes its place
  set({ sent: false, saving: false, wrapping: true });
}

/** @param {import("./outbox.js").Item} item @param {import("./outbox.js").Reply} reply */
async function wrapped(item, reply) {
  await store.forget(item.conversation);
  if (item.conversation !== conversation) return;
  if (!ok(reply)) return set({ sent: false, saving: false, problem: sentence(reply) });
  set({ next: (reply.data && reply.data.next) || "/shift" });
  location.assign(m.ui.next);
}

m.act = {
  ...talkActions({ m, emit, flush, draw: () => draw(), tell, fresh: nextID }),
  set, save, unsave, typing, flush: flushOne,
  arm: (/** @type {boolean} */ on) => { set({ arming: on }); if (on) focusLater("stay"); },
  async hangup() { if (await command("hangup")) m.ui.hungUp = true; set({ arming: false }); },
  voicemail: () => command("voicemail"),
  notConnected: () => command("not-connected"),
  async redial() { if (await command("redial")) set({ wrapping: false, back: false, hungUp: false }); },
  retry: () => command("retry"),
  mute: (/** @type {boolean} */ on) => command("mute", { on }),
  help: (/** @type {boolean} */ on) => command("help", { on }),
  async take() { running.add("hold"); await hold(true); running.delete("hold"); await refresh(); },
  said: (/** @type {string} */ what) => set({ sheet: what }),
  close: () => set({ sheet: "", wrong: "" }),
  /** Facts and answers, from any step. */
  facts: () => set({ sheet: "facts", query: "", card: "" }),
  search: (/** @type {string} */ query) => set({ query, card: "" }),
  openOwn: (/** @type {string} */ step, /** @type {string} */ id) => set({ sheet: "own", own: { step, id }, wrong: "" }),
  keysOn(/** @type {boolean} */ on) { localStorage.setItem("keys", on ? "on" : "off"); set({ keysOn: on }); },
  /** Opens what is edited, or closes it and goes back to where it was opened. */
  edit(/** @type {string} */ name, /** @type {string} */ back = "") { set({ editing: name }); if (name || back) focusLater(back || (m.screen !== "wrap" ? `f-${name}` : name.startsWith("wrap-") ? name : `e-${name}`)); },
  focusSlot(/** @type {string} */ name) {
    const fold = /** @type {HTMLDetailsElement|null} */ (document.getElementById("fold-words"));
    if (fold && fold.querySelector(`#f-${name}`)) fold.open = true;
    focusLater(`f-${name}`);
  },
  wrapUp: () => { flush(); set({ wrapping: true, back: false }); },
  back: () => set({ back: true, wrapping: false }),
  /** @param {Record<string, any>} change @param {string} [focus] */
  wrap(change, focus) {
    Object.assign(m.ui.edits, change);
    keepDraft("wrap", JSON.stringify(m.ui.edits));
    draw();
    if (focus) focusLater(focus);
  },
  /** It goes when the wrap-up is saved; until then it follows the plan, and what stands on the screen is what goes. */
  sendRecap() { m.act.wrap({ recap_send: true }); set({ editing: "" }); },
};

listen({
  press: (colour, nth) => m.act.pressNth(colour, nth),
  step: (n) => m.act.step(n),
  line: (by) => !texting() && m.act.lineBy(by),
  space: () => m.screen === "talk" && !texting() && m.act.asked(),
  escape: () => (m.ui.arming ? (m.act.arm(false), true) : m.act.quietOver()),
  moment: () => m.screen === "talk" && m.act.moment(),
  notes: () => toField("notes"),
  words: () => toField(`f-${Object.keys(m.script.slots || {}).find((n) => m.script.slots[n].carrier && !sources(m).conversation?.[n]) || "problem"}`),
  help: () => m.holder && m.act.help(!m.server.help),
  mute: () => m.holder && m.server.call && m.act.mute(!m.server.call.muted),
  save: () => (texting() && m.screen === "talk" ? m.text.send() : m.act.save("next")),
  facts: () => m.screen === "talk" && m.walk.mode !== "silence" && m.act.facts(),
  list: () => m.act.set({ sheet: "keys" }),
  on: () => Boolean(m.server) && m.ui.keysOn,
  open: () => !m.server || Boolean(m.ui.sheet),
});

/** @param {string} id */
function toField(id) {
  const fold = document.getElementById(id === "notes" ? "fold-notes" : "fold-words");
  if (fold instanceof HTMLDetailsElement) fold.open = true;
  focusLater(id);
}

// ---- drawing ----

let drawn = false;
let place = "";

/** Whether this talk goes on by text, and its desk is there. */
const texting = () => Boolean(m.text) && m.text.on();

/** Draws once after everything that is going on now. */
function draw() {
  if (drawn || !m.server) return;
  drawn = true;
  queueMicrotask(() => { drawn = false; paint(); });
}

/** What a wrap-up is made from, at this moment. */
function setting() {
  m.now = Date.now() + skew;
  m.nowLocal = localIn(m.now, m.server.person.zone);
  const { person } = m.server;
  return { script: m.script, walk: m.walk, sources: sources(m), nowLocal: m.nowLocal, demo: m.server.demo, sayName: person.say_name, textAllowed: person.text_allowed, textOk: person.text_ok, byHand: person.by_hand };
}

function paint() {
  if (!later && screen(m) !== "talk") return; // it is drawn as soon as they are here
  m.screen = screen(m);
  m.wrapContext = setting();
  m.form = formOf(m.wrapContext, m.ui.edits);
  app.dataset.view = m.screen === "talk" ? m.walk.mode : m.screen;
  app.dataset.over = String(callOver(m.server.call));
  const main = (/** @type {any} */ inside, /** @type {string} */ label) => h("main.stage", { key: "stage", id: "main", tabindex: "-1", "aria-label": label }, inside);
  const views = texting() ? m.text : { stage, side, foot: lights };
  render(app, m.screen === "talk"
    ? [header(m), m.narrow && strip(m), !m.narrow && rail(m), main([banners(m), m.ui.back && toWrap(), kitTop(m), views.stage(m)], t("What to say")), !m.narrow && views.side(m), views.foot(m)]
    : m.screen === "wrap"
      ? [header(m), main([banners(m), later.wrapup(m)], t("Wrap-up")), later.wrapFoot(m)]
      : [header(m), main([banners(m), closing(m) || later.ended(m)], t("What happened"))]);
  paintSheet();
  arrive();
  if (texting() && m.screen === "talk") m.text.painted();
}

const toWrap = () => h("div.banner.plain", { key: "towrap" }, h("p", null, t("Your notes are open. Wrap-up is where you left it.")), h("button.btn.pri.push", { type: "button", onclick: () => m.act.wrapUp() }, t("Back to wrap-up")));

/** On a new step the eye and the screen reader start at its title; someone who types is left alone. */
function arrive() {
  const here = `${m.screen}/${m.walk.step}/${m.walk.mode}/${m.walk.route.length}`;
  if (here === place) return;
  const first = place === "";
  place = here;
  if (first) return;
  const main = document.getElementById("main");
  if (main && !texting()) main.scrollTop = 0; // a thread ends with what is new
  const step = stepOf(m.script, m.walk.step);
  if (m.screen === "talk" && m.walk.mode === "step" && step) tell(`${say(step.name, m.walk.locale)}. ${say(step.goal, m.walk.locale)}`);
  if (document.activeElement instanceof HTMLTextAreaElement || document.activeElement instanceof HTMLInputElement) return;
  const title = document.getElementById("step-title") || main;
  if (title) title.focus({ preventScroll: true });
}

function paintSheet() {
  const s = (texting() && m.text.sheet(m)) || (later ? later.sheet(m) : null);
  render(dialog, s ? [h("h2", { key: "t", id: "sheet-title" }, s.title), h("div.sheetbody", { key: m.ui.sheet }, s.body)] : []);
  if (s && !dialog.open) {
    dialog.showModal();
    /** @type {HTMLElement|null} */ (dialog.querySelector("[autofocus]"))?.focus();
  }
  if (!s && dialog.open) dialog.close();
}

/** @param {import("./outbox.js").Status} status */
function saved(status) {
  const before = m.status.phase;
  m.status = m.kit ? { ...status, phase: "practice" } : status;
  if (m.kit) return draw();
  if (status.phase === "offline" && before !== "offline") tell(t("Your internet dropped. What you type is safe here."));
  if (status.phase === "saved" && before !== "saved" && before !== "sending") tell(t("Everything is saved here and with us."));
  draw();
}

/** The page asked for the talk as its first thing; asked for in the same way, that answer is taken and no other is fetched. */
async function firstState() {
  if (practice) return request("GET", `${base}/state`).catch(() => null);
  try {
    const reply = await fetch(`${base}/state`);
    return { status: reply.status, data: await reply.json() };
  } catch {
    return null; // it is asked for again
  }
}

/** A network that is gone at this moment is asked again: a wrap-up must never wait for one. */
async function fetchLater() {
  for (let missed = 0; !later; missed++) { // a browser may remember that it failed, so each try has a name of its own
    later = await import(/** @type {any} */ (`./view/later/all.js${missed ? `?again=${missed}` : ""}`)).catch(() => null);
    if (!later) await sleep(2000);
  }
  draw();
}

// ---- start ----

async function start() {
  // Asked for at once, all that a slow network lets through: the words, the talk, who holds it.
  const words = speak(document.documentElement.lang, ["talk", "promises", "wrapmend", "gaps"]);
  const asked = firstState();
  fetchLater();
  loadIcons(new URL("../icons.svg", import.meta.url).href).catch(() => tell(t("Icons are missing. Everything still works.")));
  try {
    if (!practice) store = await openStore(indexedDB);
  } catch {
    m.durable = false;
  }
  outbox = createOutbox({
    store, now: () => Date.now(), sleep, onChange: saved, onWrap: wrapped,
    send: (talk, kind, payload) => request("POST", `/talk/${encodeURIComponent(talk)}/${kind === "wrap" ? "wrap" : "events"}`, kind === "wrap" ? payload : { tab, events: payload }),
  });
  tab = await claimTab(nextID);
  await Promise.all([words, outbox.load()]);
  m.local = outbox.pending(conversation).filter((i) => i.kind === "event").map((i) => i.body);
  if (outbox.pending(conversation).some((i) => i.kind === "wrap")) m.ui.sent = true;
  const first = await asked;
  if (first && ok(first)) await accept(first.data);
  await hold(false);
  while (!m.server) {
    await refresh();
    if (!m.server) await sleep(3000);
  }
  for (const d of await store.drafts(conversation)) {
    if (d.name === "wrap") m.ui.edits = JSON.parse(d.value);
    else if (m.holder && d.name !== "text") { m.ui.drafts[d.name] = d.value; flushOne(d.name); }
  }
  draw();
  follow(`conversation:${conversation}`, refresh);
  setInterval(() => hold(false), HOLD_EVERY);
  setInterval(() => { if (m.server && m.server.fetching) refresh(); }, LOOK_AGAIN);
  setInterval(draw, 1000);
  narrow.addEventListener("change", () => { m.narrow = narrow.matches; draw(); });
  // What is open is ours to know: the browser tells of a close a moment later, and by then the next sheet may be open.
  dialog.addEventListener("cancel", (e) => {
    e.preventDefault();
    set({ sheet: "" });
  });
  dialog.addEventListener("close", () => { if (m.ui.sheet && !dialog.open) set({ sheet: "" }); });
  addEventListener("online", () => { m.cut = false; poke(); refresh(); hold(false); });
  addEventListener("offline", () => { m.cut = true; poke(); draw(); });
  addEventListener("pagehide", keepDrafts);
  document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
  addEventListener("beforeunload", (e) => { if (!m.durable && m.status.waiting) e.preventDefault(); });
}

start();
