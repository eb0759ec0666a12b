// @ts-check
// Where a light leads, in words: "Stay here", "Back to 2–4", "Close kindly", "On to 3 Agitation".

import { t } from "../js/words.js";
import { endIn, numbers, say, targets } from "../talk/script.js";

/** @typedef {import("../talk/script.js").Script} Script */

/** @type {Record<string, string>} */
const CLOSINGS = {
  commitment: "Close with a promise", connected: "Close after a good talk", no_thanks: "Close kindly", callback: "Close, call again later", needs_language: "Close, another language",
  bad_number: "Close, wrong number", opt_out: "Close, take them off the list",
};

/** @param {Script} script @param {any} ending An ending in words; where several are alike, its name tells them apart. */
export function closing(script, ending) {
  const words = t(CLOSINGS[ending.outcome] || "Close");
  return script.endings.filter((e) => e.outcome === ending.outcome).length > 1 ? `${words} (${ending.id})` : words;
}

/** "3 Agitation" @param {Script} script @param {any} step @param {string} locale */
export function stop(script, step, locale) {
  const n = numbers(script).get(step.id);
  return [n, say(step.name, locale) || step.id].filter(Boolean).join(" ");
}

/** One place in words. @param {Script} script @param {string} to @param {string} from @param {string} locale */
export function place(script, to, from, locale) {
  if (to === "self" || to === from) return t("Stay here");
  const end = endIn(to);
  if (end !== null) {
    const ending = script.endings.find((e) => e.id === end);
    return ending ? closing(script, ending) : t("An ending that is gone: {name}", { name: end });
  }
  const at = script.steps.findIndex((s) => s.id === to);
  if (at < 0) return t("A step that is gone: {name}", { name: to });
  const words = stop(script, script.steps[at], locale);
  return at < script.steps.findIndex((s) => s.id === from) ? t("Back to {step}", { step: words }) : t("On to {step}", { step: words });
}

/** Where a light leads, in words. @param {Script} script @param {string} to @param {string} from @param {string} locale */
export function inWords(script, to, from, locale) {
  if (!to.startsWith("pick(")) return place(script, to, from, locale);
  const all = targets(to);
  const run = range(script, all, from);
  const rest = run ? all.filter((x) => !script.steps.some((s) => s.id === x)) : all;
  return [run, ...rest.map((x) => place(script, x, from, locale))].filter(Boolean).join(" · ");
}

/** "Back to 2–4" where the steps of a pick stand in a row before this one. @param {Script} script @param {string[]} all @param {string} from */
function range(script, all, from) {
  const n = numbers(script);
  const here = script.steps.findIndex((s) => s.id === from);
  const steps = all.filter((x) => script.steps.some((s) => s.id === x));
  const set = steps.map((x) => n.get(x) || 0);
  const before = steps.every((x) => script.steps.findIndex((s) => s.id === x) < here);
  if (set.length < 2 || !before || set.some((v, i) => !v || (i > 0 && v !== set[i - 1] + 1))) return "";
  return t("Back to {from}–{to}", { from: set[0], to: set[set.length - 1] });
}

/** The steps before this one to which a doubt may go back: not who we are, which was said. @param {Script} script @param {string} from */
export function backSteps(script, from) {
  const n = numbers(script);
  const here = script.steps.findIndex((s) => s.id === from);
  return script.steps.slice(0, Math.max(0, here)).filter((s) => n.has(s.id) && s.type !== "intro" && s.type !== "purpose").map((s) => s.id);
}

export const PICK = "pick";

/**
 * The menu of a light: where it may lead, each in words.
 * @param {Script} script @param {string} from @param {string} locale @returns {{value:string, words:string}[]}
 */
export function menu(script, from, locale) {
  const back = backSteps(script, from);
  const pick = back.length > 1 ? `pick(${back.join(",")})` : "";
  return [
    { value: "self", words: t("Stay here") },
    ...script.steps.filter((s) => s.id !== from).map((s) => ({ value: s.id, words: place(script, s.id, from, locale) })),
    ...(pick ? [{ value: pick, words: t("{places}, the volunteer picks", { places: inWords(script, pick, from, locale) }) }] : []),
    ...script.endings.map((e) => ({ value: `end(${e.id})`, words: closing(script, e) })),
    { value: PICK, words: t("Several places, the volunteer picks") },
  ];
}

/** A goto of these places. @param {string[]} places */
export const compose = (places) => (places.length > 1 ? `pick(${places.join(",")})` : places[0] || "self");

/** The places of a pick with one more or one less, in the order of the script. @param {Script} script @param {string} to @param {string} one @param {boolean} on */
export function toggled(script, to, one, on) {
  const order = ["self", ...script.steps.map((s) => s.id), ...script.endings.map((e) => `end(${e.id})`)];
  const set = new Set(targets(to));
  if (on) set.add(one);
  else set.delete(one);
  return order.filter((x) => set.has(x));
}
