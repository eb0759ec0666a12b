// @ts-check
// The desk of a talk by text: it keeps the thread, the next text and what was picked, and sends one text for one press.

import { speak, t } from "../../js/words.js";
import { asleep, body, leaving, unanswered, waiting, withBlanks } from "./draft.js";
import { after, suggested } from "./lines.js";
import { selected, trimmed } from "./pick.js";
import { callState, controls, railFoot } from "./view/around.js";
import { foot } from "./view/composer.js";
import { sheet } from "./view/sheets.js";
import { side, stage } from "./view/thread.js";

const KEEP_AFTER = 150; // typed words are in the store within 300 ms, whatever happens next
const LOOK_EVERY = 20000;
const LOOK_AGAIN = 5000; // while what came in is being fetched: nobody tells when that is done

/**
 * @param {Object} page
 * @param {any} page.m The panel's model.
 * @param {string} page.base The address of the talk.
 * @param {() => string} page.tab
 * @param {any} page.store
 * @param {string} page.conversation
 * @param {(method:string, path:string, body?:any) => Promise<import("../outbox.js").Reply>} page.request
 * @param {(reply:import("../outbox.js").Reply) => boolean} page.ok
 * @param {(reply:import("../outbox.js").Reply) => string} page.sentence
 * @param {(type:string, data:Record<string, any>) => void} page.emit
 * @param {(name:string, body?:any) => Promise<boolean>} page.command
 * @param {() => void} page.draw
 * @param {(words:string) => void} page.tell
 */
export async function textDesk({ m, base, tab, store, conversation, request, ok, sentence, emit, command, draw, tell }) {
  await speak(document.documentElement.lang, ["text", "gaps"]);
  const desk = {
    /** @type {import("./draft.js").Thread} */
    thread: { texts: [], calls: [], draft: "", first: false, why_not: "", fetching: "", last_reply: null, host: false, waiting: [], seems: [] },
    loaded: false, sending: false, sure: false, problem: "",
    /** @type {string|null} */ typed: null,
    /** @type {import("./lines.js").Line|null} */ chosen: null,
    /** @type {{id:string, words:string}|null} */ picked: null,
    /** @type {number[]} */ picks: [],
    pickFrom: "",
    callState, controls, railFoot, stage, side, foot, sheet,
    on: () => m.server.conversation.channel === "text",
    draft, refresh, send, painted,
    act: { type, write, startOver, choose, wait, anyway: () => send(true), use, drop, pickFrom, pick, callInstead, words: () => m.act.set({ sheet: "words" }), lines: () => m.act.set({ sheet: "lines" }) },
  };

  /** What stands in the composer: what was typed, else what was chosen, else what the step suggests once it is our turn. @returns {import("./draft.js").Draft} */
  function draft() {
    const turn = desk.loaded && !waiting(desk.thread, m.now);
    return { typed: desk.typed, line: desk.chosen || (turn && desk.typed === null ? suggested(m) : null) };
  }

  // ---- the thread ----

  let asking = false, again = false;

  async function refresh() {
    if (asking) return void (again = true);
    asking = true;
    try {
      do {
        again = false;
        const reply = await request("GET", `${base}/thread${document.visibilityState === "visible" ? "?seen" : ""}`);
        if (ok(reply)) adopt(reply.data);
      } while (again);
    } catch {
      // The panel says that the network is away; the thread stays as it was read last.
    } finally {
      asking = false;
    }
  }

  /** @param {import("./draft.js").Thread} thread */
  function adopt(thread) {
    const known = new Set(desk.thread.texts.map((x) => x.id));
    const fresh = desk.loaded ? thread.texts.filter((x) => x.theirs && !known.has(x.id)) : [];
    desk.thread = thread;
    desk.loaded = true;
    if (fresh.length) {
      tell(fresh.map((x) => t("{name} wrote: {words}", { name: m.server.person.first_name, words: x.body })).join(" "));
      desk.sure = false;
    }
    settle();
    draw();
  }

  // ---- the next text ----

  /** @type {{id:string, body:string, line:import("./lines.js").Line|null}|null} A press whose answer we have not heard. */
  let pressed = null;
  /** @type {number|undefined} */
  let keeping;

  /** @param {string} words */
  function type(words) {
    desk.chosen = draft().line; // what was written over stays what it was, whatever is suggested next
    desk.typed = words;
    desk.problem = "";
    keep();
    draw();
  }

  function keep() {
    keeping ??= window.setTimeout(() => {
      keeping = undefined;
      if (desk.typed === null) store.removeDraft(`${conversation}/text`);
      else store.putDraft({ key: `${conversation}/text`, conversation, name: "text", value: JSON.stringify({ typed: desk.typed, line: desk.chosen }) });
    }, KEEP_AFTER);
  }

  /** Writes over a line that misses a word. */
  function write() {
    type(withBlanks(m, draft()));
    requestAnimationFrame(focus);
  }

  function startOver() {
    Object.assign(desk, { typed: null, chosen: null, problem: "", sure: false });
    keep();
    draw();
    requestAnimationFrame(focus);
  }

  /** @param {import("./lines.js").Line} line */
  function choose(line) {
    Object.assign(desk, { typed: null, chosen: line, problem: "", sure: false });
    keep();
    m.act.set({ sheet: "" });
    requestAnimationFrame(focus);
  }

  function wait() {
    desk.sure = false;
    draw();
    requestAnimationFrame(focus);
  }

  /** One press, one text. @param {boolean} [anyway] They have not answered yet, and this was said. */
  async function send(anyway = false) {
    const d = draft();
    const text = leaving(body(m, d));
    if (!m.holder || desk.sending || !desk.loaded || !text || asleep(m, d, desk.thread)) return;
    if (waiting(desk.thread, m.now) && !anyway) {
      desk.sure = true;
      draw();
      return void requestAnimationFrame(() => /** @type {HTMLElement|null} */ (document.getElementById("text-wait"))?.focus());
    }
    if (!navigator.onLine) return offline();
    Object.assign(desk, { sending: true, sure: false, problem: "" });
    pressed = { id: desk.thread.draft, body: text, line: d.line };
    draw();
    try {
      const reply = await request("POST", `${base}/text`, { tab: tab(), id: pressed.id, body: text });
      if (ok(reply)) {
        adopt(reply.data);
      } else {
        pressed = null;
        desk.problem = sentence(reply);
        refresh();
      }
    } catch {
      offline();
    } finally {
      desk.sending = false;
      draw();
    }
  }

  function offline() {
    desk.problem = t("You're offline. It waits here; press again when you're back.");
    draw();
  }

  /** A text of ours that is in the thread has gone, whether or not its answer was heard. */
  function settle() {
    if (!pressed || desk.thread.draft === pressed.id) return;
    const gone = pressed;
    pressed = null;
    const last = unanswered(desk.thread) || desk.thread.texts.findLast((x) => !x.theirs);
    if (!last || last.body !== gone.body) return;
    Object.assign(desk, { typed: null, chosen: null, problem: "" });
    keep();
    for (const e of after(m, gone.line)) emit(e.type, e.data);
    tell(desk.thread.fetching ? t("It goes by itself as soon as what came in is fetched.") : t("Sent."));
  }

  // ---- their words ----

  /** @param {string} name @param {string} words @param {number} max */
  function use(name, words, max) {
    const kept = trimmed(words, max);
    if (!kept || !m.holder) return;
    m.act.slot(name, kept);
    getSelection()?.removeAllRanges();
    desk.picked = null;
    m.act.set({ sheet: "" });
    tell(t("Kept: {words}", { words: kept }));
    if (!m.narrow) m.act.focusSlot(name); // to turn "my" into "your", as it will be said back
  }

  function drop() {
    desk.picked = null;
    getSelection()?.removeAllRanges();
    draw();
  }

  /** @param {string} id The list of one text's words, for hands that don't select. */
  function pickFrom(id) {
    Object.assign(desk, { pickFrom: id, picks: [] });
    m.act.set({ sheet: "pick" });
  }

  /** @param {number[]} picks */
  function pick(picks) {
    desk.picks = picks;
    draw();
  }

  /** @type {number|undefined} */
  let settling;
  document.addEventListener("selectionchange", () => {
    clearTimeout(settling);
    settling = window.setTimeout(() => {
      const found = m.holder && selected(getSelection());
      if (!found || (desk.picked && desk.picked.words === found.words)) return;
      desk.picked = found;
      draw();
    }, 120);
  });
  document.addEventListener("pointerdown", (e) => {
    if (desk.picked && e.target instanceof Element && !e.target.closest("[data-theirs], .pickbar")) drop();
  });

  // ---- the call ----

  function callInstead() {
    m.act.flush();
    return command("call");
  }

  // ---- drawing ----

  const field = () => /** @type {HTMLTextAreaElement|null} */ (document.getElementById("text-body"));
  const focus = () => { const f = field(); if (f) { f.focus(); f.setSelectionRange(f.value.length, f.value.length); } };
  let seen = "";

  /** After each drawing: what the composer shows is what would go, and the newest text is in view. */
  function painted() {
    const f = field();
    const text = body(m, draft());
    if (f && f.value !== text) f.value = text;
    const main = document.getElementById("main");
    const last = [desk.thread.texts.at(-1)?.id, desk.thread.calls.length, m.walk.step, m.walk.mode].join("/");
    if (main && desk.loaded && last !== seen) {
      seen = last;
      const below = /** @type {HTMLElement|null} */ (main.querySelector(".moment")); // what the moment asks for, with their last words above it
      main.scrollTop = below ? below.offsetTop - main.clientHeight * 0.4 : main.scrollHeight;
    }
  }

  // A gap in the composer leads to its field, which on a narrow window is behind a sheet.
  const focusSlot = m.act.focusSlot;
  m.act.focusSlot = (/** @type {string} */ name) => {
    if (desk.on() && m.narrow && !document.getElementById(`f-${name}`)) m.act.set({ sheet: "words" });
    requestAnimationFrame(() => focusSlot(name));
  };

  const kept = (await store.drafts(conversation)).find((/** @type {any} */ d) => d.name === "text");
  if (kept) {
    const was = JSON.parse(kept.value);
    desk.typed = was.typed;
    desk.chosen = was.line;
  }
  setInterval(() => { if (desk.on() && document.visibilityState === "visible") refresh(); }, LOOK_EVERY);
  setInterval(() => { if (desk.on() && desk.thread.fetching) refresh(); }, LOOK_AGAIN);
  document.addEventListener("visibilitychange", () => { if (desk.on() && document.visibilityState === "visible") refresh(); });
  return desk;
}
