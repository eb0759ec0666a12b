// @ts-check
// A partner on the other end of the line: rules, no more. The first rule that hears and holds is the answer; what is said
// once is not said again in the same words. Pure, and held equal to the server's play by shared vectors.

import { say } from "../talk/script.js";
import { holds } from "./condition.js";

/** @typedef {{hears:string, if?:string, once?:boolean, pause?:number, say:Record<string, string>, mood?:number, reveals?:string, truth?:string}} Rule */
/** @typedef {{kind:string, id?:string, step?:string, type?:string, colour?:string, seconds?:number, text?:string}} Cue */
/** @typedef {{rule:number, say:string, pause:number, mood:number, truth:string}} Reply */
/** @typedef {{general:{rules:Rule[], debrief:any[], try:any[]}, personas:any[]}} Personas */

const MOST_MOOD = 10;

/** @param {string|undefined} text */
const count = (text) => (text || "").split(/\s+/).filter(Boolean).length;

/** @param {string} ear @param {Cue} cue */
export function hears(ear, cue) {
  const [kind, arg = ""] = ear.split(".");
  switch (kind) {
    case "any": return cue.kind === "say" || cue.kind === "probe"; // nobody answers a light, or the quiet, with "hm"
    case "step": return cue.kind === "say" && cue.id !== "back" && cue.type === arg;
    case "silence": return cue.kind === "silence" && `${cue.seconds}s` === arg;
    case "light": return cue.kind === "light" && (!arg || arg === cue.colour);
  }
  return kind === cue.kind && (!arg || arg === cue.id);
}

/**
 * One talk with one partner.
 * @param {Personas} all @param {any} who @param {string} first The language they begin in.
 */
export function partner(all, who, first) {
  /** @type {Rule[]} */
  const rules = [...who.rules, ...(all.general.rules || [])];
  let locale = first;
  let mood = who.start.mood, truth = "", asked = 0, told = 0, after = 0, yours = 0, theirs = 0;
  /** @type {string[]} */
  const revealed = [], said = [], probed = [];
  /** @type {Set<number>} */
  const spent = new Set();
  /** @type {Map<string, number>} */
  const heard = new Map();
  const key = (/** @type {Cue} */ c) => [c.kind, c.step || "", c.id || "", c.colour || "", c.seconds || 0].join("/");

  /** What a condition can ask about now. @param {Cue} [c] @returns {Required<import("./condition.js").Facts>} */
  const facts = (c = { kind: "" }) => ({
    numbers: { mood, heard: heard.get(key(c)) || 0, asked, probes: probed.length, told, share: yours + theirs ? yours / (yours + theirs) : 0, after },
    words: { step: c.step || "", type: c.type || "" },
    sets: { revealed, said, probed },
    answers: { truth: { ask: truth } },
  });

  /** @param {Cue} c */
  const take = (c) => {
    heard.set(key(c), (heard.get(key(c)) || 0) + 1);
    if (truth === "stop" && ["say", "probe", "ask"].includes(c.kind)) after++;
    if (c.kind === "say") {
      said.push(c.id || "");
      if (!(c.text || "").includes("?")) told++;
    }
    if (c.kind === "probe" && !probed.includes(c.id || "")) probed.push(c.id || "");
    if (c.kind === "ask") asked++;
    yours += count(c.text);
  };

  return {
    facts,
    /** @param {string} to They go on in another language. */
    turnTo(to) { locale = to; },
    /** @param {Cue} c @returns {Reply} The number of the rule is -1 where they say nothing. */
    hear(c) {
      const known = facts(c);
      const found = rules.findIndex((r, i) => hears(r.hears, c) && !(r.once && spent.has(i)) && holds(r.if, known));
      take(c);
      if (found < 0) return { rule: -1, say: "", pause: 0, mood, truth };
      const r = rules[found];
      spent.add(found);
      mood = Math.min(Math.max(mood + (r.mood || 0), 0), MOST_MOOD);
      if (r.reveals && !revealed.includes(r.reveals)) revealed.push(r.reveals);
      if (r.truth) truth = r.truth;
      const words = say(r.say, locale);
      theirs += count(words);
      return { rule: found, say: words, pause: r.pause || 0, mood, truth };
    },
  };
}
