// @ts-check
// The call, in words. The volunteer talks on their own phone; this page is its remote and says what is going on.

import { language, t } from "../js/words.js";
import { callLive } from "./model.js";
import { clockHere, lasted } from "./when.js";

/**
 * One line about the call, for the header and for a screen reader.
 * @param {any} call @param {number} now
 * @returns {{words:string, time:string, tone:"live"|"wait"|"over"|"none"}}
 */
export function callLine(call, now) {
  if (!call) return { words: t("No call"), time: "", tone: "none" };
  const from = Date.parse(call.answered_at || "");
  const length = Number.isNaN(from) ? "" : lasted((Date.parse(call.ended_at || "") || now) - from);
  if (call.direction === "inbound" && (call.state === "ringing" || call.state === "placing")) return { words: t("Incoming"), time: "", tone: "wait" };
  switch (call.state) {
    case "reserved": return { words: t("Not ringing yet"), time: "", tone: "wait" };
    case "placing": return { words: t("Getting a line"), time: "", tone: "wait" };
    case "ringing": return { words: call.tries > 1 ? t("Ringing, try {n}", { n: call.tries }) : t("Ringing"), time: "", tone: "wait" };
    case "answered": return { words: t("Picked up"), time: length, tone: "live" };
    case "bridged": return { words: t("On call"), time: length, tone: "live" };
  }
  return { words: t("Call ended"), time: length, tone: "over" };
}

/** What happened when there was no talk: a title, why, and what comes next. @param {any} call @param {string} firstName */
export function resultWords(call, firstName) {
  if (call.our_fault) return { title: t("Our line failed, not you"), detail: call.sentence || t("{name} heard nothing. Try again, or leave it for later.", { name: firstName }) };
  /** @type {Record<string, string[]>} */
  const words = {
    no_answer: [t("{name} didn't pick up", { name: firstName }), t("Nothing you did. We'll try another time.")],
    busy: [t("{name}'s line is busy", { name: firstName }), t("They're talking to someone. We'll try another time.")],
    voicemail: [t("That was a voicemail"), t("It's noted, and we'll try another time.")],
    failed: [t("The call didn't go through"), t("The number may be out of service. It's noted.")],
    canceled: [t("The call was called off"), t("Nobody was reached.")],
  };
  const [title, detail] = words[call.result] || [t("The call is over"), t("It's noted.")];
  return { title, detail: call.sentence || detail };
}

/** Whether "this is a voicemail" and "nobody is there" still make sense. @param {any} call @param {import("./walk.js").State} walk */
export const beforeTalk = (call, walk) => callLive(call) && Object.keys(walk.lights).length === 0;

/** @param {any} call */
export const canEnd = (call) => callLive(call);

/**
 * Where everything that was pressed and typed is, in words, on every size.
 * @param {import("./outbox.js").Status} status @param {any} call @param {boolean} durable
 * @returns {{tone:"ok"|"wait", words:string, short:string}} The short form stands beside the lights, where a banner says the rest.
 */
export function savedWords(status, call, durable) {
  const wait = (/** @type {string} */ words, /** @type {string} */ short) => ({ tone: /** @type {const} */ ("wait"), words: callLive(call) ? `${words} ${t("The call is still on.")}` : words, short });
  switch (status.phase) {
    case "practice": return ok(t("Practice: nothing is kept."), t("Nothing is kept"));
    case "offline": return wait(t("Saved here. No internet: it will go when you're back."), t("Saved here. No internet"));
    case "server": return wait(t("Saved here. We can't be reached, our fault: trying again."), t("Saved here. Trying to reach us"));
    case "signed_out": return wait(t("Saved here. You're signed out: open your link again and it will go."), t("Saved here. You're signed out"));
    case "held": return wait(t("Saved here. Another tab holds this talk, so it waits."), t("Saved here. Another tab has it"));
    case "refused": return wait(t("One change is only saved here. {why}", { why: status.detail }), t("One change is only here"));
  }
  if (status.phase === "sending") return ok(durable ? t("Saved here, on its way to us") : t("On its way to us. This browser keeps nothing itself."), t("Saved here"));
  const time = status.savedAt ? clockHere(status.savedAt, language) : "";
  if (!durable) return ok(time ? t("With us, {time}. This browser keeps nothing itself.", { time }) : t("With us. This browser keeps nothing itself."), t("Saved"));
  return ok(time ? t("Saved here and with us, {time}", { time }) : t("Saved here and with us"), t("Saved"));
}

/** @param {string} words @param {string} short */
const ok = (words, short) => ({ tone: /** @type {const} */ ("ok"), words, short });
