// @ts-check
// The lights of a step: what a volunteer may hear, and where that leads, in words.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";
import { say, targets } from "../../talk/script.js";
import { COLOURS, at, idFor, move, pointer } from "../document.js";
import { PICK, compose, inWords, menu, place, toggled } from "../moves.js";
import { addButton, choiceField, fieldId, rowTools, selectBox, tickBox, ticks, wordsField, wordsList } from "./fields.js";

/** @type {Record<string, string[]>} */
const LOOK = { green: ["g", "Green: ready to go on"], yellow: ["y", "Yellow: not yet, or in doubt"], not_now: ["n", "Not now: they want to stop"] };
/** @type {[string, string][]} */
const ANSWERS = [["clear_yes", "a clear yes"], ["unsure", "not sure"], ["hard_no", "a hard no"]];

/** @param {any} m @param {any} step @param {number} i */
export function lightsTab(m, step, i) {
  return COLOURS.map((colour) => {
    const path = ["steps", i, "lights", colour];
    const list = step.lights?.[colour] || [];
    return h("section.colour", { key: colour, class: LOOK[colour][0] }, h("h4", null, h("span.lampdot", { "aria-hidden": "true" }), t(LOOK[colour][1])),
      list.map((/** @type {any} */ light, /** @type {number} */ k) => one(m, step, i, [...path, k], light, list, k)),
      addButton(m, list.length ? t("Add another") : t("Add a light"), () => m.change(() => {
        const all = at(m.doc, path) || m.place(path, []) || at(m.doc, path);
        all.push({ ...(all.length || colour !== "green" ? { id: idFor(all, "light") } : {}), label: {}, goto: colour === "green" ? nextOf(m, i) : "self" });
      }, { focus: fieldId([...path, list.length, "label"], m.langs[0]) })));
  });
}

/** @param {any} m @param {number} i */
const nextOf = (m, i) => (m.doc.steps[i + 1] ? m.doc.steps[i + 1].id : "self");

/** @param {any} m @param {any} step @param {number} i @param {any[]} path @param {any} light @param {any[]} list @param {number} k */
function one(m, step, i, path, light, list, k) {
  const label = say(light.label, m.locale) || t("this light");
  const picks = light.goto.startsWith("pick(");
  const options = menu(m.doc, step.id, m.locale);
  const ready = options.some((o) => o.value === light.goto);
  const id = fieldId([...path, "goto"]);
  const choose = (/** @type {string} */ v) => m.change(() => m.place([...path, "goto"], v === PICK ? compose([...new Set([...targets(light.goto), "self", nextOf(m, i)])].slice(0, 2)) : v));
  return h("div.lightbox", { key: k },
    h("div.witem", null, wordsField(m, [...path, "label"], { label: t("What the volunteer presses") }), rowTools(m, { what: label, i: k, of: list.length, move: (by) => m.change(() => move(list, k, by)), remove: () => m.change(() => list.splice(k, 1)) })),
    h("div.field", null, h("label", { for: id }, t("Goes to")), selectBox(m, { id, value: picks && !ready ? PICK : light.goto, options: options.map((o) => [o.value, o.words]), change: choose })),
    picks && picking(m, step, path, light),
    h("details.more", null, h("summary", null, t("Signs, questions to offer, and more")), h("div.stack", null,
      step.type === "ask" && choiceField(m, [...path, "sets", "answer"], { label: t("Counts as"), none: t("no answer to the ask"), options: ANSWERS.map(([v, w]) => [v, t(w)]), change: (v) => m.change(() => m.place([...path, "sets"], v ? { answer: v } : undefined)) }),
      light.sets?.answer === "hard_no" && ticks(m, [...path, "ask_which"], t("Ask which kind of no it is"), [["wrong_ask", t("Wrong ask")], ["wrong_time", t("Wrong time")]]),
      (step.probes || []).length > 0 && ticks(m, [...path, "offer"], t("Questions that come first then"), step.probes.map((/** @type {any} */ p) => [p.id, say(p.text, m.locale) || p.id])),
      Object.keys(m.doc.paths || {}).length > 0 && choiceField(m, [...path, "path"], { label: t("Goes on by"), none: t("the same path"), options: Object.keys(m.doc.paths).map((p) => [p, pathName(p)]) }),
      signsFields(m, [...path, "signs"]))));
}

/** @param {any} m @param {any} step @param {any[]} path @param {any} light */
function picking(m, step, path, light) {
  const places = ["self", ...m.doc.steps.filter((/** @type {any} */ s) => s.id !== step.id).map((/** @type {any} */ s) => s.id), ...m.doc.endings.map((/** @type {any} */ e) => `end(${e.id})`)];
  return h("fieldset.ticks", { key: "pick" }, h("legend", null, t("The volunteer picks: {places}", { places: inWords(m.doc, light.goto, step.id, m.locale) })),
    places.map((to) => tickBox(m, place(m.doc, to, step.id, m.locale), targets(light.goto).includes(to), (on) => m.change(() => m.place([...path, "goto"], compose(toggled(m.doc, light.goto, to, on)))), `${fieldId([...path, "goto"])}/${to}`)));
}

/** @param {string} name */
export const pathName = (name) => ({ full: t("The whole talk"), two_minutes: t("Two minutes") })[name] || name.replaceAll("_", " ");

/** What an answer sounds like, on each channel. @param {any} m @param {any[]} path */
export function signsFields(m, path) {
  const packs = Object.keys(m.library.cue_packs || {});
  return h("div.stack", { key: pointer(path) },
    choiceField(m, [...path, "pack"], { label: t("A ready-made set of signs"), none: t("none"), options: packs.map((p) => [p, packName(m, p)]) }),
    wordsList(m, [...path, "voice"], { label: t("On the phone"), one: t("sign on the phone"), add: t("Add a sign on the phone") }),
    wordsList(m, [...path, "sms"], { label: t("By text"), one: t("sign by text"), add: t("Add a sign by text") }),
    wordsList(m, [...path, "in_person"], { label: t("Face to face"), one: t("sign face to face"), add: t("Add a sign face to face") }),
    at(m.doc, [...path, "also"]) && wordsList(m, [...path, "also"], { label: t("On every channel"), one: t("sign"), add: t("Add a sign") }));
}

/** @param {any} m @param {string} pack */
function packName(m, pack) {
  const voice = (m.library.cue_packs[pack].voice || []).slice(0, 2).map((/** @type {any} */ w) => say(w, m.locale)).join(", ");
  return `${{ lit_up: t("They light up"), flat: t("They stay flat") }[pack] || pack.replaceAll("_", " ")}: ${voice}`;
}
