// @ts-check
// Their words, my notes, and what was before today: always in view, never in the way.

import { t } from "../../js/words.js";
import { savedWords } from "../call.js";
import { h, icon } from "../dom.js";
import { curly } from "../slots.js";
import { wordsCard } from "./words.js";

/** @param {any} m */
export function side(m) {
  const words = wordsCard(m);
  return h("aside.side", { key: "side", "aria-label": t("Words, notes and history"), inert: m.walk.mode === "silence" },
    words && h("section", { key: "words" }, h("h2", null, t("{name}’s words", { name: m.server.person.first_name })), h("p.hint", null, t("Type it the way you'll say it back: “your…”")), words),
    notes(m), before(m));
}

/** @param {any} m */
export function notes(m) {
  const s = savedWords(m.status, m.server.call, m.durable);
  return h("section.notes", { key: "notes" },
    h("h2", null, h("label", { for: "notes" }, t("Notes"))),
    h("textarea.input", {
      id: "notes", rows: 3, value: m.ui.drafts.note ?? m.walk.note, readonly: !m.holder,
      oninput: (/** @type {any} */ e) => m.act.typing("note", e.target.value), onblur: () => m.act.flush("note"),
    }),
    h("p.saved", { class: s.tone }, icon(s.tone === "ok" ? "check" : "clock"), h("span", null, s.words)));
}

/** @param {any} m */
export function before(m) {
  const { history, person } = m.server;
  return h("section.before", { key: "before" }, h("h2", null, t("Before today")),
    person.why ? h("p.why", null, h("b", null, t("Why them:"), " "), curly(person.why)) : null,
    history && history.length
      ? h("ul.hist", null, history.slice(0, 5).map((/** @type {any} */ x, /** @type {number} */ i) =>
        h("li", { key: i }, h("time", { datetime: x.at }, x.day), h("span", null, curly(x.text), x.quote && [" ", h("q", null, curly(x.quote))]))))
      : h("p.meta", null, t("First contact. Nothing before today.")));
}
