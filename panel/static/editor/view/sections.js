// @ts-check
// The parts of a script beside its steps: what it is for, what it knows, what it asks, how it closes.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";
import { say } from "../../talk/script.js";
import { at, idFor, move, nameFor, pointer, uses } from "../document.js";
import { closing } from "../moves.js";
import { LOCALES, addButton, choiceField, fieldId, languageName, rowTools, selectBox, textField, tickBox, ticks, wordsField, wordsList } from "./fields.js";
import { pathName } from "./lights.js";

/** @param {[string, string][]} list @returns {[string, string][]} */
const said = (list) => list.map(([v, w]) => [v, t(w)]);

/** @type {[string, string][]} */
const KINDS = [["recruitment", "Recruitment: the first deep talk"], ["maintenance", "Maintenance: catch up, debrief, coach"], ["escalation", "Escalation: offer a role"], ["any", "Any kind"]];
/** @type {[string, string][]} */
const PHASES = [["learning", "Learning"], ["planning", "Planning"], ["implementation", "Implementation"], ["execution", "Execution"], ["reflection", "Reflection"]];
/** @type {[string, string][]} */
const SUCCESS = [["stake_known", "Their stake is known"], ["next_talk_agreed", "A next talk is agreed"], ["clear_yes", "A clear yes"], ["honest_no", "An honest no"], ["barrier_found", "A barrier was found"], ["learned_something", "We learned something"]];

/** @param {any} m */
export function aboutSection(m) {
  const setLocale = (/** @type {string} */ l, /** @type {boolean} */ on) => m.change(() => {
    m.doc.locales = on ? [...m.doc.locales, l] : m.doc.locales.filter((/** @type {string} */ x) => x !== l);
    m.showAll();
  });
  return h("div.stack.card", { key: "about" },
    wordsField(m, ["title"], { label: t("Title") }),
    wordsField(m, ["purpose"], { label: t("Purpose"), rows: 2, hint: t("Said first and shown first: be upfront about why you call.") }),
    choiceField(m, ["kind"], { label: t("Kind of one-on-one"), options: said(KINDS) }),
    choiceField(m, ["phase"], { label: t("Phase of the campaign"), none: t("not set"), options: said(PHASES) }),
    h("fieldset.ticks", { key: "locales", id: fieldId(["locales"]), tabindex: "-1" }, h("legend", null, t("Languages")), LOCALES.map((l) =>
      tickBox(m.doc.locales.length === 1 && m.doc.locales[0] === l ? { ...m, readonly: true } : m, languageName(l), m.doc.locales.includes(l), (on) => setLocale(l, on), `locale/${l}`)),
    h("p.hint", { key: "hint" }, t("What is spoken must be there in each of them before it can go live. Words of a language you take out are kept in the file."))),
    ticks(m, ["success"], t("A talk went well if"), said(SUCCESS)),
    m.doc.kind === "maintenance" && h("div.cols", { key: "cadence" }, textField(m, ["cadence", "every"], { label: t("Comes round every"), placeholder: "4w", hint: t("4w is four weeks, 30d thirty days.") }),
      choiceField(m, ["cadence", "owner"], { label: t("Who calls"), none: t("not set"), options: said([["same_volunteer", "The same volunteer"], ["anyone", "Anyone"]]) })),
    m.doc.kind === "escalation" && h("div.cols", { key: "gate" }, textField(m, ["eligible", "min_kept_commitments"], { label: t("Kept promises before this talk"), type: "number", min: "0" }),
      textField(m, ["eligible", "max_days_since_1to1"], { label: t("Last talk at most so many days ago"), type: "number", min: "1" }),
      tickBox(m, t("A coordinator says yes first"), at(m.doc, ["eligible", "needs"]) === "coordinator_ok", (on) => m.change(() => m.place(["eligible", "needs"], on ? "coordinator_ok" : undefined)), fieldId(["eligible", "needs"]))),
    textField(m, ["credit"], { label: t("Credit") }));
}

/** @type {[string, string][]} */
const FROM = [["conversation", "they tell us in the talk"], ["history", "known from an earlier talk"], ["volunteer", "the volunteer writes it beforehand"], ["person", "known about the person"], ["script", "the script itself"]];
/** @type {[string, string][]} */
const SLOT_TYPES = [["text", "words"], ["choice", "a choice"], ["date", "a day"], ["list", "a list"], ["number", "a number"]];

/** Their words and our facts: everything a line may wait for. @param {any} m */
export function wordsSection(m) {
  return h("div.stack", { key: "words" },
    h("section.card.stack", { key: "slots" }, h("h3", null, t("Words that a line waits for")), h("p.hint", null, t("Type [ in a line to put one in. A gap shows as a dashed word, and a text with a gap can't be sent.")),
      Object.keys(m.doc.slots || {}).map((name) => slot(m, name)), newNamed(m, "slots", t("A new word, for example “their dream”"), { from: "conversation", type: "text", keep: "person" })),
    h("section.card.stack", { key: "facts" }, h("h3", null, t("Facts")), h("p.hint", null, t("You fill these in once, and every volunteer says the same. A claim needs its source and the day it was checked.")),
      Object.keys(m.doc.facts || {}).map((name) => fact(m, name)), newNamed(m, "facts", t("A new fact, for example “the hearing”"), { value: {} })));
}

/** @param {any} m @param {string} list @param {string} label @param {any} begin */
function newNamed(m, list, label, begin) {
  if (m.readonly) return null;
  const id = `new/${list}`;
  return h("form.newnamed", { key: "new", onsubmit: (/** @type {any} */ e) => {
    e.preventDefault();
    const box = /** @type {HTMLInputElement} */ (document.getElementById(id));
    if (!box.value.trim()) return box.focus();
    const name = nameFor(box.value, (n) => n in (m.doc.slots || {}) || n in (m.doc.facts || {}));
    const words = Object.fromEntries(m.langs.slice(0, 1).map((/** @type {string} */ l) => [l, box.value.trim()]));
    box.value = "";
    m.change(() => m.place([list, name], { label: words, ...structuredClone(begin) }), { open: `${list}/${name}`, focus: fieldId([list, name, "label"], m.langs[0]) });
  } }, h("div.field", null, h("label", { for: id }, label), h("input", { id, maxlength: "60" })), h("button.btn", null, t("Add")));
}

/** One named thing that folds. @param {any} m @param {string} list @param {string} name @param {any} words @param {any} inside */
function fold(m, list, name, words, inside) {
  const key = `${list}/${name}`;
  const n = uses(m.doc, name);
  const wrong = m.problems.some((/** @type {any} */ p) => (p.path || "").startsWith(`/${key}`));
  return h("details.named", { key, open: m.ui.folds[key] || false, ontoggle: (/** @type {any} */ e) => { m.ui.folds[key] = e.target.open; } },
    h("summary", null, h("span", null, say(words, m.locale) || name), h("span.meta", null, n === 0 ? t("not used yet") : n === 1 ? t("in one line") : t("in {n} lines", { n })), wrong && h("span.badge.slow", null, t("to mend"))),
    h("div.stack", null, inside, !m.readonly && h("button.btn.quiet", { type: "button", onclick: () => {
      m.change(() => { delete m.doc[list][name]; for (const s of m.doc.steps) if (s.capture) s.capture = s.capture.filter((/** @type {string} */ c) => c !== name); }, { focus: "undo" });
      m.tell(n ? t("It is out. The lines that use it are listed at the top; undo brings it back.") : t("It is out. Undo brings it back."));
    } }, t("Take it out"))));
}

/** @param {any} m @param {string} name */
function slot(m, name) {
  const s = m.doc.slots[name];
  const path = ["slots", name];
  return fold(m, "slots", name, s.label, [
    wordsField(m, [...path, "label"], { label: t("What it is called in a line") }),
    h("div.cols", { key: "kind" }, choiceField(m, [...path, "from"], { label: t("Where it comes from"), options: said(FROM) }), choiceField(m, [...path, "type"], { label: t("It holds"), options: said(SLOT_TYPES) })),
    s.type === "choice" && options(m, path, s),
    wordsField(m, [...path, "carrier"], { label: t("The sentence around it"), hint: t("Three underscores are where their words go: because ___") }),
    wordsField(m, [...path, "example"], { label: t("An example"), hint: t("Used for the preview, and to measure how long a line gets.") }),
    s.type === "text" && wordsList(m, [...path, "quick"], { label: t("Answers to tap"), one: t("answer"), add: t("Add an answer") }),
    h("div.cols", { key: "keep" }, choiceField(m, [...path, "keep"], { label: t("Kept"), none: t("not set"), options: said([["person", "with the person, for later talks"], ["conversation", "for this talk only"]]) }),
      s.type === "text" && textField(m, [...path, "max"], { label: t("At most so many letters"), type: "number", min: "10" })),
    tickBox(m, t("Sensitive: only those who may read stakes see it later"), Boolean(s.sensitive), (on) => m.change(() => m.place([...path, "sensitive"], on || undefined)), fieldId([...path, "sensitive"])),
  ]);
}

/** The choices of a choice. @param {any} m @param {any[]} path @param {any} s */
function options(m, path, s) {
  const list = s.options || [];
  return h("div.wlist", { key: "options", id: fieldId([...path, "options"]), tabindex: "-1" }, h("span.label", null, t("The choices")), list.map((/** @type {any} */ o, /** @type {number} */ i) => h("div.witem", { key: i },
    typeof o === "string" ? textField(m, [...path, "options", i], { label: t("Choice {n}", { n: i + 1 }) }) : wordsField(m, [...path, "options", i, "label"], { label: t("Choice {n}", { n: i + 1 }), quiet: true }),
    rowTools(m, { what: t("Choice {n}", { n: i + 1 }), i, of: list.length, move: (by) => m.change(() => move(list, i, by)), remove: () => m.change(() => list.splice(i, 1)) }))),
  addButton(m, t("Add a choice"), () => m.change(() => m.place([...path, "options"], [...list, { value: nameFor("choice", (v) => list.some((/** @type {any} */ o) => (o.value || o) === v)), label: {} }]), { focus: fieldId([...path, "options", list.length, "label"], m.langs[0]) })));
}

/** @param {any} m @param {string} name */
function fact(m, name) {
  const path = ["facts", name];
  return fold(m, "facts", name, m.doc.facts[name].label, [
    wordsField(m, [...path, "label"], { label: t("What it is called in a line") }),
    wordsField(m, [...path, "value"], { label: t("What everybody says"), rows: 2 }),
    h("div.cols", { key: "source" }, textField(m, [...path, "source"], { label: t("Source") }), textField(m, [...path, "as_of"], { label: t("Checked on"), type: "date" })),
  ]);
}

/** @type {[string, string][]} */
const ASK_KINDS = [["event", "come to something"], ["sign", "sign something"], ["introduce", "introduce somebody"], ["phonebank", "make calls"], ["host", "host something"], ["join", "join"], ["role", "take on a role"], ["task", "do a task"], ["other", "something else"]];

/** @param {any} m */
export function asksSection(m) {
  const list = m.doc.asks || [];
  const step = m.doc.steps.findIndex((/** @type {any} */ s) => s.type === "ask");
  const names = list.map((/** @type {any} */ a) => /** @type {[string, string]} */ ([a.id, say(a.label, m.locale) || a.id]));
  return h("div.stack", { key: "asks" },
    h("section.card.stack", { key: "live" }, h("h3", null, t("The live ask")), h("p.hint", null, t("One talk asks one thing. The session can choose another of these beforehand.")),
      step >= 0 ? choiceField(m, ["steps", step, "ask"], { label: t("This script asks people to"), none: t("something chosen in the talk"), options: names, change: (v) => m.change(() => m.place(["steps", step, "ask"], v || null)) })
        : h("p", null, t("No step of this script asks anything. That is fine for a talk to get to know each other."))),
    list.map((/** @type {any} */ ask, /** @type {number} */ i) => h("section.card.stack", { key: ask.id }, h("div.linehead", null, h("h3", null, say(ask.label, m.locale) || t("A new ask")),
      rowTools(m, { what: say(ask.label, m.locale) || t("this ask"), i, of: list.length, move: (by) => m.change(() => move(list, i, by)), remove: () => m.change(() => dropAsk(m, i), { focus: "undo" }) })),
    wordsField(m, ["asks", i, "label"], { label: t("Can I count on you to …"), hint: t("Written so that it ends that question: come to the tenants' meeting") }),
    h("div.cols", null, choiceField(m, ["asks", i, "kind"], { label: t("Kind"), options: said(ASK_KINDS) }), choiceField(m, ["asks", i, "smaller"], { label: t("The smaller ask, in reserve"), none: t("none"), options: names.filter(([id]) => id !== ask.id) })),
    h("div.cols", null, textField(m, ["asks", i, "when"], { label: t("When"), type: "datetime-local" }), textField(m, ["asks", i, "where"], { label: t("Where") }), textField(m, ["asks", i, "rung"], { label: t("Rung of the ladder"), type: "number", min: "0" })))),
    addButton(m, t("Add an ask"), () => m.change(() => m.place(["asks"], [...list, { id: idFor(list, "ask"), kind: "event", rung: 1, label: {} }]), { focus: fieldId(["asks", list.length, "label"], m.langs[0]) })));
}

/** @param {any} m @param {number} i */
function dropAsk(m, i) {
  const [gone] = m.doc.asks.splice(i, 1);
  for (const a of m.doc.asks) if (a.smaller === gone.id) delete a.smaller;
  for (const s of m.doc.steps) if (s.ask === gone.id) s.ask = null;
}

/** @param {any} m */
export function ladderSection(m) {
  const rungs = m.doc.ladder || [];
  const steps = m.doc.steps.map((/** @type {any} */ s) => [s.id, say(s.name, m.locale) || s.id]);
  const links = m.doc.resources || [];
  return h("div.stack", { key: "ladder" },
    h("section.card.stack", { key: "rungs" }, h("h3", null, t("The ladder")), h("p.hint", null, t("A rung is earned by what somebody did, never by saying yes.")),
      rungs.map((/** @type {any} */ r, /** @type {number} */ i) => h("div.lightbox", { key: i }, h("div.linehead", null, h("span.label", null, t("Rung {n}", { n: r.rung })),
        rowTools(m, { what: t("Rung {n}", { n: r.rung }), i, of: rungs.length, move: (by) => m.change(() => { move(rungs, i, by); renumber(rungs); }), remove: () => m.change(() => { rungs.splice(i, 1); renumber(rungs); }) })),
      wordsField(m, ["ladder", i, "name"], { label: t("Name") }), wordsField(m, ["ladder", i, "evidence"], { label: t("What shows it") }))),
      addButton(m, t("Add a rung"), () => m.change(() => m.place(["ladder"], [...rungs, { rung: rungs.length, name: {}, evidence: {} }]), { focus: fieldId(["ladder", rungs.length, "name"], m.langs[0]) }))),
    h("section.card.stack", { key: "paths" }, h("h3", null, t("Paths")), h("p.hint", null, t("A short path serves somebody who has two minutes. It begins where the script begins.")),
      Object.keys(m.doc.paths || {}).map((name) => h("div.witem", { key: name }, ticks(m, ["paths", name], pathName(name), steps),
        !m.readonly && name !== "full" && h("button.btn.quiet", { type: "button", onclick: () => m.change(() => { delete m.doc.paths[name]; }, { focus: "undo" }) }, t("Take it out")))),
      !m.readonly && !(m.doc.paths || {}).two_minutes && h("button.btn.add", { type: "button", key: "two", onclick: () => m.change(() => m.place(["paths", "two_minutes"], [m.doc.steps[0].id, m.doc.steps[m.doc.steps.length - 1].id])) }, t("Add a path for two minutes"))),
    h("section.card.stack", { key: "links" }, h("h3", null, t("Pages to have at hand")),
      links.map((/** @type {any} */ l, /** @type {number} */ i) => h("div.lightbox", { key: i }, h("div.linehead", null, h("span.label", null, say(l.title, m.locale) || t("A new page")),
        rowTools(m, { what: say(l.title, m.locale) || t("this page"), i, of: links.length, move: (by) => m.change(() => move(links, i, by)), remove: () => m.change(() => links.splice(i, 1)) })),
      wordsField(m, ["resources", i, "title"], { label: t("What it is") }), textField(m, ["resources", i, "url"], { label: t("Address"), placeholder: "https://" }), ticks(m, ["resources", i, "steps"], t("Beside these steps"), steps))),
      addButton(m, t("Add a page"), () => m.change(() => m.place(["resources"], [...links, { title: {}, url: "" }]), { focus: fieldId(["resources", links.length, "title"], m.langs[0]) }))));
}

/** @param {any[]} rungs */
const renumber = (rungs) => rungs.forEach((r, i) => { r.rung = i; });

/** @type {[string, string][]} */
const OUTCOMES = [["commitment", "They promised something"], ["connected", "A good talk"], ["no_thanks", "They don't want to"], ["callback", "Call again later"], ["needs_language", "They prefer another language"], ["bad_number", "Wrong number"], ["opt_out", "They want off the list"]];
/** @type {[string, string][]} */
const REASONS = [["before_commitment", "A reminder before the promise"], ["after_commitment", "Asking afterwards how it went"], ["scheduled_call", "A call they asked for"], ["revisit", "Looking in again"], ["maintenance", "The regular talk"], ["first_week", "Their first week in a role"], ["returned_call", "They called back"], ["unanswered_text", "A text without an answer"], ["needs_language", "A talk in their language"], ["retaliation", "Somebody put them under pressure"]];

/** @param {any} m */
export function endingsSection(m) {
  const list = m.doc.endings;
  return h("div.stack", { key: "endings" }, h("p.hint", { key: "hint" }, t("How a talk closes, what is said last, and what it leaves to do. A promise made in the talk is always kept beside this.")),
    list.map((/** @type {any} */ e, /** @type {number} */ i) => h("section.card.stack", { key: e.id }, h("div.linehead", null, h("h3", null, closing(m.doc, e)),
      rowTools(m, { what: closing(m.doc, e), i, of: list.length, move: (by) => m.change(() => move(list, i, by)), remove: () => m.change(() => list.splice(i, 1), { focus: "undo" }) })),
    choiceField(m, ["endings", i, "outcome"], { label: t("What came of the talk"), options: said(OUTCOMES) }),
    wordsField(m, ["endings", i, "say"], { label: t("Said last"), chips: true }),
    followUp(m, ["endings", i, "follow_up"], e.follow_up, 0))),
    addButton(m, t("Add an ending"), () => m.change(() => list.push({ id: nameFor("ending", (id) => list.some((/** @type {any} */ x) => x.id === id)), outcome: "connected" }), { focus: fieldId(["endings", list.length, "outcome"]) })));
}

/** What an ending leaves to do. @param {any} m @param {any[]} path @param {any} f @param {number} depth @returns {any} */
function followUp(m, path, f, depth) {
  if (!f) {
    return addButton(m, depth ? t("And one more follow-up") : t("Add a follow-up"), () => m.change(() => m.place(path, { reason: depth ? "after_commitment" : "revisit", when: depth ? "by_when + 1d" : "+30d" }), { focus: fieldId([...path, "reason"]) }));
  }
  return h("div.lightbox", { key: pointer(path) }, h("div.linehead", null, h("span.label", null, depth ? t("And then") : t("What it leaves to do")), !m.readonly && h("button.btn.quiet", { type: "button", onclick: () => m.change(() => m.place(path, undefined)) }, t("Take it out"))),
    choiceField(m, [...path, "reason"], { label: t("Why"), options: said(REASONS) }), when(m, [...path, "when"], f.when),
    tickBox(m, t("Only if they agree"), f.only_if === "they_agree", (on) => m.change(() => m.place([...path, "only_if"], on ? "they_agree" : undefined)), fieldId([...path, "only_if"])),
    wordsField(m, [...path, "text"], { label: t("The text, where it goes by text"), chips: true, rows: 2 }), depth < 2 && followUp(m, [...path, "also"], f.also, depth + 1));
}

/** When a follow-up is due, in words: so many days before or after the promise, after today, or when they asked. @param {any} m @param {any[]} path @param {string} value */
function when(m, path, value) {
  const id = fieldId(path);
  const found = /^(by_when)?\s*([+-])\s*(\d+)d$/.exec(value || "");
  const kind = value === "asked" ? "asked" : !found ? "other" : !found[1] ? "later" : found[2] === "-" ? "before" : "after";
  const days = found ? found[3] : "1";
  const write = (/** @type {string} */ k, /** @type {string} */ d) => m.change(() => m.place(path, { asked: "asked", later: `+${d}d`, before: `by_when - ${d}d`, after: `by_when + ${d}d`, other: value }[k] || value), {}, id);
  return h("div.cols", { key: pointer(path) }, h("div.field", null, h("label", { for: id }, t("When")), selectBox(m, { id, value: kind, options: [["before", t("days before what they promised")], ["after", t("days after what they promised")], ["later", t("days from the talk")], ["asked", t("when they asked for it")], ...(kind === "other" ? [/** @type {[string, string]} */ (["other", value || t("not set")])] : [])], change: (v) => write(v, days) })),
    kind !== "asked" && kind !== "other" && h("div.field", null, h("label", { for: `${id}/days` }, t("How many days")), h("input", { id: `${id}/days`, type: "number", min: "0", value: days, readonly: m.readonly, oninput: (/** @type {any} */ e) => /^\d+$/.test(e.target.value) && write(kind, e.target.value) })));
}
