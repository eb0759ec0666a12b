// @ts-check
// The steps of a talk as cards in their order. One is open; each has what is said, asked, listened for, heard and sent.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";
import { numbers, say } from "../../talk/script.js";
import { STEP_TYPES, addStep, at, duplicateStep, idFor, move, moveStep, pointer, removeStep } from "../document.js";
import { TAB_NAMES, blocking, byStep } from "../places.js";
import { addButton, arrow, choiceField, fieldId, rowTools, selectBox, textField, tickBox, ticks, wordsField, wordsList } from "./fields.js";
import { lightsTab, signsFields } from "./lights.js";
import { asText, spoken } from "./preview.js";

/** @type {Record<string, string>} */
export const TYPES = {
  purpose: "Purpose", intro: "Introduction", listen: "Ask and listen", agitate: "Agitation", educate: "Plan to win", inoculate: "What they'll say", ask: "The ask", next: "Next steps",
  debrief: "How it went", coach: "Coaching", recognize: "Recognition",
};
/** @type {Record<string, string>} */
const TABS = { say: "Say", more: "Ask more", listen: "Listen for", lights: "Lights", text: "Text" };

/** @param {any} m */
export function stepsSection(m) {
  const wrong = byStep(m.problems, m.doc);
  const n = numbers(m.doc);
  return h("div.cards", { key: "steps" },
    h("ol.cardlist", null, m.doc.steps.map((/** @type {any} */ step, /** @type {number} */ i) => h("li", { key: step.id }, card(m, step, i, n.get(step.id), wrong.get(i) || [])))),
    !m.readonly && h("div.addstep", { key: "add" }, h("div.field", null, h("label", { for: "newtype" }, t("A new step at the end of the route")),
      selectBox(m, { id: "newtype", value: m.ui.newType, options: STEP_TYPES.map((k) => [k, t(TYPES[k])]), change: (v) => m.set({ newType: v }) })),
      h("button.btn", { type: "button", onclick: () => m.change(() => m.open(addStep(m.doc, m.ui.newType, m.doc.steps.length - 1))) }, t("Add the step"))));
}

/** @param {any} m @param {any} step @param {number} i @param {number|undefined} number @param {any[]} wrong */
function card(m, step, i, number, wrong) {
  const open = m.ui.step === step.id;
  const name = say(step.name, m.locale) || t("A step without a name");
  const stuck = blocking(wrong);
  return h("section.stepcard", { class: open ? "open" : "", "aria-label": name },
    h("div.cardhead", null,
      h("h3", null, h("button.cardname", { type: "button", id: `step/${step.id}`, "aria-expanded": String(open), onclick: () => m.open(open ? "" : step.id) },
        h("span.dot", { "aria-hidden": "true" }, number || "·"), h("span.nm", null, name, h("span.meta", null, say(step.goal, m.locale))),
        wrong.length > 0 && h("span.badge", { class: stuck ? "slow" : "" }, stuck ? t("{n} to mend", { n: stuck }) : t("{n} to look at", { n: wrong.length })))),
      !m.readonly && h("div.rowtools", null,
        h("button.btn.quiet.sq", { type: "button", id: `up/${step.id}`, "aria-label": t("Move {what} up", { what: name }), disabled: i === 0, onclick: () => m.change(() => moveStep(m.doc, i, -1), { focus: `up/${step.id}`, say: t("{what} is step {n} of {of} now.", { what: name, n: i, of: m.doc.steps.length }) }) }, arrow("up")),
        h("button.btn.quiet.sq", { type: "button", id: `down/${step.id}`, "aria-label": t("Move {what} down", { what: name }), disabled: i === m.doc.steps.length - 1, onclick: () => m.change(() => moveStep(m.doc, i, 1), { focus: `down/${step.id}`, say: t("{what} is step {n} of {of} now.", { what: name, n: i + 2, of: m.doc.steps.length }) }) }, arrow("down")))),
    open && h("div.cardbody", null, tabs(m, step), h("div.tabbody", { id: "tabbody", role: "tabpanel", "aria-labelledby": `tab/${m.ui.tab}`, key: m.ui.tab }, BODIES[m.ui.tab](m, step, i)), foot(m, step, i, name)));
}

/** @param {any} m @param {any} step */
function tabs(m, step) {
  const count = { say: (step.say || []).length, more: (step.probes || []).length, listen: 0, lights: 0, text: 0 };
  const turn = (/** @type {KeyboardEvent} */ e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const to = TAB_NAMES[(TAB_NAMES.indexOf(m.ui.tab) + by + TAB_NAMES.length) % TAB_NAMES.length];
    m.set({ tab: to }, `tab/${to}`);
  };
  return h("div.tabs", { role: "tablist", "aria-label": t("This step"), onkeydown: turn }, TAB_NAMES.map((name) =>
    h("button.tab", { key: name, id: `tab/${name}`, type: "button", role: "tab", "aria-selected": String(m.ui.tab === name), "aria-controls": "tabbody", tabindex: m.ui.tab === name ? "0" : "-1", onclick: () => m.set({ tab: name }) },
      t(TABS[name]), count[/** @type {"say"} */ (name)] > 1 && h("span.meta", null, ` ${count[/** @type {"say"} */ (name)]}`))));
}

/** @param {any} m @param {any} step @param {number} i @param {string} name */
function foot(m, step, i, name) {
  if (m.readonly) return null;
  return h("div.cardfoot", null,
    h("button.btn.quiet", { type: "button", onclick: () => m.change(() => m.open(duplicateStep(m.doc, i))) }, t("Copy this step")),
    h("button.btn.quiet", { type: "button", disabled: m.doc.steps.length < 3, onclick: () => {
      m.change(() => {
        const turned = removeStep(m.doc, i);
        m.open((m.doc.steps[i] || m.doc.steps[i - 1]).id);
        m.tell([t("“{step}” is out. Undo brings it back.", { step: name }), turned > 0 && t("Lights that led there lead on.")].filter(Boolean).join(" "));
      }, { focus: "undo" });
    } }, t("Take this step out")));
}

/** Lines with their preview: what is said, or asked. @param {any} m @param {any[]} path @param {{one:string, add:string, id:string, labels?:boolean}} o */
function lines(m, path, o) {
  const list = at(m.doc, path) || [];
  return h("div.lines", { key: pointer(path), id: fieldId(path), tabindex: "-1" },
    list.map((/** @type {any} */ line, /** @type {number} */ k) => {
      const what = `${o.one} ${list.length > 1 && o.labels ? "ABCDEFGH"[k] || k + 1 : k + 1}`;
      return h("div.line", { key: line.id },
        h("div.linehead", null, h("span.label", null, what), line.then === "silence" && h("span.badge.pen", null, t("then quiet")),
          rowTools(m, { what, i: k, of: list.length, move: (by) => m.change(() => move(list, k, by)), remove: () => m.change(() => list.splice(k, 1)) })),
        wordsField(m, [...path, k, "text"], { label: what, quiet: true, chips: true, under: (locale) => spoken(m, at(m.doc, [...path, k, "text"]), locale) }),
        o.labels && (list.length > 1 || line.label) && h("details.more", null, h("summary", null, t("A short name for this line")), wordsField(m, [...path, k, "label"], { label: t("Short name"), quiet: true })));
    }),
    addButton(m, o.add, () => m.change(() => m.place(path, [...(at(m.doc, path) || []), { id: idFor(list, o.id), text: {} }]), { focus: fieldId([...path, list.length, "text"], m.langs[0]) })));
}

/** @type {Record<string, (m:any, step:any, i:number) => any>} */
const BODIES = {
  say: (m, step, i) => [
    lines(m, ["steps", i, "say"], { one: t("Line"), add: t("Add a line"), id: "line", labels: true }),
    step.type === "ask" && quiet(m, step, i),
    step.type === "next" && ticks(m, ["steps", i, "fields"], t("What is agreed here"), FIELDS.map(([v, w]) => [v, t(w)])),
    wordsField(m, ["steps", i, "summarize"], { label: t("Say it back, in their words"), chips: true, hint: t("Shown as soon as their words are known."), under: (locale) => spoken(m, step.summarize, locale) }),
    about(m, step, i),
  ],
  more: (m, step, i) => [h("p.hint", { key: "hint" }, t("Questions in any order. Ticking one is optional and never scored.")), lines(m, ["steps", i, "probes"], { one: t("Question"), add: t("Add a question"), id: "question" })],
  listen: (m, step, i) => [
    h("p.hint", { key: "hint" }, t("What tells a volunteer that this step has landed: the same sign on the phone, in a text, and face to face.")), signsFields(m, ["steps", i, "cues"]),
    ticks(m, ["steps", i, "capture"], t("Words to keep from this step"), Object.entries(m.doc.slots || {}).filter(([, s]) => /** @type {any} */ (s).from === "conversation").map(([n, s]) => [n, say(/** @type {any} */ (s).label, m.locale) || n])),
  ],
  lights: lightsTab,
  text: (m, step, i) => [
    h("p.hint", { key: "hint" }, t("The first text of this step. The volunteer changes it as they like and presses Send.")),
    wordsField(m, ["steps", i, "sms", "first_line"], { label: t("First text"), chips: true, rows: 3, under: (locale) => asText(m, step.sms?.first_line, locale) }),
    wordsField(m, ["steps", i, "sms", "note"], { label: t("A note to the volunteer"), hint: t("For example: one question per text, wait for the answer.") }),
  ],
};

/** @type {[string, string][]} */
const FIELDS = [["what", "What they will do"], ["by_when", "By when"], ["follow_how", "How we follow up: call or text"], ["follow_when", "When we follow up"], ["who_calls", "Who calls whom"], ["text_ok", "Whether we may text a reminder"], ["support", "How they stand to the cause"], ["barrier", "What could get in the way"], ["buddy", "Who goes with them"]];

/** The quiet after the question. @param {any} m @param {any} step @param {number} i */
function quiet(m, step, i) {
  const question = (step.say || []).findIndex((/** @type {any} */ l) => l.then === "silence");
  return h("fieldset.ticks.box", { key: "quiet" }, h("legend", null, t("The quiet after the question")),
    h("div.field", { key: "which" }, h("label", { for: "question" }, t("The question is")), selectBox(m, { id: "question", value: String(question), options: [["-1", t("not marked yet")], ...step.say.map((/** @type {any} */ l, /** @type {number} */ k) => [String(k), `${"ABCDEFGH"[k] || k + 1}  ${say(l.text, m.locale).slice(0, 60)}`])],
      change: (v) => m.change(() => step.say.forEach((/** @type {any} */ l, /** @type {number} */ k) => { if (k === Number(v)) l.then = "silence"; else delete l.then; })) })),
    choiceField(m, ["steps", i, "silence", "show"], { label: t("While it is quiet, show"), options: [["count_up", t("the seconds, counting up")], ["ring", t("a ring that fills")], ["off", t("nothing")]] }),
    textField(m, ["steps", i, "silence", "nudge_after_s"], { label: t("A kind word after so many seconds"), type: "number", min: "1" }),
    wordsField(m, ["steps", i, "silence", "nudge"], { label: t("That kind word") }));
}

/** @param {any} m @param {any} step @param {number} i */
function about(m, step, i) {
  const tips = Object.entries(m.library.tips || {});
  return h("details.more", { key: "about", open: m.ui.aboutStep, ontoggle: (/** @type {any} */ e) => { m.ui.aboutStep = e.target.open; } }, h("summary", null, t("Name, goal and kind of this step")), h("div.stack", null,
    wordsField(m, ["steps", i, "name"], { label: t("Name") }), wordsField(m, ["steps", i, "goal"], { label: t("Goal, in one sentence") }),
    choiceField(m, ["steps", i, "type"], { label: t("Kind of step"), options: STEP_TYPES.map((k) => [k, t(TYPES[k])]) }),
    textField(m, ["steps", i, "minutes"], { label: t("About how many minutes"), type: "number", min: "1", hint: t("A hint, never a limit.") }),
    wordsList(m, ["steps", i, "you_do"], { label: t("What you do"), one: t("thing you do"), add: t("Add what you do") }),
    wordsList(m, ["steps", i, "they_do"], { label: t("What they do"), one: t("thing they do"), add: t("Add what they do") }),
    tickBox(m, t("May be skipped"), Boolean(step.skip?.ok), (on) => m.change(() => m.place(["steps", i, "skip", "ok"], on)), fieldId(["steps", i, "skip", "ok"])),
    wordsField(m, ["steps", i, "skip", "why"], { label: step.skip?.ok ? t("When skipping is fine") : t("Why it can't be skipped") }),
    step.type === "ask" && choiceField(m, ["steps", i, "ask"], { label: t("The live ask"), none: t("chosen in the talk"), options: (m.doc.asks || []).map((/** @type {any} */ a) => [a.id, say(a.label, m.locale) || a.id]), change: (v) => m.change(() => m.place(["steps", i, "ask"], v || null)) }),
    tips.length > 0 && ticks(m, ["steps", i, "tips"], t("Whispers"), tips.map(([k, w]) => [k, say(/** @type {any} */ (w), m.locale)]))));
}
