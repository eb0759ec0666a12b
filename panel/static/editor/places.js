// @ts-check
// From a problem to where it is mended: which part of the editor, which step, which tab, which field.

/** @typedef {{path?:string, place:string, sentence:string, level:string, step?:string}} Problem */
/** @typedef {{section:string, step:number, tab:string, pointer:string}} Place */

/** @type {Record<string, string>} */
const SECTIONS = { steps: "steps", slots: "words", facts: "words", asks: "asks", ladder: "ladder", paths: "ladder", resources: "ladder", endings: "endings" };
/** @type {Record<string, string>} */
const TABS = { probes: "more", cues: "listen", capture: "listen", lights: "lights", sms: "text" };

export const TAB_NAMES = ["say", "more", "listen", "lights", "text"];

/** @param {Problem} problem @param {any} doc @returns {Place} */
export function placeOf(problem, doc) {
  const keys = (problem.path || "").split("/").slice(1).map((k) => k.replaceAll("~1", "/").replaceAll("~0", "~"));
  const section = SECTIONS[keys[0]] || (keys[0] ? "about" : problem.step ? "steps" : "about");
  let step = section === "steps" && keys[1] !== undefined ? Number(keys[1]) : -1;
  if (problem.step) step = doc.steps.findIndex((/** @type {any} */ s) => s.id === problem.step);
  return { section: problem.step ? "steps" : section, step, tab: TABS[keys[2]] || "say", pointer: problem.path || "" };
}

/**
 * The field that is nearest to a problem: its own, else the first one inside of what it is about, else the smallest one around it.
 * @param {string[]} fields The addresses on the page. @param {string} pointer
 */
export function nearest(fields, pointer) {
  if (!pointer) return "";
  const inside = fields.find((f) => f === pointer || f.startsWith(pointer + "/"));
  if (inside) return inside;
  return fields.filter((f) => pointer.startsWith(f + "/")).sort((a, b) => b.length - a.length)[0] || "";
}

/** The problems of each step, and how many keep the script from going live. @param {Problem[]} problems @param {any} doc */
export function byStep(problems, doc) {
  /** @type {Map<number, Problem[]>} */
  const map = new Map();
  for (const p of problems) {
    const { section, step } = placeOf(p, doc);
    if (section === "steps" && step >= 0) map.set(step, [...(map.get(step) || []), p]);
  }
  return map;
}

/** @param {Problem[]} problems */
export const blocking = (problems) => problems.filter((p) => p.level === "error").length;
