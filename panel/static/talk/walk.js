// @ts-check
// The walk: the same state machine as the server's script package, held equal by shared vectors. Pure: events in,
// state out. It suggests and records; it stops a volunteer only where a person's answer must be respected.

import { heard } from "./heard.js";
import { askOf, askStep, endIn, endingFor, endingOf, indexOf, pathOf, stepOf, targets } from "./script.js";

/** @typedef {import("./script.js").Script} Script */
/** @typedef {import("./script.js").Step} Step */
/** @typedef {import("./script.js").Light} Light */
/** @typedef {{id?:string, at?:string, type:string, data:Record<string, any>}} TalkEvent */
/** @typedef {{ask?:string, path?:string, locale?:string, at?:string}} Start */
/** @typedef {{step:string, at:string, light?:string, cues?:string[]}} Visit One stop: when it was entered, the colour it was left by, what was heard. */
/**
 * @typedef {Object} State
 * @property {string} step
 * @property {"step"|"silence"|"sign"|"choose"|"ended"} mode
 * @property {string} path
 * @property {string} locale
 * @property {string[]} route
 * @property {Visit[]} trail
 * @property {Record<string, number>} visits
 * @property {Record<string, string>} lights
 * @property {Record<string, string[]>} probes
 * @property {Record<string, string[]>} cues
 * @property {Record<string, string>} lines
 * @property {Record<string, string>} slots
 * @property {Record<string, string>} own_lines By "step/line": the volunteer's wording of a line.
 * @property {string[]} facts The fact cards that were used.
 * @property {{id:string, text:string}[]} find_out Questions that we promised to find out.
 * @property {string} retaliation What they told us was done to them.
 * @property {string} note
 * @property {string[]} moments
 * @property {string[]} offer
 * @property {string[]} options
 * @property {string} ask
 * @property {boolean} ask_spoken
 * @property {string[]} closed_asks
 * @property {boolean} smaller_used
 * @property {number} unsure_count
 * @property {string} answer
 * @property {string} sign
 * @property {string} which
 * @property {number} quiet_s
 * @property {string} ending
 * @property {string} engine
 * @property {string} language
 * @property {number} ignored
 */

/** The live ask of a talk that asks for nothing today. */
export const NO_ASK = "none";

/** @type {Record<string, string>} */
const ENGINE_OUTCOME = { stop: "opt_out", wrong_person: "bad_number", another_language: "needs_language", call_later: "callback" };

/**
 * The state on the first step.
 * @param {Script} script @param {Start} [start] @returns {State}
 */
export function begin(script, start = {}) {
  const step = askStep(script);
  /** @type {State} */
  const state = {
    step: "", mode: "step", path: start.path || "full", locale: start.locale || script.locales[0],
    route: [], trail: [], visits: {}, lights: {}, probes: {}, cues: {}, lines: {}, slots: {}, own_lines: {}, facts: [], find_out: [],
    retaliation: "", note: "", moments: [], offer: [], options: [],
    ask: start.ask || (step && step.ask) || NO_ASK, ask_spoken: false, closed_asks: [], smaller_used: false,
    unsure_count: 0, answer: "", sign: "", which: "", quiet_s: 0, ending: "", engine: "", language: "", ignored: 0,
  };
  enter(state, pathOf(script, state.path)[0], start.at);
  return state;
}

/**
 * The state after all events of a talk. What cannot have happened is counted and left out.
 * @param {Script} script @param {Start} start @param {TalkEvent[]} events
 */
export function replay(script, start, events) {
  const state = begin(script, start);
  for (const e of events) apply(script, state, e);
  return state;
}

/**
 * Takes one event into the state, and tells whether it counted.
 * @param {Script} script @param {State} state @param {TalkEvent} event
 */
export function apply(script, state, event) {
  const ok = take(script, state, event.type, event.data || {}, event.at || "");
  if (!ok) state.ignored++;
  return ok;
}

/** @param {Script} script @param {State} st @param {string} type @param {Record<string, any>} d @param {string} at @returns {boolean} */
function take(script, st, type, d, at) {
  switch (type) {
    case "visit": return visit(script, st, d.step, at);
    case "light": return light(script, st, d, at);
    case "ask": return swapAsk(script, st, d.id, at);
    case "silence": return silence(script, st, d);
    case "ending": return end(script, st, d.id);
    case "engine": return engine(script, st, d);
    case "probe": return probe(script, st, d);
    case "line":
      if (!stepOf(script, d.step)) return false;
      st.lines[d.step] = d.id || "";
      return true;
    case "slot":
      if (!d.name) return false;
      if (d.value) st.slots[d.name] = d.value;
      else delete st.slots[d.name];
      return true;
    case "note": st.note = d.text || ""; return true;
    case "moment": st.moments.push(d.step || ""); return true;
    case "path":
      if (!script.paths || !script.paths[d.name]) return false;
      st.path = d.name;
      return true;
    case "locale":
      if (!script.locales.includes(d.locale)) return false;
      st.locale = d.locale;
      return true;
    default: return heard(script, st, type, d);
  }
}

/**
 * The step that must come before this one and has not, or empty. People must know who is calling, and someone who is
 * asked for more must first be thanked.
 * @param {Script} script @param {State} st @param {string} step
 */
export function blocked(script, st, step) {
  const to = indexOf(script, step);
  for (const id of pathOf(script, st.path)) {
    const s = stepOf(script, id);
    if (s && indexOf(script, id) < to && !s.skip.ok && !st.visits[id]) return id;
  }
  return "";
}

/** @param {State} st After a stop or a wrong number there is nowhere to go but out. */
export const isFinal = (st) => st.engine === "stop" || st.engine === "wrong_person";

/** @param {State} st */
export const askClosed = (st) => st.closed_asks.includes(st.ask);

/** @param {Script} script @param {State} st @param {string} step @param {string} at */
function visit(script, st, step, at) {
  if (!stepOf(script, step) || isFinal(st) || blocked(script, st, step)) return false;
  if (step === st.step && st.mode === "step") return false;
  enter(st, step, at);
  return true;
}

/** @param {State} st @param {string} step @param {string} [at] */
function enter(st, step, at = "") {
  st.step = step;
  st.mode = "step";
  st.ending = "";
  if (!isFinal(st)) st.engine = "";
  st.visits[step] = (st.visits[step] || 0) + 1;
  st.route.push(step);
  st.trail.push({ step, at });
  st.offer = [];
  st.options = [];
}

/**
 * Remembers a light for the step and for this visit of it.
 * @param {State} st @param {string} step @param {string} colour
 */
function shine(st, step, colour) {
  st.lights[step] = colour;
  st.trail[st.trail.length - 1].light = colour;
}

/** @param {Script} script @param {State} st @param {Record<string, any>} d @param {string} at */
function light(script, st, d, at) {
  const step = stepOf(script, st.step);
  if (!step || d.step !== st.step || st.mode === "ended") return false;
  const found = (step.lights[/** @type {"green"} */ (d.colour)] || []).find((l) => (l.id || "") === (d.id || ""));
  if (!found) return false;
  if (step.type === "ask" && found.sets && found.sets.answer) return answer(script, st, step, found, d, at);
  shine(st, step.id, d.colour);
  if (found.path && script.paths && script.paths[found.path]) st.path = found.path;
  follow(script, st, found.goto, found.offer, at);
  return true;
}

/**
 * What they said to the question. A yes needs a sign, a no closes this ask for the rest of the talk.
 * @param {Script} script @param {State} st @param {Step} step @param {Light} found @param {Record<string, any>} d @param {string} at
 */
function answer(script, st, step, found, d, at) {
  let given = /** @type {{answer:string}} */ (found.sets).answer;
  if (given === "hard_no" && st.mode === "choose" && st.answer === "hard_no") {
    st.which = d.which || "";
    return st.which !== "";
  }
  if (askClosed(st)) return false;
  st.ask_spoken = true;
  let colour = d.colour;
  let via = found;
  if (given === "clear_yes") {
    if (!d.sign) {
      st.mode = "sign";
      return true;
    }
    if (d.sign === "neither") {
      given = "unsure";
      colour = "yellow";
      via = (step.lights.yellow || []).find((l) => l.sets && l.sets.answer === "unsure") || { label: found.label, goto: "self" };
    }
    st.sign = d.sign;
  } else {
    st.sign = "";
  }
  shine(st, step.id, colour);
  st.answer = given;
  st.which = "";
  if (given === "unsure") {
    st.unsure_count++;
    choose(st, unsureOptions(script, st, via), via.offer);
  } else if (given === "hard_no") {
    st.which = d.which || "";
    st.closed_asks.push(st.ask);
    choose(st, hardNoOptions(script, st, via), via.offer);
  } else {
    follow(script, st, via.goto, via.offer, at);
  }
  return true;
}

/**
 * Back to where it is thin, then a smaller ask, then out. After the second "not sure", leaving it here comes first:
 * pressing on would be coercion.
 * @param {Script} script @param {State} st @param {Light} via
 */
function unsureOptions(script, st, via) {
  const ways = targets(via.goto).filter((t) => endIn(t) === null);
  if (smallerAsk(script, st)) ways.push("smaller");
  const kind = `end(${kindEnding(script)})`;
  return st.unsure_count >= 2 ? [kind, ...ways] : [...ways, kind];
}

/** @param {Script} script @param {State} st @param {Light} via */
function hardNoOptions(script, st, via) {
  const all = targets(via.goto);
  const ways = all.filter((t) => endIn(t) === null && t !== "self");
  if (smallerAsk(script, st)) ways.push("smaller");
  const ends = all.filter((t) => endIn(t) !== null);
  return [...ways, ...(ends.length ? ends : [`end(${kindEnding(script)})`])];
}

/** @param {Script} script How a talk closes when they do not want more. */
export function kindEnding(script) {
  const e = endingFor(script, "no_thanks") || endingFor(script, "connected");
  return e ? e.id : "kind_no";
}

/**
 * The ask that may be offered instead of the live one, once, or empty.
 * @param {Script} script @param {State} st
 */
export function smallerAsk(script, st) {
  const ask = askOf(script, st.ask);
  if (!ask || !ask.smaller || st.smaller_used || st.closed_asks.includes(ask.smaller)) return "";
  return askOf(script, ask.smaller) ? ask.smaller : "";
}

/** @param {State} st @param {string[]} options @param {string[]} [offer] */
function choose(st, options, offer) {
  st.mode = "choose";
  st.options = options;
  st.offer = unused(st, offer);
}

/** @param {State} st @param {string[]} [offer] Probes that were already asked on this step are left out. */
function unused(st, offer = []) {
  const asked = st.probes[st.step] || [];
  return offer.filter((id) => !asked.includes(id));
}

/** @param {Script} script @param {State} st @param {string} to @param {string[]|undefined} offer @param {string} at */
function follow(script, st, to, offer, at) {
  const ways = targets(to);
  const ending = endIn(to);
  if (ways.length > 1) {
    choose(st, ways, offer);
  } else if (to === "self") {
    enter(st, st.step, at);
    st.offer = unused(st, offer);
  } else if (ending !== null) {
    end(script, st, ending);
  } else {
    enter(st, onPath(script, st, to), at);
  }
}

/**
 * A short talk stays short: a step that the path leaves out gives way to the next one that is on it.
 * @param {Script} script @param {State} st @param {string} step
 */
export function onPath(script, st, step) {
  const own = pathOf(script, st.path);
  const path = own.includes(st.step) ? own : pathOf(script, ""); // whoever left the short path goes on along the script
  if (path.includes(step)) return step;
  const at = indexOf(script, step);
  return path.find((id) => indexOf(script, id) >= at) || step;
}

/** @param {Script} script @param {State} st @param {string} id */
function end(script, st, id) {
  if (!endingOf(script, id) && id !== kindEnding(script)) return false;
  st.ending = id;
  st.mode = "ended";
  st.offer = [];
  st.options = [];
  return true;
}

/** @param {Script} script @param {State} st @param {Record<string, any>} d */
function silence(script, st, d) {
  const step = stepOf(script, st.step);
  if (!step || step.type !== "ask" || askClosed(st)) return false;
  if (d.phase === "open" && (st.mode === "step" || st.mode === "choose")) {
    st.mode = "silence";
    st.ask_spoken = true;
    return true;
  }
  if (d.phase === "close" && st.mode === "silence") {
    st.mode = "step";
    st.quiet_s = d.seconds || 0;
    return true;
  }
  return false;
}

/**
 * Changes the one live ask. Once the question was spoken only the smaller one may follow, once, and never an ask that
 * was met with a no.
 * @param {Script} script @param {State} st @param {string} id @param {string} at
 */
function swapAsk(script, st, id, at) {
  const known = askOf(script, id) || id === NO_ASK;
  if (!known || id === st.ask || st.closed_asks.includes(id) || isFinal(st)) return false;
  if (!st.ask_spoken) {
    st.ask = id;
    return true;
  }
  const step = askStep(script);
  if (!step || id !== smallerAsk(script, st) || (st.answer !== "unsure" && st.answer !== "hard_no")) return false;
  Object.assign(st, { ask: id, smaller_used: true, ask_spoken: false, answer: "", sign: "", which: "" });
  enter(st, step.id, at);
  return true;
}

/** @param {Script} script @param {State} st @param {Record<string, any>} d */
function probe(script, st, d) {
  const step = stepOf(script, d.step);
  if (!step || !(step.probes || []).some((p) => p.id === d.id)) return false;
  const asked = (st.probes[d.step] || []).filter((id) => id !== d.id);
  if (d.on) asked.push(d.id);
  if (asked.length) st.probes[d.step] = asked;
  else delete st.probes[d.step];
  return true;
}

/** @param {Script} script @param {State} st @param {Record<string, any>} d */
function engine(script, st, d) {
  const outcome = ENGINE_OUTCOME[d.what];
  if (!outcome || isFinal(st)) return false;
  const ending = endingFor(script, outcome);
  Object.assign(st, { engine: d.what, language: d.language || "", mode: "ended", ending: ending ? ending.id : "", offer: [], options: [] });
  return true;
}

/**
 * What wrap-up presets. A yes that was never clear is a good talk, not a commitment.
 * @param {Script} script @param {State} st
 */
export function outcome(script, st) {
  if (ENGINE_OUTCOME[st.engine]) return ENGINE_OUTCOME[st.engine];
  if (st.answer === "clear_yes") return "commitment";
  if (st.answer === "hard_no") return "no_thanks";
  if (st.answer === "unsure") return "connected";
  const ending = endingOf(script, st.ending);
  return ending && ending.outcome !== "commitment" ? ending.outcome : "connected";
}
