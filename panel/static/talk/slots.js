// @ts-check
// Filling a line: conversation, history, volunteer, fact, then the line's own fallback. A gap is named; braces never
// reach a screen or a phone. The same rules as the server's, held equal by shared vectors.

import { askOf, say } from "./script.js";
import { spokenWhen } from "./when.js";

/** @typedef {import("./script.js").Script} Script */
/** @typedef {{text:string, from:string, slot?:string}} Part */
/** @typedef {{script:Script, locale:string, ask?:string, conversation?:Record<string,string>, history?:Record<string,string>, volunteer?:Record<string,string>, builtins?:Record<string,string>}} Sources */

/** @type {Record<string, Record<string, string>>} */
const HOW = { en: { call: "call", text: "text" }, es: { call: "llamada", text: "mensaje" } };

/** @type {Record<string, Record<string, string>>} */
const MISSING = {
  en: {
    first_name: "their name", volunteer: "your name", volunteer_place: "where you live", org: "our group",
    last_contact_by: "who spoke with them", last_topic: "what about", ask: "the ask", ask_when: "when",
    what: "what they'll do", by_when: "by when", follow_how: "call or text", follow_when: "when",
  },
  es: {
    first_name: "su nombre", volunteer: "tu nombre", volunteer_place: "dónde vives", org: "nuestro grupo",
    last_contact_by: "quién habló con ellos", last_topic: "de qué", ask: "la petición", ask_when: "cuándo",
    what: "qué harán", by_when: "para cuándo", follow_how: "llamada o mensaje", follow_when: "cuándo",
  },
};

/** @param {string} v The full stop of a kept sentence gives way to the one of the line it lands in. */
const tidy = (v) => (v || "").trim().replace(/[ .\n\t]+$/, "");
const lang = (/** @type {string} */ locale) => locale.slice(0, 2);

/** @param {string} line @param {Sources} from @returns {Part[]} */
export function fill(line, from) {
  // Somebody whose name nobody knows: "Hi {first_name}, it's Dana" is "Hi, it's Dana".
  if (from.builtins && from.builtins.first_name === "") line = line.replace(/,? *\{first_name\}/g, "");
  /** @type {Part[]} */
  const out = [];
  let at = 0;
  // A brace that is no slot is a slip, and never reaches a screen or a phone.
  const words = (/** @type {string} */ raw) => {
    const text = raw.replace(/[{}]/g, "");
    if (text) out.push({ text, from: "line" });
  };
  for (const m of line.matchAll(/\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}/g)) {
    words(line.slice(at, m.index));
    out.push(resolve(m[1], m[2] || "", from));
    at = m.index + m[0].length;
  }
  words(line.slice(at));
  return out;
}

/** @param {string} name @param {string} fallback @param {Sources} f @returns {Part} */
function resolve(name, fallback, f) {
  for (const from of /** @type {const} */ (["conversation", "history", "volunteer"])) {
    const v = tidy((f[from] || {})[name]);
    if (v) return { text: spoken(name, v, f), from, slot: name };
  }
  const fact = f.script.facts && f.script.facts[name];
  const told = fact ? tidy(say(fact.value, f.locale)) : "";
  if (told) return { text: told, from: "fact", slot: name };
  const known = builtin(name, f);
  if (known) return { text: known, from: "builtin", slot: name };
  if (fallback) return { text: fallback, from: "fallback", slot: name };
  return { text: missing(name, f), from: "gap", slot: name };
}

/** @param {string} name @param {Sources} f */
function builtin(name, f) {
  const ask = askOf(f.script, f.ask || "");
  if (name === "ask" && ask) return say(ask.label, f.locale);
  if (name === "ask_when" && ask && ask.when) return spokenWhen(ask.when, f.locale);
  if (name === "purpose") return tidy(say(f.script.purpose, f.locale));
  return tidy((f.builtins || {})[name]);
}

/** @param {string} name @param {string} value @param {Sources} f */
function spoken(name, value, f) {
  if (name === "by_when" || name === "follow_when") return spokenWhen(value, f.locale);
  if (name === "follow_how" && HOW[lang(f.locale)]) return HOW[lang(f.locale)][value] || value;
  for (const o of (f.script.slots && f.script.slots[name] && f.script.slots[name].options) || []) {
    if (typeof o === "object" && o.value === value) return say(o.label, f.locale);
  }
  return value;
}

/** @param {string} name @param {Sources} f What is not known yet, in words. */
export function missing(name, f) {
  const own = (f.script.slots && f.script.slots[name]) || (f.script.facts && f.script.facts[name]);
  if (own) return say(own.label, f.locale).toLowerCase();
  return (MISSING[lang(f.locale)] || {})[name] || name.replaceAll("_", " ");
}

/** @param {Part[]} parts */
export const plain = (parts) => parts.map((p) => p.text).join("");

/** @param {Part[]} parts @returns {string[]} What is missing, in the order it is missed. */
export const gaps = (parts) => parts.filter((p) => p.from === "gap").map((p) => p.text);

/**
 * The line as a text message, or null while words are missing: a text with a hole in it reaches a person.
 * @param {Part[]} parts
 */
export function smsText(parts) {
  return gaps(parts).length ? null : straighten(plain(parts));
}

/** @type {Record<string, string>} */
const STRAIGHT = { "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " " };

/** @param {string} s Typographic marks in plain signs. Letters keep their accents. */
export const straighten = (s) => s.replace(/[’‘“”–—…\u00a0\u202f]/g, (c) => STRAIGHT[c]);

/** @param {string} s The other way, for the screen only: an apostrophe between letters, and quotes around words. */
export const curly = (s) => s.replace(/(\p{L})'/gu, "$1’").replace(/'(?=\p{L})/gu, "‘");

const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_TWICE = "^{}\\[~]|€";

/**
 * What a text costs: segments, characters, and whether it fits the plain alphabet.
 * @param {string} text @returns {{segments:number, characters:number, gsm:boolean}}
 */
export function segments(text) {
  let septets = 0, gsm = true;
  for (const c of text) {
    if (GSM.includes(c)) septets++;
    else if (GSM_TWICE.includes(c)) septets += 2;
    else gsm = false;
  }
  const n = gsm ? septets : text.length;
  const [one, many] = gsm ? [160, 153] : [70, 67];
  return { segments: n <= one ? 1 : Math.ceil(n / many), characters: n, gsm };
}

/** @param {string} text "1 text, 141 characters" */
export function cost(text) {
  const s = segments(text);
  return `${s.segments} text${s.segments > 1 ? "s" : ""}, ${s.characters} characters`;
}
