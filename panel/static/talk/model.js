// @ts-check
// What follows from what is known: which screen this is, what a line is filled from, which step is thin. Pure.

import { t } from "../js/words.js";
import { endIn, endingOf, numbers, say, stepOf } from "./script.js";
import { fill } from "./slots.js";
import { indexOf } from "./script.js";
import { onPath } from "./walk.js";

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
    if (worry) return { thin: true, why: t("A worry is still open: {worry}", { worry: worry.now }) };
    if (!m.walk.visits[id]) return { thin: true, why: t("They haven't heard this yet.") };
    if (m.walk.lights[id] === "yellow") return { thin: true, why: t("They had doubts here.") };
    return { thin: false, why: t("They were open to this.") };
  }
  if (!m.walk.visits[id]) return { thin: true, why: t("You haven't been here yet.") };
  const gap = captured.find((c) => !c.now);
  if (gap && gap.slot && gap.slot.type === "choice") return { thin: true, why: t("Nobody named as responsible yet.") };
  if (gap) return { thin: true, why: t("Not heard yet: {what}.", { what: label(gap) }) };
  const inward = captured.find((c) => ["neighbours", "themselves", "nobody"].includes(c.now));
  if (inward) return { thin: true, why: t("The blame sits with people like them. Ask who could fix it.") };
  if (m.walk.lights[id] === "yellow") return { thin: true, why: t("It was still yellow here.") };
  return { thin: false, why: captured.length ? t("You have it in their words.") : t("This went well.") };
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
    const rest = ways.includes("self") ? "stay" : ways.some((w) => endIn(w)) ? "close" : "";
    const [from, until, step] = [steps[0] ?? "", steps.at(-1) ?? "", steps[0] ?? ""];
    if (steps.length > 1) return rest === "stay" ? t("Back to {from}–{until}, or stay", { from, until }) : rest ? t("Back to {from}–{until}, or close kindly", { from, until }) : t("Back to {from}–{until}", { from, until });
    if (steps.length) return rest === "stay" ? t("Back to step {step}, or stay", { step }) : rest ? t("Back to step {step}, or close kindly", { step }) : t("Back to step {step}", { step });
    return rest === "stay" ? t("Stay here and keep exploring") : t("Close kindly");
  }
  if (to === "self") return t("Stay here and keep exploring");
  const ending = endIn(to);
  if (ending !== null) {
    const e = endingOf(script, ending);
    if (e && e.outcome === "callback") return t("Find a better time");
    return e && e.outcome === "commitment" ? t("Close, then wrap up") : t("Close kindly");
  }
  const landed = onPath(script, walk, to);
  return indexOf(script, landed) < indexOf(script, walk.step) ? t("Back to {step}", { step: name(landed) }) : t("On to {step}", { step: name(landed) });
}

/** @param {Model} m @param {import("./script.js").Signs|undefined} signs @returns {string[]} */
export function signsOf(m, signs) {
  if (!signs) return [];
  const pack = signs.pack ? (m.server.library.cue_packs || {})[signs.pack] : undefined;
  const sense = /** @type {Record<string, string>} */ ({ text: "sms", in_person: "in_person" })[m.server.conversation.channel] || "voice";
  const list = [...((pack && pack[sense]) || []), .../** @type {any} */ (signs)[sense] || [], ...(signs.also || [])];
  return list.map((w) => say(w, m.walk.locale));
}

/**
 * A line as this volunteer says it, where they have put it in their own words.
 * @param {Model} m @param {string} step @param {{id:string, text:import("./script.js").Words}} l @returns {{words:import("./script.js").Words, own:boolean}}
 */
export function wording(m, step, l) {
  const here = (/** @type {any} */ o) => o.step === step && o.id === l.id && (o.locale || m.walk.locale) === m.walk.locale;
  const now = m.events.findLast((/** @type {any} */ e) => e.type === "own_line" && here(e.data));
  const own = now ? now.data.text : ((m.server.own || []).find(here) || {}).text;
  return own ? { words: own, own: true } : { words: l.text, own: false };
}

/** Whether this talk is held without a line: face to face, or by text. @param {Model} m */
export const offLine = (m) => !m.server.call && ["in_person", "text"].includes(m.server.conversation.channel);
