// @ts-check
// Facts and answers, from any step in two keys: "/" opens the list, Enter opens its first card. What is not on a card is
// not guessed at: "I'll find out" makes it a promise.

import { language, t } from "../../../js/words.js";
import { cards, matching } from "../../cards.js";
import { line } from "../../model.js";
import { curly, plain } from "../../slots.js";
import { say } from "../../script.js";
import { h, icon } from "../../dom.js";
import { spoken } from "../words.js";

/** What to say where there is no card. */
const HONEST = { en: "Good question. I don't know, and I don't want to guess. I'll find out and tell you.", es: "Buena pregunta. No lo sé y no quiero inventar. Lo averiguo y te digo." };

/** @param {any} m */
export function found(m) {
  return matching(cards(m.script, m.walk.locale, m.walk.step, m.nowLocal), m.ui.query, (words) => plain(line(m, words)));
}

/** @param {any} m */
export function factsSheet(m) {
  const list = found(m);
  return [
    h("form.search", { key: "search", role: "search", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); if (list[0]) m.act.useCard(list[0]); } },
      h("label.vh", { for: "facts-search" }, t("Search facts and answers")),
      h("input.input", { id: "facts-search", type: "search", autocomplete: "off", autofocus: true, placeholder: t("Search, then Enter"), value: m.ui.query, oninput: (/** @type {any} */ e) => m.act.search(e.target.value) })),
    h("p.vh", { key: "count", role: "status" }, list.length === 1 ? t("1 card") : t("{n} cards", { n: list.length })),
    list.length
      ? h("ul.cards", { key: "cards" }, list.map((c) => h("li", { key: c.key }, card(m, c))))
      : h("p", { key: "none" }, t("No card says that. Don't guess: find out.")),
    findOut(m),
    h("div.foot", { key: "foot" }, h("button.btn", { type: "button", onclick: () => m.act.close() }, t("Back to the talk"))),
  ];
}

/** @param {any} m @param {import("../../cards.js").Card} c */
function card(m, c) {
  if (c.kind === "read") return h("a.factcard", { href: c.url, target: "_blank", rel: "noopener" }, icon("note"), h("b", { lang: m.walk.locale }, curly(c.title)), h("span.meta", null, t("opens a new page")));
  const open = m.ui.card === c.key;
  const used = c.kind === "fact" && m.walk.facts.includes(c.id);
  return [
    h("button.factcard", { type: "button", id: `card-${c.key.replaceAll("/", "-")}`, "aria-expanded": String(open), onclick: () => m.act.useCard(c) },
      icon(c.kind === "answer" ? "say" : "on"), h("b", { lang: m.walk.locale }, curly(c.title)), c.kind === "answer" ? h("span.meta", null, t("an answer")) : used && h("span.meta", null, t("used"))),
    open && h("div.facttext", { key: "open" },
      h("p.say.sm", { lang: m.walk.locale }, spoken(m, c.words, true)),
      c.kind === "fact" && h("p.meta", null, c.source ? [t("Source:"), " ", c.source, c.asOf && `, ${day(c.asOf)}`] : t("Our own plan, so there is no source.")),
      c.old && h("p.hintline", null, icon("clock"), h("span", null, t("This is older than 90 days. Say it is from then.")))),
  ];
}

/** @param {string} iso A day as it is said. */
const day = (iso) => new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(Date.parse(`${iso}T12:00:00Z`));

/** @param {any} m */
function findOut(m) {
  return h("section.findout", { key: "findout", "aria-labelledby": "findout" },
    h("h3", { id: "findout" }, t("You don't know? Say so.")),
    h("p.spoken", { lang: m.walk.locale }, `“${curly(say(HONEST, m.walk.locale))}”`),
    m.walk.find_out.length > 0 && h("ul.promised", null, m.walk.find_out.map((/** @type {any} */ q) => h("li.row", { key: q.id }, icon("check"), h("span.grow", null, q.text),
      h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.findOut(q.id, "") }, t("Take back"))))),
    h("form.row.other", { onsubmit: (/** @type {any} */ e) => {
      e.preventDefault();
      const words = e.target.elements.question.value.trim();
      if (!words) return;
      m.act.findOut("", words);
      e.target.elements.question.value = "";
    } },
      h("label.vh", { for: "question" }, t("What did they ask?")),
      h("input.input", { id: "question", name: "question", maxlength: 200, autocomplete: "off", readonly: !m.holder, placeholder: t("What did they ask?") }),
      h("button.btn.alt", { type: "submit", disabled: !m.holder }, t("I'll find out"))));
}
