// @ts-check
// What can be sent at this point of the talk, and which of it is suggested now: one line, one question, one beat at a
// time. Pure. The trail's "line" event says which line of a step is next, so a reload and another tab suggest the same.

import { cards } from "../cards.js";
import { askOf, endingOf, say, stepOf } from "../script.js";
import { askClosed } from "../walk.js";
import { wording } from "../model.js";

/** @typedef {import("../script.js").Words} Words */
/** @typedef {{id:string, kind:"first"|"back"|"beat"|"question"|"line"|"probe"|"fact"|"answer"|"end", label:string, words:Words, step:string}} Line label is the script's own name of it, where it has one. */

export const FIRST = "sms:first", BACK = "sms:back", DONE = "sms:done", END = "sms:end";

/** What thanks them when the script has no closing line of its own. */
const GOODBYE = { en: "Thank you for your time, {first_name}. Take care.", es: "Gracias por tu tiempo, {first_name}. Cuídate." };

/** The lines of a step in the order in which they are suggested. @param {any} m @param {any} step @returns {Line[]} */
export function route(m, step) {
  /** @type {Line[]} */
  const list = [];
  const { sms } = step;
  if (sms && sms.first_line) list.push({ id: FIRST, kind: "first", label: "", words: sms.first_line, step: step.id });
  if (step.type === "ask") {
    if (m.walk.ask === "none" || askClosed(m.walk)) return [];
    if (!list.length) list.push(question(m, step));
  } else if (step.say.length > 1) {
    list.push(...step.say.map((/** @type {any} */ l) => ({ id: l.id, kind: "beat", label: say(l.label, m.walk.locale), words: own(m, step, l), step: step.id })));
  } else if (!list.length || step.type === "next") {
    list.push(spoken(m, step, step.say[0]));
  }
  if (step.summarize) list.push({ id: BACK, kind: "back", label: "", words: step.summarize, step: step.id });
  return list;
}

/** @param {any} m @param {any} step @returns {Line} */
function question(m, step) {
  const asked = step.say.find((/** @type {any} */ l) => l.then === "silence") || step.say.at(-1);
  return { id: asked.id, kind: "question", label: "", words: own(m, step, asked), step: step.id };
}

/** @param {any} m @param {any} step @param {any} l @returns {Line} */
const spoken = (m, step, l) => ({ id: l.id, kind: "line", label: "", words: own(m, step, l), step: step.id });

/** The volunteer's own way to say a line wins. @param {any} m @param {any} step @param {any} l @returns {Words} */
const own = (m, step, l) => wording(m, step.id, l).words;

/** @param {any} step @param {any} p @returns {Line} */
const probe = (step, p) => ({ id: p.id, kind: "probe", label: "", words: p.text, step: step.id });

/** The line that is ready to be sent, or null where nothing is suggested. @param {any} m @returns {Line|null} */
export function suggested(m) {
  const { walk, script } = m;
  const step = stepOf(script, walk.step);
  if (!step) return null;
  if (walk.mode === "ended") return walk.lines[step.id] === END ? null : ending(m, step);
  if (walk.mode === "sign") return null;
  const asked = walk.probes[step.id] || [];
  const probes = (step.probes || []).filter((/** @type {any} */ p) => !asked.includes(p.id));
  if (walk.mode === "choose" && step.type === "ask") return walk.answer === "hard_no" || !probes.length ? null : probe(step, probes[0]);
  const offered = probes.find((/** @type {any} */ p) => p.id === walk.offer.find((/** @type {string} */ id) => !asked.includes(id)));
  if (offered) return probe(step, offered);
  if (walk.mode !== "step") return null;
  const lines = route(m, step);
  const at = walk.lines[step.id];
  if (at === DONE) return null;
  return lines.find((l) => l.id === at) || lines[0] || null;
}

/** @param {any} m @param {any} step @returns {Line|null} */
function ending(m, step) {
  if (m.walk.engine === "stop" || m.walk.engine === "wrong_person") return null;
  const found = endingOf(m.script, m.walk.ending);
  return { id: END, kind: "end", label: "", words: (found && found.say) || GOODBYE, step: step.id };
}

/** Everything else that may be sent from here, by what it is. @param {any} m @returns {{name:"step"|"ask"|"facts", lines:Line[]}[]} */
export function others(m) {
  const step = stepOf(m.script, m.walk.step);
  if (!step) return [];
  const mine = route(m, step);
  const rest = step.type === "ask" && !mine.length ? [] : step.say.filter((/** @type {any} */ l) => !mine.some((x) => x.id === l.id)).map((/** @type {any} */ l) => spoken(m, step, l));
  // A fact is sent with a source to it, or not at all; an answer to what they may be told is a fact card as well.
  const facts = cards(m.script, m.walk.locale, step.id, m.nowLocal).filter((c) => (c.kind === "fact" && c.source) || (c.kind === "answer" && c.step !== step.id))
    .map((c) => ({ id: c.id, kind: /** @type {"fact"|"answer"} */ (c.kind), label: c.title, words: sentence(c.words), step: step.id }));
  /** @type {{name:"step"|"ask"|"facts", lines:Line[]}[]} */
  const groups = [
    { name: "step", lines: [...mine, ...rest] },
    { name: "ask", lines: (step.probes || []).map((/** @type {any} */ p) => probe(step, p)) },
    { name: "facts", lines: facts },
  ];
  return groups.filter((g) => g.lines.length);
}

/** A fact stands on its own in a text. @param {string} words */
function sentence(words) {
  const s = words.trim();
  return /[.!?]$/.test(s) ? s : `${s}.`;
}

/**
 * What follows in the trail once a line has gone: a question counts as asked, a line makes way for the next.
 * @param {any} m @param {Line|null} line @returns {{type:string, data:Record<string, any>}[]}
 */
export function after(m, line) {
  if (!line) return [];
  const step = stepOf(m.script, line.step);
  if (!step) return [];
  if (line.kind === "probe") return [{ type: "probe", data: { step: line.step, id: line.id, on: true } }];
  if (line.kind === "answer") return [];
  if (line.kind === "fact") return [{ type: "fact", data: { id: line.id } }];
  if (line.kind === "end") return [{ type: "line", data: { step: line.step, id: END } }];
  const lines = route(m, step);
  const next = lines[lines.findIndex((l) => l.id === line.id) + 1];
  /** @type {{type:string, data:Record<string, any>}[]} */
  const events = [{ type: "line", data: { step: line.step, id: next && lines.some((l) => l.id === line.id) ? next.id : DONE } }];
  if (step.type === "ask" && step.id === m.walk.step && m.walk.mode !== "ended" && askOf(m.script, m.walk.ask)) {
    // The quiet after a question by text is the thread that sleeps. The trail only has to know that it was asked.
    events.push({ type: "silence", data: { phase: "open" } }, { type: "silence", data: { phase: "close", seconds: 0 } });
  }
  return events;
}
