// @ts-check
// The cards that can be found from any step: facts with their source and date, answers to what they may be told, and
// what else there is to read. Pure.

import { say } from "./script.js";
import { plusDays } from "./when.js";

/** @typedef {import("./script.js").Script} Script */
/** @typedef {{key:string, kind:"fact"|"answer"|"read", id:string, step?:string, title:string, words:string, source?:string, asOf?:string, old?:boolean, url?:string}} Card */

/** A claim older than this is checked before it is said again. */
const FRESH_DAYS = 90;

/**
 * Every card of a script, the likeliest first: answers on the step about what they'll be told, else facts with a source.
 * @param {Script} script @param {string} locale @param {string} step Where the talk is. @param {string} today "2026-11-24T17:46" @returns {Card[]}
 */
export function cards(script, locale, step, today) {
  const facts = Object.entries(script.facts || {}).map(([id, f]) => ({
    key: `fact/${id}`, kind: /** @type {const} */ ("fact"), id, title: upper(say(f.label, locale)), words: upper(say(f.value, locale)),
    source: f.source, asOf: f.as_of, old: Boolean(f.as_of) && `${f.as_of}T12:00` < plusDays(today, -FRESH_DAYS),
  })).sort((a, b) => Number(Boolean(b.source)) - Number(Boolean(a.source)));
  const answers = script.steps.filter((s) => s.type === "inoculate").flatMap((s) => s.say.map((l) => ({
    key: `answer/${s.id}/${l.id}`, kind: /** @type {const} */ ("answer"), id: l.id, step: s.id, title: upper(say(l.label || s.name, locale)), words: say(l.text, locale),
  })));
  const read = (script.resources || []).map((r, i) => ({ key: `read/${i}`, kind: /** @type {const} */ ("read"), id: String(i), title: say(r.title, locale), words: "", url: r.url }));
  const here = script.steps.find((s) => s.id === step);
  return here && here.type === "inoculate" ? [...answers, ...facts, ...read] : [...facts, ...answers, ...read];
}

/**
 * The cards in which every word of the question stands, whatever its accents.
 * @param {Card[]} all @param {string} question @param {(words:string) => string} [filled] How a line reads with its words filled in.
 */
export function matching(all, question, filled = (w) => w) {
  const wanted = fold(question).split(" ").filter(Boolean);
  return all.filter((c) => {
    const text = fold(`${c.title} ${filled(c.words)} ${c.source || ""}`);
    return wanted.every((w) => text.includes(w));
  });
}

/** @param {string} s */
const fold = (s) => s.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** @param {string} s */
const upper = (s) => (s ? s[0].toUpperCase() + s.slice(1) : s);
