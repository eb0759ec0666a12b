// @ts-check
// A line to write, in which "[" offers what it may wait for. The field holds [their stake]; the document {their_stake}.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";
import { chips, finish, matching, toBraces, toBrackets, typing, unknown } from "../chips.js";

/** @type {Record<string, string>} */
const KINDS = { slot: "their words", fact: "fact", builtin: "always known" };

/**
 * @param {any} m @param {{id:string, text:string, label:string, locale:string, rows:number, change:(text:string) => void}} o
 */
export function chipField(m, o) {
  const list = chips(m.doc, o.locale);
  const menu = m.ui.menu && m.ui.menu.id === o.id ? m.ui.menu : null;
  const found = menu ? matching(list, menu.typed) : [];
  const box = () => /** @type {HTMLTextAreaElement} */ (document.getElementById(o.id));
  const look = () => {
    const word = typing(box().value.slice(0, box().selectionStart));
    m.set({ menu: word === null ? null : { id: o.id, typed: word, on: 0 } });
  };
  const take = (/** @type {import("../chips.js").Chip} */ chip) => {
    const el = box();
    const done = finish(el.value, el.selectionStart, chip);
    el.value = done.line;
    el.focus();
    el.setSelectionRange(done.caret, done.caret);
    o.change(toBraces(done.line, list));
    m.set({ menu: null });
  };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    if (!menu || !found.length) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by) m.set({ menu: { ...menu, on: (menu.on + by + found.length) % found.length } });
    else if (e.key === "Enter" || (e.key === "Tab" && !e.shiftKey)) take(found[Math.min(menu.on, found.length - 1)]);
    else if (e.key === "Escape") m.set({ menu: null });
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  const insert = () => {
    const el = box();
    el.focus();
    const at = el.selectionStart;
    el.value = `${el.value.slice(0, at)}[${el.value.slice(at)}`;
    el.setSelectionRange(at + 1, at + 1);
    m.set({ menu: { id: o.id, typed: "", on: 0 } });
  };
  const strange = unknown(toBrackets(o.text, list), list);
  return h("div.chipfield", null,
    h("textarea.input.grow.say", { id: o.id, lang: o.locale, rows: String(o.rows), "aria-label": o.label, "aria-autocomplete": "list", "aria-controls": menu ? `${o.id}/menu` : undefined,
      "aria-activedescendant": menu && found.length ? `${o.id}/menu/${Math.min(menu.on, found.length - 1)}` : undefined, value: toBrackets(o.text, list), readonly: m.readonly, spellcheck: "true",
      oninput: (/** @type {any} */ e) => { o.change(toBraces(e.target.value, list)); look(); }, onkeydown: keys, onclick: look, onblur: () => m.later(() => m.ui.menu === menu && m.set({ menu: null })) }),
    menu && h("ul.chipmenu", { id: `${o.id}/menu`, role: "listbox", "aria-label": t("What this line may wait for") },
      found.length ? found.map((c, i) => h("li", { key: c.name, id: `${o.id}/menu/${i}`, role: "option", "aria-selected": String(i === menu.on), onpointerdown: (/** @type {Event} */ e) => { e.preventDefault(); take(c); } },
        h("span.own", null, c.label), h("span.meta", null, t(KINDS[c.kind]))))
        : h("li.none", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, t("Nothing is called that yet. Close it with ] and make it a slot."))),
    !m.readonly && h("div.chiptools", null,
      h("button.btn.quiet.small", { type: "button", onclick: insert, "aria-label": `${t("Put a word in")}: ${o.label}` }, h("span", { "aria-hidden": "true" }, "[ ]"), h("span", null, t("Put a word in"))),
      strange.map((word) => h("button.btn.alt.small", { type: "button", key: word, onclick: () => m.act.newSlot(word, o) }, t("Make “{word}” something they tell us", { word })))));
}
