// @ts-check
// One talk in practice: what is said reaches the partner, their answer comes after a breath, and the quiet counts. Pure:
// the clock is given, nothing is drawn here, and nothing leaves this page.

import { partner } from "./partner.js";

/** @typedef {import("./partner.js").Cue} Cue */
/** @typedef {"listening"|"asked"|""} Place Where a quiet means something: while listening, and after the question. */

const BREATH = 800; // nobody answers before the question is over
const WORD = 350; // how long a spoken word takes
const LONGEST = 60;

/**
 * @param {Object} deps
 * @param {import("./partner.js").Personas} deps.all
 * @param {any} deps.who
 * @param {string} deps.locale
 * @param {() => number} deps.now
 * @param {(words:string) => boolean} [deps.speak] Says it aloud; whether it did.
 */
export function rehearsal({ all, who, locale, now, speak = () => false }) {
  const them = partner(all, who, locale);
  /** @type {{who:"you"|"them", text:string}[]} */
  const transcript = [];
  /** @type {{words:string, due:number, answer:boolean}|null} */
  let waiting = null;
  let since = now();
  let counted = 0, longest = 0, broke = 0, questions = 0;
  let here = "";
  let begun = false; // something was said on this step
  /** @type {{step:string, type:string}} */
  let at = { step: "", type: "" };

  const quietFromNow = () => { since = now(); counted = 0; };

  /** Their answer is out. */
  const deliver = () => {
    if (!waiting) return;
    const { words } = waiting;
    waiting = null;
    transcript.push({ who: "them", text: words });
    const aloud = speak(words);
    quietFromNow();
    if (aloud) since += words.split(/\s+/).length * WORD;
  };

  /** @param {Cue} cue */
  const hear = (cue) => {
    deliver();
    const reply = them.hear(cue);
    if (reply.say) waiting = { words: reply.say, due: now() + BREATH + reply.pause * 1000, answer: cue.kind === "ask" };
    quietFromNow();
  };

  return {
    who, transcript, turnTo: them.turnTo,
    /** The last words they said, and whether more are coming. */
    shown: () => ({ words: (transcript.findLast((x) => x.who === "them") || { text: "" }).text, more: waiting !== null }),
    pickup() { hear({ kind: "pickup" }); },
    /** A line was said, or a question of the list was asked. @param {"say"|"probe"|"ask"} kind @param {string} id @param {string} text @param {{step:string, type:string}} where */
    said(kind, id, text, where) {
      at = where;
      begun = true;
      if (kind !== "say" || text.includes("?")) questions++;
      hear({ kind, id, text, ...where });
      transcript.push({ who: "you", text });
    },
    /** @param {string} colour @param {{step:string, type:string}} where */
    light(colour, where) { hear({ kind: "light", colour, ...where }); },
    /** The quiet was closed by hand. Before they had answered, that is a rescue. */
    closed() {
      if (waiting && waiting.answer) broke++;
      deliver();
    },
    /** The volunteer is somewhere else now. @param {string} key @param {{step:string, type:string}} where */
    moved(key, where) {
      if (key === here) return;
      here = key;
      at = where;
      begun = false;
      quietFromNow();
    },
    /** Time goes by. @param {Place} place @returns {boolean} Whether there is something new to draw. */
    tick(place) {
      if (waiting) {
        if (now() < waiting.due) return false;
        deliver();
        return true;
      }
      if (!(place === "asked" || (place === "listening" && begun))) return false;
      const seconds = Math.min(Math.floor((now() - since) / 1000), LONGEST);
      longest = Math.max(longest, seconds);
      while (counted < seconds && !waiting) {
        counted++;
        const reply = them.hear({ kind: "silence", seconds: counted, ...at });
        if (reply.say) waiting = { words: reply.say, due: now(), answer: false };
      }
      if (!waiting) return false;
      deliver();
      return true;
    },
    over() { deliver(); },
    /** What the debrief goes by. */
    account() {
      const f = them.facts();
      return { ...f, numbers: { ...f.numbers, quiet: longest, broke }, questions };
    },
  };
}
