// @ts-check
// Fields of the form. Each is tied to a path of the document; its address is the path, so that a problem finds it.

import { t } from "../../js/words.js";
import { h, icon } from "../../talk/dom.js";
import { at, pointer, withWords, wordsIn } from "../document.js";
import { chipField } from "./chipfield.js";

/** @typedef {import("../document.js").Path} Path */

/** @type {Record<string, string>} */
const LANGUAGES = { en: "English", es: "Spanish" };
/** The languages that a script may be written in. */
export const LOCALES = Object.keys(LANGUAGES);
/** @param {string} locale */
export const languageName = (locale) => t(LANGUAGES[locale] || locale);

/** The id of the field at a path. @param {Path} path @param {string} [locale] */
export const fieldId = (path, locale) => "f" + pointer(locale ? [...path, locale] : path);

/** @param {any} m @param {Path} path */
export const wrongAt = (m, path) => m.problems.find((/** @type {any} */ p) => p.path === pointer(path));

/**
 * Words in the languages that are shown, side by side.
 * @param {any} m @param {Path} path
 * @param {{label:string, hint?:string, rows?:number, chips?:boolean, quiet?:boolean, under?:(locale:string) => any}} o
 */
export function wordsField(m, path, o) {
  const value = at(m.doc, path);
  return h("div.wf", { key: pointer(path), role: "group", "aria-label": o.label },
    !o.quiet && h("span.label", { "aria-hidden": "true" }, o.label),
    h("div.langs", { class: m.langs.length > 1 ? "two" : "" }, m.langs.map((/** @type {string} */ locale) => {
      const id = fieldId(path, locale);
      const text = wordsIn(value, locale, m.doc.locales);
      const change = (/** @type {string} */ words) => m.put(path, withWords(at(m.doc, path), locale, words, m.doc.locales), id);
      const label = m.doc.locales.length > 1 ? t("{field}, in {language}", { field: o.label, language: languageName(locale) }) : o.label;
      return h("div.inlang", { key: locale },
        m.doc.locales.length > 1 && h("span.lang", { "aria-hidden": "true" }, locale.toUpperCase()),
        o.chips
          ? chipField(m, { id, text, label, locale, rows: o.rows || 2, change })
          : h("textarea.input.grow", { id, lang: locale, rows: String(o.rows || 1), "aria-label": label, value: text, readonly: m.readonly, oninput: (/** @type {any} */ e) => change(e.target.value) }),
        o.under && o.under(locale));
    })),
    o.hint && h("p.hint", null, o.hint));
}

/**
 * One line of text, a number, a day or a time.
 * @param {any} m @param {Path} path @param {{label:string, type?:string, hint?:string, placeholder?:string, min?:string}} o
 */
export function textField(m, path, o) {
  const id = fieldId(path);
  const number = o.type === "number";
  return h("div.field", { key: pointer(path) }, h("label", { for: id }, o.label),
    h("input", { id, type: o.type || "text", min: o.min, value: at(m.doc, path) ?? "", placeholder: o.placeholder, readonly: m.readonly,
      oninput: (/** @type {any} */ e) => m.put(path, e.target.value === "" ? undefined : number ? Number(e.target.value) : e.target.value, id) }),
    o.hint && h("p.hint", null, o.hint));
}

/** @param {any} m @param {Path} path @param {{label:string, options:[string, string][], none?:string, hint?:string, change?:(v:string) => void}} o */
export function choiceField(m, path, o) {
  const id = fieldId(path);
  const value = at(m.doc, path) ?? "";
  return h("div.field", { key: pointer(path) }, h("label", { for: id }, o.label), selectBox(m, { id, value, options: o.none === undefined ? o.options : [["", o.none], ...o.options],
    change: o.change || ((v) => m.change(() => m.place(path, v === "" ? undefined : v))) }), o.hint && h("p.hint", null, o.hint));
}

/** @param {any} m @param {{id:string, value:string, options:[string, string][], label?:string, change:(v:string) => void}} o */
export function selectBox(m, o) {
  const known = o.options.some(([v]) => v === o.value);
  const all = known ? o.options : [...o.options, /** @type {[string, string]} */ ([o.value, o.value])];
  return h("select.input", { id: o.id, "aria-label": o.label, value: o.value, disabled: m.readonly, onchange: (/** @type {any} */ e) => o.change(e.target.value) },
    all.map(([v, words]) => h("option", { key: v, value: v, selected: v === o.value }, words)));
}

/** @param {any} m @param {string} label @param {boolean} on @param {(on:boolean) => void} change @param {string} [id] */
export const tickBox = (m, label, on, change, id) => h("label.tick", { key: id || label },
  h("input", { type: "checkbox", id, checked: on, disabled: m.readonly, onchange: (/** @type {any} */ e) => change(e.target.checked) }), h("span", null, label));

/** Ticks that make a list of values. @param {any} m @param {Path} path @param {string} label @param {[string, string][]} options */
export function ticks(m, path, label, options) {
  const list = at(m.doc, path) || [];
  return h("fieldset.ticks", { key: pointer(path), id: fieldId(path), tabindex: "-1" }, h("legend", null, label), options.map(([v, words]) =>
    tickBox(m, words, list.includes(v), (on) => m.change(() => m.place(path, options.map(([o]) => o).filter((o) => (o === v ? on : list.includes(o))))), `${fieldId(path)}/${v}`)));
}

/**
 * A list of words that grows by a button.
 * @param {any} m @param {Path} path @param {{label:string, one:string, add:string}} o
 */
export function wordsList(m, path, o) {
  const list = at(m.doc, path) || [];
  if (m.readonly && !list.length) return null;
  return h("div.wlist", { key: pointer(path), role: "group", "aria-label": o.label }, h("span.label", null, o.label),
    list.map((/** @type {any} */ _, /** @type {number} */ i) => h("div.witem", { key: i }, wordsField(m, [...path, i], { label: t("{what} {n}", { what: o.one, n: i + 1 }), quiet: true }),
      !m.readonly && iconButton("close", t("Take {what} {n} out", { what: o.one, n: i + 1 }), () => m.change(() => at(m.doc, path).splice(i, 1))))),
    addButton(m, o.add, () => m.change(() => m.place(path, [...(at(m.doc, path) || []), {}]), { focus: fieldId([...path, list.length], m.langs[0]) })));
}

/** @param {string} name @param {string} label @param {() => void} press @param {boolean} [off] */
export const iconButton = (name, label, press, off) => h("button.btn.quiet.sq", { type: "button", "aria-label": label, title: label, disabled: off, onclick: press }, icon(name));

/** @param {any} m @param {string} label @param {() => void} press */
export const addButton = (m, label, press) => !m.readonly && h("button.btn.add", { type: "button", key: `add ${label}`, onclick: press }, h("span", { "aria-hidden": "true" }, "+"), label);

/** Up, down, and out. @param {any} m @param {{what:string, i:number, of:number, move:(by:number) => void, remove:() => void}} o */
export function rowTools(m, o) {
  if (m.readonly) return null;
  const say = { what: o.what };
  return h("div.rowtools", null, o.of > 1 && [
    h("button.btn.quiet.sq", { type: "button", key: "up", "aria-label": t("Move {what} up", say), disabled: o.i === 0, onclick: () => o.move(-1) }, arrow("up")),
    h("button.btn.quiet.sq", { type: "button", key: "down", "aria-label": t("Move {what} down", say), disabled: o.i === o.of - 1, onclick: () => o.move(1) }, arrow("down"))],
  iconButton("close", t("Take {what} out", say), o.remove));
}

/** @param {"up"|"down"} way */
export const arrow = (way) => h("svg.i", { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: way === "up" ? "M12 19V5M6 11l6-6 6 6" : "M12 5v14M6 13l6 6 6-6" }));
