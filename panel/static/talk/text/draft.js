// @ts-check
// The next text: what it says, what it costs, what keeps it from going, and what a second pair of eyes would say. Pure.

import { gaps, plain, segments, straighten } from "../slots.js";
import { line } from "../model.js";
import { count, t } from "../../js/words.js";

/** @typedef {import("./lines.js").Line} Line */
/** @typedef {{typed:string|null, line:Line|null}} Draft What was typed, or null while the line stands as it is. */
/** @typedef {{id:string, theirs:boolean, body:string, at:string, when:string, who:string, note:string, bad:boolean, media:string, by_hand:boolean}} Text */
/** @typedef {{texts:Text[], calls:any[], draft:string, first:boolean, why_not:string, fetching?:string, last_reply:string|null, host:boolean, waiting:any[], seems?:any[]}} Thread */

const DAY = 24 * 60 * 60 * 1000;
const BLANK = "___";
const HOLE = /_{2,}|\{[^{}]*\}/;

/** The words that a line still waits for. @param {any} m @param {Draft} d @returns {string[]} */
export const missing = (m, d) => (d.typed === null && d.line ? gaps(line(m, d.line.words)) : []);

/** What would go, as it stands. @param {any} m @param {Draft} d */
export function body(m, d) {
  if (d.typed !== null) return d.typed;
  return d.line ? straighten(plain(line(m, d.line.words))) : "";
}

/** A line with blanks where words are missing, for a hand that writes over it. @param {any} m @param {Draft} d */
export const withBlanks = (m, d) => (d.line ? straighten(plain(line(m, d.line.words).map((p) => (p.from === "gap" ? { ...p, text: BLANK } : p)))) : "");

/** As it will leave: straight quotes, no space around. @param {string} text */
export const leaving = (text) => straighten(text).trim();

/** Why Send is asleep, in words, or empty. @param {any} m @param {Draft} d @param {Thread} thread */
export function asleep(m, d, thread) {
  if (thread.why_not) return thread.why_not;
  const gone = missing(m, d);
  if (gone.length) return gone.length === 1 ? t("One word is missing: {word}", { word: gone[0] }) : t("These words are missing: {words}", { words: gone.join(", ") });
  const text = leaving(body(m, d));
  if (HOLE.test(text)) return t("There is a blank in this text. Fill it in, then send.");
  return "";
}

/** "1 text, 119 characters" @param {string} text */
export function cost(text) {
  const s = segments(leaving(text));
  return `${count(s.segments, "text", "texts")}, ${count(s.characters, "character", "characters")}`;
}

/** What somebody beside you would say about it. Nothing here keeps a text from going. @param {any} m @param {string} text @param {Thread} thread @returns {string[]} */
export function hints(m, text, thread) {
  const s = leaving(text);
  if (!s) return [];
  const out = [];
  const has = (/** @type {string} */ words) => s.toLowerCase().includes(words.toLowerCase());
  const { person, org } = m.server;
  if (thread.first) {
    if (!has(person.first_name)) out.push(t("The first text to a number begins with their name: {name}.", { name: person.first_name }));
    if (org && !has(org)) out.push(t("The first text says who we are: {org}.", { org }));
    if (!/\bSTOP\b/.test(s)) out.push(t("The first text says how to end it: “Reply STOP to opt out”."));
    if (/https?:|www\.|\b[\w-]+\.(com|org|net)\b/i.test(s)) out.push(t("No link in a first text: it looks like a trick."));
  }
  if ((s.match(/\?/g) || []).length > 1) out.push(t("Two questions. People answer one."));
  const { gsm } = segments(s);
  if (!gsm) out.push(odd(s) ? t("“{letters}” make a text hold 70 characters instead of 160.", { letters: odd(s) }) : t("á, í, ó and ú make a text hold 70 characters instead of 160. Keep them: they are how the words are written."));
  return out;
}

/** Signs beyond the letters of a language, such as emoji. @param {string} s */
const odd = (s) => [...new Set([...s].filter((c) => !segments(c).gsm && !/[áíóúÁÍÓÚ]/.test(c)))].slice(0, 4).join(" ");

/** The last text of ours by hand that they have not answered, or null. @param {Thread} thread @returns {Text|null} */
export function unanswered(thread) {
  for (let i = thread.texts.length - 1; i >= 0; i--) {
    const x = thread.texts[i];
    if (x.theirs) return null;
    if (x.by_hand && !x.bad) return x;
  }
  return null;
}

/** Whether we wait for their word: a second text comes when they answer, or after a day. @param {Thread} thread @param {number} now */
export function waiting(thread, now) {
  const last = unanswered(thread);
  return Boolean(last) && now - Date.parse(/** @type {Text} */ (last).at) < DAY;
}

/** How long it is since they last wrote, in words, or empty. @param {string|null} at @param {number} now */
export function ago(at, now) {
  const from = Date.parse(at || "");
  if (Number.isNaN(from)) return "";
  const minutes = Math.max(0, Math.floor((now - from) / 60000));
  if (minutes < 1) return t("just now");
  if (minutes < 60) return t("{n} min ago", { n: minutes });
  if (minutes < 48 * 60) return t("{n} h ago", { n: Math.floor(minutes / 60) });
  return t("{n} days ago", { n: Math.floor(minutes / (24 * 60)) });
}
