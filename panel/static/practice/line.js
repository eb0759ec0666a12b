// @ts-check
// The line of practice: what the panel would ask the server for is answered here, in this page. It is fetched once, and
// after that nothing leaves the page and nothing is kept: a test holds that.

import { language, speak as learn, t } from "../js/words.js";
import { render } from "../talk/dom.js";
import { line as filled } from "../talk/model.js";
import { askOf, askStep, say, stepOf } from "../talk/script.js";
import { plain } from "../talk/slots.js";
import { clockHere, localIn } from "../talk/when.js";
import { choose, trouble } from "./choose.js";
import { rehearsal } from "./rehearsal.js";
import { debriefView, partnerView, saidButton } from "./view.js";
import { speaker } from "./voice.js";

const RING = 1500;
const TICK = 250;
const wide = matchMedia("(min-width: 720px)"); // below it the notes say that nothing is kept
const LISTENING = ["listen", "agitate", "educate", "inoculate", "debrief", "coach", "recognize"];

/** What the server gave, once. @type {any} */
let given = null;
/** The talk that is going on, as the panel knows talks. @type {any} */
let talk = null;
/** @type {ReturnType<typeof rehearsal>|null} */
let them = null;
/** The panel's model, its state before anything was pressed, and how to make it ask again. @type {any} */
let panel = null;
/** @type {any} */
let fresh = null;
let again = () => {};

// The script editor shows the panel beside the form at the step that is being written: nobody is chosen and nothing rings.
const shown = new URLSearchParams(location.search);
const showAt = shown.get("at");

const voice = speaker(globalThis.speechSynthesis, (words) => new SpeechSynthesisUtterance(words));
const settings = { locale: "", aloud: true };

/** @param {number} status @param {any} data */
const reply = (status, data) => ({ status, data });
const good = reply(200, { ok: true });

/** @param {string} method @param {string} path @param {any} [body] */
export async function request(method, path, body) {
  const what = path.split("/").at(-1);
  if (method === "GET") return reply(200, await state());
  switch (what) {
    case "hold": return reply(200, { holder: true });
    case "events":
      if (!talk) return reply(200, { stored: body.events.map((/** @type {any} */ e) => e.id) });
      talk.events.push(...body.events.filter((/** @type {any} */ e) => !talk.events.some((/** @type {any} */ x) => x.id === e.id)));
      return reply(200, { stored: body.events.map((/** @type {any} */ e) => e.id) });
    case "mute": talk.call.muted = body.on; return good;
    case "help": talk.help = body.on; return good;
    case "hangup": case "voicemail": case "not-connected": end(); return good;
  }
  return reply(404, { detail: t("That is only there in a real talk.") });
}

/** There is no stream of news in practice: nobody else can change anything. @param {string} _topic @param {() => void} changed */
export function follow(_topic, changed) { again = changed; }

export const claimTab = async () => "practice";

/** The talk as the panel asks for it; before there is one, somebody to talk with is chosen. */
async function state() {
  if (!given) given = await fetched();
  if (!talk) begin(await chosen());
  return talk;
}

async function fetched() {
  await learn(document.documentElement.lang, ["practice"]);
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  for (;;) {
    try {
      const answer = await fetch(document.body.dataset.practice || "", { headers: { accept: "application/json" }, cache: "no-store" });
      const data = await answer.json();
      if (answer.ok) return data;
      render(app, trouble(data.detail || data.title, null));
      return await new Promise(() => {}); // there is no way on from here but the link
    } catch {
      await new Promise((done) => render(app, trouble(t("We can't be reached right now, so practice can't begin. It's on our side, or your internet is away."), () => done(undefined))));
    }
  }
}

/** @returns {Promise<any>} Who it is to be. */
function chosen() {
  const locales = ["en", "es"].filter((l) => given.script.locales.includes(l));
  settings.locale ||= locales.includes(language) ? language : locales[0] || "en";
  if (showAt) {
    Object.assign(settings, { aloud: false, locale: locales.find((l) => l === shown.get("locale")) || settings.locale });
    return Promise.resolve(given.personas.personas.find((/** @type {any} */ p) => p.id === given.persona) || given.personas.personas[0]);
  }
  return new Promise((done) => {
    const draw = () => choose({ given, locales, settings, voice, go: done, draw });
    voice.whenFound(() => { if (!talk) draw(); });
    draw();
  });
}

/** The phone rings, and they pick up. @param {any} who */
function begin(who) {
  const { locale } = settings;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const first = say(who.first_name, locale);
  const step = askStep(given.script);
  const ask = askOf(given.script, given.ask || (step && step.ask) || "") || (given.script.asks || [])[0];
  const now = Date.now();
  talk = {
    conversation: { id: "practice", channel: "call", state: "open", started_at: new Date(now).toISOString(), locale, locales: given.script.locales },
    holder: true,
    person: {
      id: "", name: say(who.name, locale), first_name: first, say_name: say(who.say_name, locale), number: "(•••) •••-0100", place: who.place, languages: [],
      time_there: clockHere(now, language), zone, why: say(who.why, language), text_allowed: true, text_ok: false,
    },
    history: [], volunteer: given.volunteer, org: given.org, our_number: "", demo: false,
    call: { id: "practice", state: showAt ? "bridged" : "ringing", direction: "outbound", result: "", our_fault: false, sentence: "", answered_at: showAt ? new Date(now).toISOString() : null, ended_at: null, tries: 1, muted: false },
    line: { joined: true, words: "" },
    script: given.script, library: given.library, slots: given.volunteer.stake ? { your_stake: { value: given.volunteer.stake, from: "volunteer", day: "" } } : {},
    builtins: { first_name: first, volunteer: given.volunteer.name, volunteer_place: given.volunteer.place, last_contact_by: "", last_topic: "" },
    ask: ask ? { id: ask.id, label: say(ask.label, locale), when: ask.when || "", where: ask.where || "", smaller: ask.smaller || "" } : null,
    events: showAt ? [{ id: "at", at: new Date(now).toISOString(), type: "visit", data: { step: showAt } }] : [], wrap: null, help: false, paused: null, now: new Date(now).toISOString(), today: localIn(now, zone),
  };
  const mine = talk;
  them = rehearsal({
    all: given.personas, who, locale, now: () => Date.now(),
    speak: (words) => {
      if (!settings.aloud || !voice.can(settings.locale)) return false;
      voice.say(words, settings.locale, who.voice);
      return true;
    },
  });
  setTimeout(() => {
    if (talk !== mine || talk.call.state !== "ringing") return;
    Object.assign(talk.call, { state: "bridged", answered_at: new Date().toISOString() });
    them?.pickup();
    again();
    redraw();
  }, RING);
}

function end() {
  if (!talk || talk.call.state === "ended") return;
  them?.over();
  voice.quiet();
  Object.assign(talk.call, { state: "ended", result: "answered", ended_at: new Date().toISOString(), answered_at: talk.call.answered_at || new Date().toISOString() });
  talk.conversation.state = "wrapped";
  try {
    localStorage.setItem("practiced", "yes"); // on this device only, so that the offer steps back
  } catch {
    // A browser that keeps nothing offers practice again. That is fine.
  }
}

/** With somebody else, or the same once more: the panel forgets everything and asks anew. */
function restart() {
  voice.quiet();
  talk = null;
  them = null;
  Object.assign(panel, { server: null, local: [], events: [] });
  panel.ui = structuredClone(fresh);
  again();
}

const redraw = () => { if (panel && panel.server) panel.act.set({}); };

/** Where the panel is, as far as the partner can tell. @param {any} m */
function where(m) {
  const step = stepOf(m.script, m.walk.step);
  return { step: m.walk.step, type: step ? step.type : "" };
}

/** @param {any} m @returns {import("./rehearsal.js").Place} */
function place(m) {
  if (m.screen !== "talk" || m.server.call.state !== "bridged") return "";
  if (m.walk.mode === "silence") return "asked";
  return m.walk.mode === "step" && LISTENING.includes(where(m).type) ? "listening" : "";
}

setInterval(() => { if (panel && panel.server && them && them.tick(place(panel))) redraw(); }, TICK);

/** @param {any} m @param {any} words */
const spokenLine = (m, words) => plain(filled(m, words));

/** @param {any} m */
function meet(m) {
  if (panel) return;
  panel = m;
  fresh = structuredClone(m.ui);
  m.status = { ...m.status, phase: "practice" };
  m.act.wrapUp = () => m.act.hangup(); // after practice comes the debrief, not paperwork
}

/** What practice adds to the panel. @type {import("../talk/view/kit.js").Kit} */
export const kit = {
  top(m) {
    meet(m);
    if (!them) return null;
    m.server.line.words = wide.matches ? t("Practice: nobody is called, nothing is kept") : t("Practice: nobody is called");
    them.moved(`${m.walk.step}/${m.walk.mode}/${m.walk.route.length}`, where(m));
    return partnerView({
      name: m.server.person.first_name, ringing: m.server.call.state === "ringing", locale: settings.locale, ...them.shown(), aloud: settings.aloud,
      voice: voice.can(settings.locale), help: talk.help, toggle: () => { settings.aloud = !settings.aloud; if (!settings.aloud) voice.quiet(); redraw(); },
    });
  },
  underLine(m, step, line) {
    if (!them || line.then === "silence" || (step.probes || []).includes(line)) return null;
    return saidButton(m.server.call.state === "bridged", them.transcript.filter((x) => x.who === "you" && x.text === spokenLine(m, line.text)).length > 0, () => {
      them?.said("say", line.id, spokenLine(m, line.text), { step: step.id, type: step.type });
      redraw();
    });
  },
  onEvent(event, m) {
    if (!them) return;
    const { type, data } = event;
    const step = stepOf(m.script, data.step || m.walk.step);
    if (type === "probe" && data.on && step) {
      const probe = (step.probes || []).find((p) => p.id === data.id);
      if (probe) them.said("probe", probe.id, spokenLine(m, probe.text), { step: step.id, type: step.type });
    }
    if (type === "silence" && data.phase === "open" && step) {
      const question = step.say.find((l) => l.then === "silence") || step.say.at(-1);
      if (question) them.said("ask", question.id, spokenLine(m, question.text), { step: step.id, type: step.type });
    }
    if (type === "silence" && data.phase === "close") them.closed();
    if (type === "locale" && ["en", "es"].includes(data.locale)) {
      settings.locale = data.locale;
      them.turnTo(data.locale);
    }
    if (type === "light" && step) them.light(data.colour, { step: step.id, type: step.type });
  },
  screen(m) {
    meet(m);
    if (!them) return null;
    return debriefView({ all: given.personas, who: them.who, account: them.account(), script: m.script, walk: m.walk, home: given.home, again: restart });
  },
};

