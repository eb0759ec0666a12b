// @ts-check
// Their words: a line with its slots, and the fields that sit inside the sentence that will be said back.

import { t } from "../../js/words.js";
import { say, stepOf } from "../script.js";
import { curly } from "../slots.js";
import { line, value } from "../model.js";
import { h } from "../dom.js";

const THEIRS = ["conversation", "history", "volunteer"];

/** A line to say, with their words marked and gaps named; a gap leads to its field. @param {any} m @param {any} words @param {boolean} [still] */
export function spoken(m, words, still = false) {
  return line(m, words).map((p, i) => {
    if (p.from === "gap") {
      return still ? h("span.slot.gap", { key: i }, curly(p.text))
        : h("a.slot.gap", { key: i, href: `#f-${p.slot}`, title: t("Go to this field"), onclick: (/** @type {Event} */ e) => { e.preventDefault(); m.act.focusSlot(p.slot); } }, h("span.vh", null, t("missing:"), " "), curly(p.text));
    }
    const text = curly(p.text);
    if (THEIRS.includes(p.from)) return h("span.slot", { key: i, title: p.from === "history" ? t("From {day}", { day: kept(m, p.slot) }) : null }, text);
    return text;
  });
}

/** @param {any} m @param {string|undefined} slot */
function kept(m, slot) {
  const was = (m.server.slots || {})[slot || ""];
  return was && was.day ? was.day : t("before");
}

/** The say-back card. @param {any} m */
export function wordsCard(m) {
  const slots = Object.entries(/** @type {Record<string, any>} */ (m.script.slots || {})).filter(([, s]) => s.carrier);
  const theirs = slots.filter(([, s]) => s.from === "conversation");
  const mine = slots.filter(([, s]) => s.from === "volunteer");
  if (!theirs.length) return null;
  const listening = (stepOf(m.script, m.walk.step) || { type: "" }).type === "listen";
  let after = "";
  const fields = theirs.flatMap(([name, slot]) => {
    const [before, rest] = say(slot.carrier, m.walk.locale).split("___");
    const label = [after, before.trim()].filter(Boolean).join(", ");
    after = (rest || "").trim();
    return [
      h("label.c", { key: `l-${name}`, for: `f-${name}` }, curly(label)),
      area(m, name, slot),
      !value(m, name) && slot.quick && m.holder && listening ? h("div.quick", { key: `q-${name}` }, slot.quick.map((/** @type {any} */ q) =>
        h("button.chip.small", { type: "button", onclick: () => m.act.slot(name, say(q, m.walk.locale)) }, say(q, m.walk.locale)))) : null,
    ];
  });
  return h("section.mad", { key: "mad", "aria-label": t("{name}’s words", { name: m.server.person.first_name }), lang: m.walk.locale },
    h("div.fields", null, fields, after && h("span.c", { key: "after" }, after)),
    mine.map(([name, slot]) => yours(m, name, slot)));
}

/** @param {any} m @param {string} name @param {any} slot */
function area(m, name, slot) {
  const now = value(m, name);
  const was = (m.server.slots || {})[name];
  const before = !(name in m.walk.slots) && !(name in m.ui.drafts) && was && was.value;
  return h("div.area", { key: `a-${name}` },
    h("textarea", {
      id: `f-${name}`, rows: now.length > 34 ? 2 : 1, maxlength: slot.max || 200, value: now, readonly: !m.holder,
      placeholder: placeholder(m, slot), autocomplete: "off", spellcheck: "false",
      oninput: (/** @type {any} */ e) => m.act.typing(name, e.target.value), onblur: () => m.act.flush(name),
    }),
    before && h("span.meta", null, t("From {day}. Still true? Type to change it.", { day: was.day || t("before") })));
}

/** "My son" is typed as "your son", so the field already reads the way it will be said. @param {any} m @param {any} slot */
function placeholder(m, slot) {
  const example = say(slot.example, m.walk.locale);
  return example ? t("e.g. {example}", { example: curly(example) }) : t("as you would say it back");
}

/** @param {any} m @param {string} name @param {any} slot */
function yours(m, name, slot) {
  const [before, rest] = say(slot.carrier, m.walk.locale).split("___");
  const now = value(m, name);
  if (!now || m.ui.editing === name) {
    return h("div.mine", { key: name }, h("label.c", { for: `f-${name}` }, curly(before.trim())), area(m, name, slot));
  }
  return h("p.mine", { key: name }, curly(before), h("a.slot", { href: `#f-${name}`, role: "button", title: t("Change it"), onclick: (/** @type {Event} */ e) => { e.preventDefault(); m.act.edit(name); } }, curly(now)), `${rest || ""}.`);
}

/** Fields of this step that have no carrier sentence: a choice as chips, words as one line. @param {any} m @param {any} step */
export function captures(m, step) {
  const names = (step.capture || []).filter((/** @type {string} */ n) => m.script.slots[n] && !m.script.slots[n].carrier);
  return names.map((/** @type {string} */ name) => {
    const slot = m.script.slots[name];
    const label = say(slot.label, m.walk.locale);
    const title = label[0].toUpperCase() + label.slice(1);
    if (slot.type === "choice") {
      return h("section.sec", { key: `c-${name}` }, h("h3", { id: `h-${name}` }, title),
        h("div.chips", { role: "group", "aria-labelledby": `h-${name}` }, slot.options.map((/** @type {any} */ o) => {
          const v = typeof o === "string" ? o : o.value;
          return h("button.chip", { type: "button", key: v, "aria-pressed": String(value(m, name) === v), disabled: !m.holder, onclick: () => m.act.slot(name, value(m, name) === v ? "" : v) },
            say(typeof o === "string" ? o : o.label, m.walk.locale));
        })));
    }
    return h("section.sec", { key: `c-${name}` }, h("h3", null, h("label", { for: `f-${name}` }, title)), area(m, name, slot));
  });
}
