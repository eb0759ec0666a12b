// @ts-check
// What follows from what is known: which screen this is, what a line is filled from, which step is thin. Pure.

import { endIn, endingOf, numbers, say, stepOf } from "./script.js";
import { fill } from "./slots.js";
import { indexOf, pathOf } from "./script.js";

/** @typedef {import("./walk.js").State} State */
/** @typedef {import("./script.js").Script} Script */
/** @typedef {any} Model The page's model; see main.js. */

/** @param {any} call */
export const callLive = (call) => Boolean(call) && ["placing", "ringing", "answered", "bridged"].includes(call.state);
/** @param {any} call */
export const callOver = (call) => Boolean(call) && ["ended", "wrapped"].includes(call.state);
/** @param {any} call They picked up, or had before it ended. */
export const talked = (call) => !call || ["answered", "bridged"].includes(call.state) || (callOver(call) && call.result === "answered");

/**
 * What fills the window.
 * @param {Model} m @returns {"saved"|"result"|"wrap"|"talk"}
 */
export function screen(m) {
  const { server, ui } = m;
  if (ui.sent || server.wrap) return "saved";
  if (callOver(server.call) && (server.call.our_fault || !talked(server.call))) return "result";
  if (server.conversation.state === "wrapped") return "saved";
  if (ui.back) return "talk";
  if (ui.wrapping || callOver(server.call) || server.conversation.state === "ended") return "wrap";
  return "talk";
}

/** @param {Model} m @returns {import("./slots.js").Sources} */
export function sources(m) {
  const { server, walk } = m;
  /** @type {Record<string, string>} */
  const history = {};
  /** @type {Record<string, string>} */
  const volunteer = { your_stake: server.volunteer.stake || "" };
  for (const [name, kept] of Object.entries(/** @type {Record<string, any>} */ (server.slots || {}))) {
    (kept.from === "volunteer" ? volunteer : history)[name] = kept.value;
  }
  return {
    script: m.script, locale: walk.locale, ask: walk.ask,
    conversation: { ...walk.slots, ...m.ui.drafts }, history, volunteer,
    builtins: {
      first_name: server.person.first_name, volunteer: server.volunteer.name, volunteer_place: server.volunteer.place, org: server.org,
      ...server.builtins,
    },
  };
}

/** @param {Model} m @param {import("./script.js").Words|undefined} words */
export const line = (m, words) => fill(say(words, m.walk.locale), sources(m));

/** @param {Model} m @param {string} name What is known for a slot now, as it was typed. */
export function value(m, name) {
  const s = sources(m);
  return (s.conversation || {})[name] ?? (s.history || {})[name] ?? (s.volunteer || {})[name] ?? "";
}

/**
 * Why it may be worth going back to a step, or empty when it stands well.
 * @param {Model} m @param {string} id @returns {{thin:boolean, why:string}}
 */
export function strength(m, id) {
  const step = stepOf(m.script, id);
  if (!step) return { thin: false, why: "" };
  const captured = (step.capture || []).map((name) => ({ name, slot: (m.script.slots || {})[name], now: value(m, name) }));
  const label = (/** @type {any} */ c) => say(c.slot && c.slot.label, m.walk.locale);
  if (step.type === "educate" || step.type === "inoculate") {
    const worry = captured.find((c) => c.now);
    if (worry) return { thin: true, why: `A worry is still open: ${worry.now}` };
    if (!m.walk.visits[id]) return { thin: true, why: "They haven't heard this yet." };
    if (m.walk.lights[id] === "yellow") return { thin: true, why: "They had doubts here." };
    return { thin: false, why: "They were open to this." };
  }
  if (!m.walk.visits[id]) return { thin: true, why: "You haven't been here yet." };
  const gap = captured.find((c) => !c.now);
  if (gap && gap.slot && gap.slot.type === "choice") return { thin: true, why: "Nobody named as responsible yet." };
  if (gap) return { thin: true, why: `Not heard yet: ${label(gap)}.` };
  const inward = captured.find((c) => ["neighbours", "themselves", "nobody"].includes(c.now));
  if (inward) return { thin: true, why: "The blame sits with people like them. Ask who could fix it." };
  if (m.walk.lights[id] === "yellow") return { thin: true, why: "It was still yellow here." };
  return { thin: false, why: captured.length ? "You have it in their words." : "This went well." };
}

/**
 * Where a light goes, in words.
 * @param {Model} m @param {string} to
 */
export function whereTo(m, to) {
  const { script, walk } = m;
  const num = numbers(script);
  const name = (/** @type {string} */ id) => say((stepOf(script, id) || { name: id }).name, walk.locale);
  const ways = to.startsWith("pick(") ? to.slice(5, -1).split(",") : [to];
  if (ways.length > 1) {
    const steps = ways.map((w) => num.get(w)).filter((n) => n !== undefined);
    const many = steps.length > 1 ? `Back to ${steps[0]}–${steps.at(-1)}` : steps.length ? `Back to step ${steps[0]}` : "";
    const rest = ways.includes("self") ? "stay" : ways.some((w) => endIn(w)) ? "close kindly" : "";
    const all = [many, rest].filter(Boolean).join(", or ");
    return all[0].toUpperCase() + all.slice(1);
  }
  if (to === "self") return "Stay here and keep exploring";
  const ending = endIn(to);
  if (ending !== null) {
    const e = endingOf(script, ending);
    if (e && e.outcome === "callback") return "Find a better time";
    return e && e.outcome === "commitment" ? "Close, then wrap up" : "Close kindly";
  }
  const path = pathOf(script, walk.path);
  const landed = path.includes(to) || !path.includes(walk.step) ? to : path.find((id) => indexOf(script, id) >= indexOf(script, to)) || to;
  return `${indexOf(script, landed) < indexOf(script, walk.step) ? "Back" : "On"} to ${name(landed)}`;
}

/** @param {Model} m @param {import("./script.js").Signs|undefined} signs @returns {string[]} */
export function signsOf(m, signs) {
  if (!signs) return [];
  const pack = signs.pack ? (m.server.library.cue_packs || {})[signs.pack] : undefined;
  const sense = m.server.conversation.channel === "text" ? "sms" : "voice";
  const list = [...((pack && pack[sense]) || []), .../** @type {any} */ (signs)[sense] || [], ...(signs.also || [])];
  return list.map((w) => say(w, m.walk.locale));
}
