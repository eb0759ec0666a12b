// @ts-check
// Words of theirs become the words that are said back: selected in a bubble with a mouse or a finger, or picked one by
// one in a list, with the keyboard alone.

import { say } from "../script.js";
import { language } from "../../js/words.js";

/** The slots that words of theirs may fill: those of this step first, then what other steps listen for. @param {any} m @returns {{name:string, label:string, max:number}[]} */
export function slotsFor(m) {
  const step = m.script.steps.find((/** @type {any} */ s) => s.id === m.walk.step) || {};
  const here = [...(step.capture || []), ...(step.fields || [])];
  const heard = m.script.steps.flatMap((/** @type {any} */ s) => s.capture || []);
  const rank = (/** @type {string} */ name, /** @type {any} */ s) => (here.includes(name) ? 0 : s.carrier ? 1 : heard.includes(name) ? 2 : 3);
  return Object.entries(/** @type {Record<string, any>} */ (m.script.slots || {}))
    .filter(([name, s]) => s.from === "conversation" && s.type !== "choice" && rank(name, s) < 3)
    .sort(([a, x], [b, y]) => rank(a, x) - rank(b, y))
    .map(([name, s]) => ({ name, label: say(s.label, language).toLowerCase(), max: s.max || 200 }));
}

/** One line of words, without what surrounds them and no longer than their field takes: never cut within a word. @param {string} words @param {number} max */
export function trimmed(words, max) {
  const line = words.replace(/\s+/g, " ").trim().replace(/^[“"'(]+|[”"')]+$/g, "");
  if (line.length <= max) return line;
  const end = line.slice(0, max + 1).lastIndexOf(" ");
  return line.slice(0, end > 0 ? end : max);
}

/** The words of a text, one by one. @param {string} body */
export const tokens = (body) => body.split(/\s+/).filter(Boolean);

/** The picked words in the order in which they stand. @param {string} body @param {number[]} picked */
export const joined = (body, picked) => tokens(body).filter((_, i) => picked.includes(i)).join(" ");

/**
 * What is selected inside one text of theirs, or null.
 * @param {Selection|null} selection @returns {{id:string, words:string}|null}
 */
export function selected(selection) {
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const bubble = (/** @type {Node|null} */ n) => {
    const el = n && (n.nodeType === 1 ? /** @type {Element} */ (n) : n.parentElement);
    return el ? el.closest("[data-theirs]") : null;
  };
  const from = bubble(selection.anchorNode);
  if (!from || from !== bubble(selection.focusNode)) return null;
  const words = selection.toString().trim();
  return words ? { id: from.getAttribute("data-theirs") || "", words } : null;
}
