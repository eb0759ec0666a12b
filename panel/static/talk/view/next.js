// @ts-check
// Next steps: what, by when, how and when we follow up, in the person's own time.

import { language, t } from "../../js/words.js";
import { askOf } from "../script.js";
import { spokenWhen, nextWeekday, plusDays, plusMinutes, isTime } from "../when.js";
import { value } from "../model.js";
import { consentWords } from "../wrap.js";
import { h } from "../dom.js";

/** @param {any} m */
export function nextFields(m) {
  return h("section.card.agree", { key: "agree", "aria-label": t("What was agreed") },
    h("div", { key: "left" }, what(m), how(m), consent(m)),
    h("div", { key: "right" }, when(m, "by_when", t("By when"), byChips(m)), when(m, "follow_when", t("Follow up when"), followChips(m)), fields(m, "barrier") && barrier(m), fields(m, "buddy") && buddy(m)),
    h("p.meta.zone", { key: "zone" }, t("All times are {name}'s: it is {time} there now.", { name: m.server.person.first_name, time: m.server.person.time_there })));
}

/** @param {any} m */
const what = (m) => text(m, "what", t("What they'll do"));
/** @param {any} m */
const barrier = (m) => text(m, "barrier", t("What could get in the way"));
/** @param {any} m */
const buddy = (m) => text(m, "buddy", t("Who comes along"));
/** Whether the script asks for a field here. @param {any} m @param {string} name */
const fields = (m, name) => (m.script.steps.find((/** @type {any} */ s) => s.type === "next") || {}).fields?.includes(name);

/** @param {any} m @param {string} name @param {string} label */
const text = (m, name, label) => h("div.field", { key: name }, h("label", { for: `f-${name}` }, label),
  h("input.input", { id: `f-${name}`, maxlength: 140, autocomplete: "off", value: value(m, name), readonly: !m.holder, oninput: (/** @type {any} */ e) => m.act.typing(name, e.target.value), onblur: () => m.act.flush(name) }));

/** @param {any} m @param {string} name @param {string} label @param {[string, string][]} chips */
function when(m, name, label, chips) {
  const now = value(m, name);
  return h("fieldset.field", { key: name }, h("legend", null, label),
    h("div.chips", null, chips.map(([words, local]) =>
      h("button.chip.small", { type: "button", key: words, "aria-pressed": String(now === local), disabled: !m.holder, onclick: () => m.act.slot(name, now === local ? "" : local) }, words)),
      h("label.vh", { for: `f-${name}` }, t("{what}: date and time", { what: label })),
      h("input.input.pickday", { id: `f-${name}`, type: "datetime-local", value: isTime(now) ? now : "", readonly: !m.holder, onchange: (/** @type {any} */ e) => m.act.slot(name, e.target.value) })));
}

/** @param {any} m */
function how(m) {
  const now = value(m, "follow_how");
  const allowed = m.server.person.text_allowed;
  return h("fieldset.field", { key: "how" }, h("legend", null, t("How")),
    h("div.chips", null, [["call", t("Call")], ["text", t("Text")]].map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, "aria-pressed": String(now === v), disabled: !m.holder || (v === "text" && !allowed), onclick: () => m.act.slot("follow_how", now === v ? "" : v) }, words))),
    !allowed && h("p.hint", null, t("This number takes no texts from us.")));
}

/** @param {any} m */
function consent(m) {
  if (!m.server.person.text_allowed) return null;
  const now = value(m, "text_ok");
  return h("fieldset.field", { key: "ok" }, h("legend", { lang: m.walk.locale }, `“${consentWords(m.walk.locale)}”`),
    h("div.chips", null, [["yes", t("They said yes")], ["no", t("They'd rather not")]].map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, "aria-pressed": String(now === v), disabled: !m.holder, onclick: () => m.act.slot("text_ok", now === v ? "" : v) }, words))),
    !now && m.server.person.text_ok && h("p.hint", null, t("They said yes to texts before.")));
}

/** @param {any} m @returns {[string, string][]} */
export function byChips(m) {
  const ask = askOf(m.script, m.walk.ask);
  const now = m.nowLocal;
  /** @type {[string, string][]} */
  const chips = [[t("Tomorrow 6 pm"), plusDays(now, 1, "18:00")], [t("Saturday 11 am"), nextWeekday(now, 6, "11:00")], [t("In a week"), plusDays(now, 7, "18:00")]];
  return ask && ask.when ? [[spokenWhen(ask.when, language), ask.when], chips[0]] : chips;
}

/** @param {any} m @returns {[string, string][]} */
export function followChips(m) {
  const by = value(m, "by_when");
  const now = m.nowLocal;
  /** @type {[string, string][]} */
  const chips = [];
  if (isTime(by) && plusDays(by, -1, "18:00") > now) chips.push([t("Day before, 6 pm"), plusDays(by, -1, "18:00")]);
  if (isTime(by)) chips.push([t("Day after, 6 pm"), plusDays(by, 1, "18:00")]);
  if (chips.length < 2) chips.push([t("Tomorrow 6 pm"), plusDays(now, 1, "18:00")]);
  if (m.server.demo) {
    const set = value(m, "follow_when");
    const soon = isTime(set) && set <= plusMinutes(now, 2);
    chips.push([t("In 1 minute (try it)"), soon ? set : plusMinutes(now, 1)]);
  }
  return chips;
}

/** A better time, as one press. @param {any} m */
export function laterChips(m) {
  const now = m.nowLocal;
  /** @type {[string, string][]} */
  const chips = [[t("In an hour"), plusMinutes(now, 60)], [t("Tomorrow 6 pm"), plusDays(now, 1, "18:00")], [t("Saturday 11 am"), nextWeekday(now, 6, "11:00")], [t("In a week"), plusDays(now, 7, "18:00")]];
  const go = (/** @type {string} */ local) => { if (local) m.act.engine({ what: "call_later", when_local: local }); };
  return [
    h("div.chips", { key: "c" }, chips.map(([words, local]) => h("button.chip", { type: "button", key: words, onclick: () => go(local) }, words))),
    h("form.row.other", { key: "f", onsubmit: (/** @type {any} */ e) => { e.preventDefault(); go(e.target.elements.later.value); } },
      h("label.vh", { for: "later" }, t("Date and time, theirs")), h("input.input", { id: "later", name: "later", type: "datetime-local" }), h("button.btn", { type: "submit" }, t("This time"))),
  ];
}
