// @ts-check
// Their words, my notes, and what was before today: always in view, never in the way.

import { savedWords } from "../call.js";
import { h, icon } from "../dom.js";
import { curly } from "../slots.js";
import { wordsCard } from "./words.js";

/** @param {any} m */
export function side(m) {
  const words = wordsCard(m);
  return h("aside.side", { key: "side", "aria-label": "Words, notes and history", inert: m.walk.mode === "silence" },
    words && h("section", { key: "words" }, h("h2", null, `${m.server.person.first_name}’s words`), h("p.hint", null, "Type it the way you'll say it back: “your…”"), words),
    notes(m), before(m));
}

/** @param {any} m */
export function notes(m) {
  const s = savedWords(m.status, m.server.call, m.durable);
  return h("section.notes", { key: "notes" },
    h("h2", null, h("label", { for: "notes" }, "Notes")),
    h("textarea.input", {
      id: "notes", rows: 3, value: m.ui.drafts.note ?? m.walk.note, readonly: !m.holder,
      oninput: (/** @type {any} */ e) => m.act.typing("note", e.target.value), onblur: () => m.act.flush("note"),
    }),
    h("p.saved", { class: s.tone }, icon(s.tone === "ok" ? "check" : "clock"), h("span", null, s.words)));
}

/** @param {any} m */
export function before(m) {
  const { history, person } = m.server;
  return h("section.before", { key: "before" }, h("h2", null, "Before today"),
    person.why ? h("p.why", null, h("b", null, "Why them: "), curly(person.why)) : null,
    history && history.length
      ? h("ul.hist", null, history.slice(0, 5).map((/** @type {any} */ x, /** @type {number} */ i) =>
        h("li", { key: i }, h("time", { datetime: x.at }, x.day), h("span", null, curly(x.text), x.quote && [" ", h("q", null, curly(x.quote))]))))
      : h("p.meta", null, "First contact. Nothing before today."));
}
