// @ts-check
// What comes up in a talk beside the steps.

import { stepOf } from "./script.js";

/** @typedef {import("./script.js").Script} Script */
/** @typedef {import("./walk.js").State} State */

/**
 * Keeps what comes up in a talk beside the steps: a sign, a fact, a question nobody could answer, a threat, and the
 * volunteer's own way to say a line. None of it moves the talk.
 * @param {Script} script @param {State} st @param {string} type @param {Record<string, any>} d
 */
export function heard(script, st, type, d) {
  switch (type) {
    case "cue": return cue(st, d);
    case "fact":
      if (!script.facts || !Object.hasOwn(script.facts, d.id)) return false;
      if (!st.facts.includes(d.id)) st.facts.push(d.id);
      return true;
    case "find_out": return findOut(st, d);
    case "own_line": {
      const step = stepOf(script, d.step);
      if (!step || !step.say.some((l) => l.id === d.id)) return false;
      if (d.text) st.own_lines[`${d.step}/${d.id}`] = d.text;
      else delete st.own_lines[`${d.step}/${d.id}`];
      return true;
    }
    case "retaliation":
      st.retaliation = d.words || "";
      return true;
  }
  return false;
}

/**
 * A sign that was heard on a step, on the latest visit of it. A sign cannot be heard where nobody has been.
 * @param {State} st @param {Record<string, any>} d
 */
function cue(st, d) {
  if (!d.id || !st.visits[d.step]) return false;
  const visits = st.trail.filter((v) => v.step === d.step);
  for (const v of visits) tick(v, "cues", d.id, Boolean(d.on) && v === visits[visits.length - 1]);
  tick(st.cues, d.step, d.id, d.on);
  return true;
}

/** @param {any} holder @param {string} key @param {string} id @param {boolean} on Puts the id at the end of a list, or takes it out. */
function tick(holder, key, id, on) {
  const list = (holder[key] || []).filter((/** @type {string} */ have) => have !== id);
  if (on) list.push(id);
  if (list.length) holder[key] = list;
  else delete holder[key];
}

/** @param {State} st @param {Record<string, any>} d */
function findOut(st, d) {
  if (!d.id) return false;
  const at = st.find_out.findIndex((p) => p.id === d.id);
  if (!d.text && at < 0) return false;
  if (!d.text) st.find_out.splice(at, 1);
  else if (at < 0) st.find_out.push({ id: d.id, text: d.text });
  else st.find_out[at].text = d.text;
  return true;
}
