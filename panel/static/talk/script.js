// @ts-check
// Reading a pb.script/1 document: words in a language, steps, asks, endings, lights.

/** @typedef {string | Record<string, string>} Words */
/** @typedef {{id:string, label?:Words, text:Words, then?:string}} Line */
/** @typedef {{pack?:string, also?:Words[], voice?:Words[], sms?:Words[], in_person?:Words[]}} Signs */
/** @typedef {{id?:string, label:Words, signs?:Signs, goto:string, offer?:string[], sets?:{answer?:string}, path?:string, ask_which?:string[]}} Light */
/** @typedef {{green:Light[], yellow?:Light[], not_now?:Light[]}} Lights */
/** @typedef {{id:string, type:string, name:Words, goal:Words, say:Line[], probes?:Line[], cues?:Signs, capture?:string[], summarize?:Words, ask?:string|null, silence?:{show:string, calm_after_s?:number, nudge_after_s?:number, nudge?:Words}, fields?:string[], lights:Lights, skip:{ok:boolean, why?:Words}, tips?:string[], sms?:{first_line:Words, note?:Words}}} Step */
/** @typedef {{label:Words, from:string, type:string, max?:number, options?:(string|{value:string, label:Words})[], carrier?:Words, example?:Words, quick?:Words[]}} Slot */
/** @typedef {{id:string, kind:string, label:Words, when?:string, where?:string, smaller?:string}} Ask */
/** @typedef {{reason:string, when:string, text?:Words, also?:FollowUp}} FollowUp */
/** @typedef {{id:string, outcome:string, say?:Words, follow_up?:FollowUp}} Ending */
/** @typedef {{id:string, title:Words, purpose:Words, locales:string[], steps:Step[], endings:Ending[], asks?:Ask[], slots?:Record<string,Slot>, facts?:Record<string,{label:Words, value:Words, source?:string}>, paths?:Record<string,string[]>}} Script */

/** The colours of the lights, in the order they are shown. None is red. */
export const COLOURS = /** @type {const} */ (["green", "yellow", "not_now"]);

/**
 * Words in a language; else plain; else English; else the first language by name.
 * @param {Words|undefined} words @param {string} locale
 */
export function say(words, locale) {
  if (words == null) return "";
  if (typeof words === "string") return words;
  if (words[locale]) return words[locale];
  if (words.en) return words.en;
  const first = Object.keys(words).sort()[0];
  return first === undefined ? "" : words[first];
}

/** @param {Script} script @param {string} id */
export const stepOf = (script, id) => script.steps.find((s) => s.id === id);
/** @param {Script} script @param {string} id */
export const askOf = (script, id) => (script.asks || []).find((a) => a.id === id);
/** @param {Script} script @param {string} id */
export const endingOf = (script, id) => script.endings.find((e) => e.id === id);
/** @param {Script} script @param {string} outcome */
export const endingFor = (script, outcome) => script.endings.find((e) => e.outcome === outcome);
/** @param {Script} script */
export const askStep = (script) => script.steps.find((s) => s.type === "ask");
/** @param {Script} script @param {string} id */
export const indexOf = (script, id) => script.steps.findIndex((s) => s.id === id);

/** @param {Step} s Nothing in it: a section of an agenda that nobody filled in. It vanishes from the talk. */
export const isEmpty = (s) => Boolean(s.skip && s.skip.ok) && !(s.say || []).length && !(s.probes || []).length && s.type !== "ask" && s.type !== "next";

/** @param {Script} script The steps that a talk has. */
export const sections = (script) => script.steps.filter((s) => !isEmpty(s));

/**
 * The steps of a named path, or all steps in order, less those that are empty.
 * @param {Script} script @param {string} name
 */
export function pathOf(script, name) {
  const path = script.paths && script.paths[name];
  const all = path && path.length ? path : script.steps.map((s) => s.id);
  const filled = all.filter((id) => {
    const step = stepOf(script, id);
    return step && !isEmpty(step);
  });
  return filled.length ? filled : all; // a talk has to stand somewhere
}

/**
 * The number a step wears. "What they'll say" is a stop without a number: it is on the way from 4 to 5.
 * @param {Script} script @returns {Map<string, number>}
 */
export function numbers(script) {
  const map = new Map();
  for (const s of sections(script)) if (s.type !== "inoculate") map.set(s.id, map.size + 1);
  return map;
}

/**
 * Where a goto may lead: one place, or each place of a pick.
 * @param {string} to @returns {string[]}
 */
export function targets(to) {
  return to.startsWith("pick(") ? to.slice(5, -1).split(",") : [to];
}

/** @param {string} to The ending that a goto names, or null. */
export function endIn(to) {
  return to.startsWith("end(") ? to.slice(4, -1) : null;
}
