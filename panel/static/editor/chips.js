// @ts-check
// What a coordinator writes as [their stake] is {their_stake} in the document, and back.

import { wordsIn } from "./document.js";
import { missing } from "../talk/slots.js";

/** @typedef {{name:string, label:string, kind:"slot"|"fact"|"builtin"}} Chip */

/** Names that every talk has: who we are, who they are, what is agreed. The server's list, with labels from the same words as a gap. */
export const BUILTINS = ["first_name", "volunteer", "volunteer_place", "org", "last_contact_by", "last_topic", "purpose", "ask", "ask_when", "what", "by_when", "follow_how", "follow_when"];

/** Of two that are called the same, one is what was agreed in the talk. @type {Record<string, string>} */
const AGREED = { en: "as agreed", es: "lo acordado" };

/** @type {Record<string, string>} */
const PURPOSE = { en: "the purpose", es: "el propósito" };

/**
 * Everything that a line may wait for, each under a label of its own. A label that is taken gives way to the name.
 * @param {any} doc @param {string} locale @returns {Chip[]}
 */
export function chips(doc, locale) {
  /** @type {Chip[]} */
  const list = [];
  const add = (/** @type {string} */ name, /** @type {string} */ words, /** @type {Chip["kind"]} */ kind) => {
    const label = words.toLowerCase().trim();
    const free = (/** @type {string} */ l) => l && !/[[\]{}|]/.test(l) && !list.some((c) => c.label === l || c.name === l);
    const longer = kind === "builtin" ? `${label}, ${AGREED[locale.slice(0, 2)] || AGREED.en}` : "";
    list.push({ name, label: [label, longer].find(free) || name, kind });
  };
  const own = (/** @type {any} */ o) => wordsIn(o.label, locale, doc.locales) || wordsIn(o.label, doc.locales[0], doc.locales);
  for (const [name, slot] of Object.entries(doc.slots || {})) add(name, own(slot), "slot");
  for (const [name, fact] of Object.entries(doc.facts || {})) add(name, own(fact), "fact");
  for (const name of BUILTINS) {
    if (list.some((c) => c.name === name)) continue;
    add(name, name === "purpose" ? PURPOSE[locale.slice(0, 2)] || PURPOSE.en : missing(name, /** @type {any} */ ({ script: {}, locale })), "builtin");
  }
  return list;
}

/** The line as it is written: [their stake|it matters to you]. @param {string} line @param {Chip[]} list */
export const toBrackets = (line, list) => line.replace(/\{([a-z][a-z0-9_]*)(\|[^{}[\]]*)?\}/g, (_, name, otherwise = "") => {
  const chip = list.find((c) => c.name === name);
  return `[${chip ? chip.label : name}${otherwise}]`;
});

/** The line as it is kept. What nobody knows stays as it was written. @param {string} line @param {Chip[]} list */
export const toBraces = (line, list) => line.replace(/\[([^[\]{}|]+)(\|[^[\]{}]*)?\]/g, (whole, label, otherwise = "") => {
  const chip = find(label, list);
  return chip ? `{${chip.name}${otherwise}}` : whole;
});

/** @param {string} label @param {Chip[]} list */
function find(label, list) {
  const plain = label.trim().toLowerCase();
  return list.find((c) => c.label === plain) || list.find((c) => c.name === plain);
}

/** Words in brackets that stand for nothing yet. @param {string} line @param {Chip[]} list */
export const unknown = (line, list) => [...line.matchAll(/\[([^[\]{}|]+)(?:\|[^[\]{}]*)?\]/g)].map((m) => m[1].trim()).filter((w) => w && !find(w, list));

/** What is being typed after a "[", or null. @param {string} before What stands before the caret. */
export function typing(before) {
  const m = /\[([^[\]{}|\n]{0,40})$/.exec(before);
  return m ? m[1].toLowerCase() : null;
}

/** The menu for what was typed so far: what begins with it, then what holds it. @param {Chip[]} list @param {string} typed */
export function matching(list, typed) {
  const hit = list.filter((c) => c.label.includes(typed) || c.name.includes(typed));
  return [...hit.filter((c) => c.label.startsWith(typed)), ...hit.filter((c) => !c.label.startsWith(typed))];
}

/** The line with the word under the caret finished, and where the caret goes. @param {string} line @param {number} caret @param {Chip} chip */
export function finish(line, caret, chip) {
  const before = line.slice(0, caret).replace(/\[[^[\]{}|\n]*$/, "");
  const after = line.slice(caret).replace(/^[^[\]{}|\n]*\]/, (rest) => (typing(line.slice(0, caret)) !== null && !/\s/.test(rest) ? "" : rest));
  return { line: `${before}[${chip.label}]${after}`, caret: before.length + chip.label.length + 2 };
}
