// @ts-check
// The call, in words. The volunteer talks on their own phone; this page is its remote and says what is going on.

import { callLive } from "./model.js";
import { clockHere, lasted } from "./when.js";

/**
 * One line about the call, for the header and for a screen reader.
 * @param {any} call @param {number} now
 * @returns {{words:string, time:string, tone:"live"|"wait"|"over"|"none"}}
 */
export function callLine(call, now) {
  if (!call) return { words: "No call", time: "", tone: "none" };
  const from = Date.parse(call.answered_at || "");
  const length = Number.isNaN(from) ? "" : lasted((Date.parse(call.ended_at || "") || now) - from);
  if (call.direction === "inbound" && (call.state === "ringing" || call.state === "placing")) return { words: "Incoming", time: "", tone: "wait" };
  switch (call.state) {
    case "reserved": return { words: "Not ringing yet", time: "", tone: "wait" };
    case "placing": return { words: "Getting a line", time: "", tone: "wait" };
    case "ringing": return { words: call.tries > 1 ? `Ringing, try ${call.tries}` : "Ringing", time: "", tone: "wait" };
    case "answered": return { words: "Picked up", time: length, tone: "live" };
    case "bridged": return { words: "On call", time: length, tone: "live" };
  }
  return { words: "Call ended", time: length, tone: "over" };
}

/** What happened when there was no talk: a title, why, and what comes next. @param {any} call @param {string} firstName */
export function resultWords(call, firstName) {
  if (call.our_fault) return { title: "Our line failed, not you", detail: call.sentence || `${firstName} heard nothing. Try again, or leave it for later.` };
  /** @type {Record<string, string[]>} */
  const words = {
    no_answer: [`${firstName} didn't pick up`, "Nothing you did. We'll try another time."],
    busy: [`${firstName}'s line is busy`, "They're talking to someone. We'll try another time."],
    voicemail: ["That was a voicemail", "It's noted, and we'll try another time."],
    failed: ["The call didn't go through", "The number may be out of service. It's noted."],
    canceled: ["The call was called off", "Nobody was reached."],
  };
  const [title, detail] = words[call.result] || ["The call is over", "It's noted."];
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
  const on = callLive(call) ? " The call is still on." : "";
  const wait = (/** @type {string} */ words, /** @type {string} */ short) => ({ tone: /** @type {const} */ ("wait"), words, short });
  switch (status.phase) {
    case "offline": return wait(`Saved here. No internet: it will go when you're back.${on}`, "Saved here. No internet");
    case "server": return wait(`Saved here. We can't be reached, our fault: trying again.${on}`, "Saved here. Trying to reach us");
    case "signed_out": return wait("Saved here. You're signed out: open your link again and it will go.", "Saved here. You're signed out");
    case "held": return wait("Saved here. Another tab holds this talk, so it waits.", "Saved here. Another tab has it");
    case "refused": return wait(`One change is only saved here. ${status.detail}`, "One change is only here");
  }
  const at = status.savedAt && status.phase === "saved" ? `, ${clockHere(status.savedAt)}` : "";
  const us = status.phase === "sending" ? "on its way to us" : `with us${at}`;
  const words = durable ? `Saved here${status.phase === "sending" ? ", " : " and "}${us}` : `${us[0].toUpperCase()}${us.slice(1)}. This browser keeps nothing itself.`;
  return { tone: "ok", words, short: words };
}
