// @ts-check
// After a talk in practice: what was marked beside what was true. Kind, and without a number that could be a score.

import { say } from "../talk/script.js";
import { holds } from "./condition.js";

/**
 * What a remark can ask about: the partner's account, and what the volunteer marked.
 * @param {any} account From the rehearsal. @param {any} who @param {import("../talk/script.js").Script} script
 * @param {import("../talk/walk.js").State} walk @returns {Required<import("./condition.js").Facts>}
 */
export function factsOf(account, who, script, walk) {
  /** @type {Record<string, string>} */
  const marked = {};
  const visited = [];
  for (const step of script.steps) {
    if (!walk.visits[step.id]) continue;
    visited.push(step.type);
    if (walk.lights[step.id]) marked[step.type] = walk.lights[step.id];
  }
  marked.ask = walk.engine === "stop" ? "stop" : walk.answer;
  // A script that keeps no such word has nowhere to note it.
  const noted = Object.keys(who.start.hidden).filter((name) => !(script.slots || {})[name] || walk.slots[name]);
  return {
    numbers: account.numbers, words: account.words,
    sets: { ...account.sets, noted, visited },
    answers: { ...account.answers, marked },
  };
}

/**
 * @param {import("./partner.js").Personas} all @param {any} who @param {Required<import("./condition.js").Facts>} facts @param {string} lang
 */
export function remarks(all, who, facts, lang) {
  const holding = (/** @type {any[]} */ list) => list.filter((r) => holds(r.if, facts)).map((r) => say(r.say, lang));
  const hidden = Object.entries(/** @type {Record<string, any>} */ (who.start.hidden)).map(([name, words]) => ({ words: say(words, lang), told: facts.sets.revealed.includes(name) }));
  return {
    said: holding([...who.debrief, ...(all.general.debrief || [])]),
    tryNext: holding(who.try)[0] || "",
    story: say(who.story, lang),
    hidden,
    marked: facts.answers.marked.ask || "",
    truth: facts.answers.truth.ask || "",
  };
}
