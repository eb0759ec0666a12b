// @ts-check
// The stage: one thing to say, largest of all, and what may help to ask or hear next.

import { language, t } from "../../js/words.js";
import { askOf, endingOf, endIn, numbers, say, stepOf, targets } from "../script.js";
import { askClosed, kindEnding, smallerAsk } from "../walk.js";
import { curly, plain } from "../slots.js";
import { line, offLine, signsOf, strength, value, wording } from "../model.js";
import { h, icon } from "../dom.js";
import { underLine } from "./kit.js";
import { ownButton } from "./own.js";
import { laterChips, nextFields } from "./next.js";
import { before, notes } from "./side.js";
import { captures, spoken, wordsCard } from "./words.js";

/** What to say to a no before anything else, whatever the script. */
const THANKS = { en: "Thank you for being straight with me.", es: "Gracias por decírmelo con franqueza." };

/** @param {any} m */
export function stage(m) {
  const step = stepOf(m.script, m.walk.step);
  if (!step) return [];
  switch (m.walk.mode) {
    case "silence": return hush(m, step);
    case "sign": return [head(t("A yes?"), t("A clear yes comes with something concrete. Listen for it.")), sayCard(m, [h("p.say", null, quoted(m, step))], t("You asked"))];
    case "choose": return step.type === "ask" ? answered(m, step) : crossroads(m, step);
    case "ended": return goodbye(m);
  }
  if (step.type === "ask" && askClosed(m.walk)) return answered(m, step);
  return [head(say(step.name, m.walk.locale), say(step.goal, m.walk.locale), m.walk.locale), hint(m, step), body(m, step), below(m, step)];
}

/** @param {string} title @param {string} goal @param {string} [locale] Of the script's own words. */
const head = (title, goal, locale) => h("div.head", { key: "head", lang: locale || null }, h("h2", { id: "step-title", tabindex: "-1" }, curly(title)), h("p", null, curly(goal)));

/** @param {any} m @param {any[]} inside @param {string} [label] @param {any} [way] The button that goes with the line. */
const sayCard = (m, inside, label = t("You say"), way = null) => h("div.sayc", { key: "say", lang: m.walk.locale }, h("div.yousay", { lang: language }, icon("say"), h("p", null, label), way), inside);

/** A line as this volunteer says it. @param {any} m @param {any} step @param {any} l @param {boolean} [still] */
const lineOf = (m, step, l, still) => spoken(m, wording(m, step.id, l).words, still);

/** Going on without a stake is fine; one line says what it will cost. @param {any} m @param {any} step */
function hint(m, step) {
  if (m.ui.blocked) return h("p.hintline", { key: "hint", role: "status" }, icon("quiet"), h("span", null, m.ui.blocked));
  const num = numbers(m.script);
  const needs = ["agitate", "educate", "ask"].includes(step.type) && "their_stake" in (m.script.slots || {}) && !value(m, "their_stake");
  if (!needs || step.type === "ask") return null;
  const plan = m.script.steps.find((/** @type {any} */ s) => s.type === "educate");
  return h("p.hintline", { key: "hint" }, icon("quiet"), h("span", null, step.type === "educate" ? t("Their stake is still a gap. You can ask for it now.") : t("Step {n} will need their words.", { n: (plan && num.get(plan.id)) || 4 })));
}

/** @param {any} m @param {any} step */
function body(m, step) {
  if (step.type === "ask") return askBody(m, step);
  if (step.say.length > 1) return beats(m, step);
  return [
    sayCard(m, [
      h("p.say", null, lineOf(m, step, step.say[0])),
      underLine(m, step, step.say[0]),
      step.summarize && h("div.back", null, h("p.lab", { lang: language }, t("Say it back before you move on")), h("p.say.sm", null, spoken(m, step.summarize)), underLine(m, step, { id: "back", text: step.summarize })),
    ], t("You say"), ownButton(m, step, step.say[0])),
    step.type === "next" && nextFields(m),
  ];
}

/** Several lines, one at a time, a pause after each. @param {any} m @param {any} step */
function beats(m, step) {
  const on = Math.max(0, step.say.findIndex((/** @type {any} */ l) => l.id === m.walk.lines[step.id]));
  return sayCard(m, [h("ol.beats", null, step.say.map((/** @type {any} */ l, /** @type {number} */ i) => {
    const mark = h("span.n", { "aria-hidden": "true" }, "ABCDEFGH"[i]);
    const label = h("span.lab", null, say(l.label, m.walk.locale));
    return i === on
      ? h("li.beat.on", { key: `on-${l.id}`, "aria-current": "true" }, mark, label, h("p.say", null, lineOf(m, step, l)), underLine(m, step, l))
      : h("li", { key: l.id }, h("button.beat", { type: "button", class: i < on ? "past" : "", disabled: !m.holder, onclick: () => m.act.line(step.id, l.id) }, mark, label, h("span.pv", null, lineOf(m, step, l, true))));
  }))], t("You say, one at a time, and pause after each"), ownButton(m, step, step.say[on]));
}

/** @param {any} m @param {any} step */
function askBody(m, step) {
  if (m.walk.ask === "none") {
    return [sayCard(m, [h("p.say", { lang: language }, t("No ask today. This talk is to get to know each other."))], t("For you")), swap(m), closeRow(m)];
  }
  const question = step.say.find((/** @type {any} */ l) => l.then === "silence") || step.say.at(-1);
  return [
    sayCard(m, [
      step.say.filter((/** @type {any} */ l) => l !== question).map((/** @type {any} */ l) => h("p.say.sm.frame", { key: l.id }, lineOf(m, step, l))),
      h("p.say", { key: question.id }, lineOf(m, step, question)),
      underLine(m, step, question),
    ], t("You say"), ownButton(m, step, question)),
    h("div.askrow", { key: "askrow" },
      h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.asked() }, t("I’ve asked. Start the quiet"), m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "Space")),
      !m.walk.ask_spoken && h("button.btn.quiet", { type: "button", "aria-expanded": String(Boolean(m.ui.swap)), disabled: !m.holder, onclick: () => m.act.set({ swap: !m.ui.swap, swapTo: "" }) }, t("Ask something else"))),
    m.ui.swap && !m.walk.ask_spoken ? swap(m) : reserve(m),
  ];
}

/** The smaller ask, in reserve: it is there, and it stays quiet. @param {any} m */
function reserve(m) {
  const smaller = askOf(m.script, smallerAsk(m.script, m.walk));
  return smaller ? h("p.meta.reserve", { key: "reserve" }, t("In reserve, smaller:"), " ", h("span", { lang: m.walk.locale }, curly(say(smaller.label, m.walk.locale)))) : null;
}

const FITS = ["They named it themselves", "The first one is too much now", "They have done the first one", "Something else"];

/** One live ask, swappable until it was spoken, with why the other fits better. @param {any} m */
export function swap(m) {
  const asks = [...(m.script.asks || []).map((/** @type {any} */ a) => [a.id, say(a.label, m.walk.locale), m.walk.locale]), ["none", t("No ask today"), language]];
  const to = m.ui.swapTo;
  return h("section.swap", { key: "swap" },
    h("div.chips", { role: "group", "aria-label": t("The ask") }, asks.map(([id, label, locale]) =>
      h("button.chip", { type: "button", key: id, lang: locale, "aria-pressed": String(to ? to === id : m.walk.ask === id), disabled: !m.holder || m.walk.closed_asks.includes(id), onclick: () => m.act.set({ swapTo: id === m.walk.ask ? "" : id }) }, curly(label)))),
    to && h("div.chips.why", { key: "why", role: "group", "aria-labelledby": "swap-why" }, h("h3", { id: "swap-why" }, t("Why does it fit better?")), FITS.map((why) =>
      h("button.chip.small", { type: "button", key: why, disabled: !m.holder, onclick: () => m.act.swapAsk(to, why) }, t(why)))));
}

/** @param {any} m */
const closeRow = (m) => h("div.askrow", { key: "close" },
  h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.visit(nextStep(m)) }, t("On to next steps")),
  h("button.btn", { type: "button", disabled: !m.holder, onclick: () => m.act.ending(kindEnding(m.script)) }, t("Leave it here, kindly")));

/** @param {any} m */
const nextStep = (m) => (m.script.steps.find((/** @type {any} */ s) => s.type === "next") || { id: m.walk.step }).id;

/** @param {any} m @param {any} step */
function below(m, step) {
  const cues = signsOf(m, step.cues);
  const offered = m.walk.offer;
  const tip = (step.tips || []).map((/** @type {string} */ t) => say(m.server.library.tips[t], m.walk.locale)).find((/** @type {string} */ t) => t && t.length <= 60);
  const probes = [...(step.probes || [])].sort((a, b) => Number(offered.includes(b.id)) - Number(offered.includes(a.id)));
  return [
    m.narrow && step.type === "listen" && h("div.inline", { key: "inline" }, wordsCard(m)),
    captures(m, step),
    probes.length > 0 && h("section.sec", { key: "probes" },
      h("h3", null, step.type === "ask" ? t("If they’re unsure") : t("Ask more, in any order"), tip && step.type !== "ask" && h("span.whisper", null, icon("quiet"), curly(tip))),
      h("div.probes", { lang: m.walk.locale }, probes.map((p) => probe(m, step, p, offered.includes(p.id))))),
    cues.length > 0 && h("section.sec", { key: "cues" }, h("h3", null, t("Listen for")), h("ul.cues", { lang: m.walk.locale }, cues.map((c) => h("li", { key: c }, curly(c))))),
    m.narrow && phoneTools(m, step),
  ];
}

/** @param {any} m @param {any} step @param {any} p @param {boolean} offered */
function probe(m, step, p, offered) {
  const on = (m.walk.probes[step.id] || []).includes(p.id);
  return [h("button.probe", { type: "button", key: p.id, class: offered ? "offered" : "", "aria-pressed": String(on), disabled: !m.holder, onclick: () => m.act.probe(step.id, p.id, !on) },
    h("span.box", { "aria-hidden": "true" }, icon("check")), h("span", null, spoken(m, p.text, true))), underLine(m, step, p)];
}

/** @param {any} m @param {any} step */
const phoneTools = (m, step) => h("div.folds", { key: "folds" },
  step.type !== "listen" && h("details", { key: "w", id: "fold-words" }, h("summary", null, t("{name}’s words", { name: m.server.person.first_name })), wordsCard(m)),
  h("details", { key: "n", id: "fold-notes" }, h("summary", null, t("Notes")), notes(m)),
  h("details", { key: "b" }, h("summary", null, t("Before today")), before(m)));

/** The question is out. @param {any} m @param {any} step */
function hush(m, step) {
  const s = Math.max(0, Math.floor((m.now - m.ui.quietFrom) / 1000));
  const show = (step.silence && step.silence.show) || "count_up";
  const nudge = step.silence && step.silence.nudge_after_s && s >= step.silence.nudge_after_s;
  const around = 2 * Math.PI * 98;
  const first = m.server.person.first_name;
  return [h("div.hush", { key: "hush" },
    show !== "off" && h("svg.ring", { viewBox: "0 0 216 216", role: "img", "aria-label": t("Quiet") },
      h("circle.t", { cx: 108, cy: 108, r: 98 }),
      h("circle.p", { cx: 108, cy: 108, r: 98, "stroke-dasharray": around, "stroke-dashoffset": around * (1 - Math.min(s, 30) / 30) }),
      show === "count_up" && h("text", { x: 108, y: 120 }, s), show === "count_up" && h("text.u", { x: 108, y: 148 }, s === 1 ? t("second") : t("seconds"))),
    h("h2", { id: "step-title", tabindex: "-1" }, t("Your question is out. Now wait.")),
    h("p.q", { lang: m.walk.locale }, "“", quoted(m, step), "”"),
    h("p", null, t("Say nothing until {name} answers.", { name: first }), " ", nudge ? h("span", { lang: m.walk.locale }, curly(say(step.silence.nudge, m.walk.locale))) : t("Seven seconds feels like thirty. It’s fine.")),
    h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.quietOver() }, t("Back to the words"), m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "Esc")))];
}

/** @param {any} m @param {any} step */
function quoted(m, step) {
  const question = step.say.find((/** @type {any} */ l) => l.then === "silence") || step.say.at(-1);
  return lineOf(m, step, question, true);
}

/** After "not sure" or "no": where it is thin, what is smaller, how to leave kindly. @param {any} m @param {any} step */
function answered(m, step) {
  const no = m.walk.answer === "hard_no";
  const ways = m.walk.mode === "choose" ? m.walk.options : closedWays(m, step);
  const steps = ways.filter((/** @type {string} */ w) => stepOf(m.script, w));
  const lead = endIn(ways[0] || "") !== null;
  const rest = ways.filter((/** @type {string} */ w) => !steps.includes(w));
  const light = h("section.sec", { key: "light" }, h("h3", null, lead ? t("They have been unsure twice") : t("Or keep it light")),
    h("div.routes", null, rest.map((/** @type {string} */ w) => way(m, w)), no && later(m)));
  const back = h("section.sec", { key: "back" }, h("h3", null, t("Go back to")), h("div.routes", null, steps.map((/** @type {string} */ w) => way(m, w))));
  const probes = (step.probes || []);
  return [
    no ? head(t("A no is an answer"), t("Thank them for it. This ask is closed for today.")) : head(t("Not sure is honest"), lead ? t("A yes they don't mean helps nobody.") : t("Ask a little more, or go back to where it's thin.")),
    no ? [sayCard(m, [h("p.say", null, THANKS[/** @type {"en"} */ (m.walk.locale.slice(0, 2))] || THANKS.en)]), which(m, step)] : probes.length > 0 && sayCard(m, [h("p.say", null, spoken(m, probes[0].text)), probes.slice(1).map((/** @type {any} */ p) => h("p.say.sm.frame", { key: p.id }, spoken(m, p.text)))]),
    lead ? [light, back] : [back, light],
  ];
}

/** @param {any} m @param {any} step The ways on when a closed ask is visited again. */
function closedWays(m, step) {
  const no = (step.lights.not_now || []).find((/** @type {any} */ l) => l.sets && l.sets.answer === "hard_no");
  const all = no ? targets(no.goto) : [];
  return [...all.filter((w) => stepOf(m.script, w)), ...(smallerAsk(m.script, m.walk) ? ["smaller"] : []), `end(${kindEnding(m.script)})`];
}

/** @param {any} m @param {any} step */
function which(m, step) {
  const no = (step.lights.not_now || []).find((/** @type {any} */ l) => l.ask_which);
  if (!no) return null;
  const words = { wrong_ask: t("The wrong ask for them"), wrong_time: t("The wrong time") };
  return h("section.card.which", { key: "which" }, h("h3", { id: "which" }, t("What kind of no was it?")),
    h("div.chips", { role: "group", "aria-labelledby": "which" }, no.ask_which.map((/** @type {"wrong_ask"|"wrong_time"} */ w) =>
      h("button.chip", { type: "button", key: w, "aria-pressed": String(m.walk.which === w), disabled: !m.holder, onclick: () => m.act.which(no.id || "", w) }, words[w]))));
}

/** @param {any} m @param {string} w */
function way(m, w) {
  const num = numbers(m.script);
  const step = stepOf(m.script, w);
  if (step) {
    const s = strength(m, w);
    return route(m, w, () => m.act.visit(w), num.get(w) || icon("on"), say(step.name, m.walk.locale), s.why, s.thin ? t("thin") : "");
  }
  if (w === "self") return route(m, w, () => m.act.again(), icon("loop"), t("Stay here"), t("Ask what's behind the doubt."));
  if (w === "smaller") {
    const ask = askOf(m.script, smallerAsk(m.script, m.walk));
    return ask ? route(m, w, () => m.act.smaller(ask.id), icon("on"), t("A smaller ask"), say(ask.label, m.walk.locale)) : null;
  }
  const e = endingOf(m.script, endIn(w) || "");
  return route(m, w, () => m.act.ending(endIn(w) || ""), icon("pause"), t("Leave it here, kindly"), e && e.say ? plain(line(m, e.say)) : t("A yes they don't mean helps nobody."));
}

/** @param {any} m */
const later = (m) => route(m, "later", () => m.act.said("call_later"), icon("calendar"), t("A later date"), t("If it was the wrong time: agree when to talk again."));

/** @param {any} m @param {string} key @param {() => void} go @param {any} mark @param {string} title @param {string} why @param {string} [tag] */
const route = (m, key, go, mark, title, why, tag) => h("button.rt", { type: "button", key, disabled: !m.holder, onclick: go },
  h("span.dot", { "aria-hidden": "true" }, mark), h("span.tx", null, h("b", null, curly(title)), h("span", null, curly(why))), tag && h("em", null, tag));

/** Another fork than the ask: doubts about the plan, still afraid. @param {any} m @param {any} step */
function crossroads(m, step) {
  const offered = (step.probes || []).filter((/** @type {any} */ p) => m.walk.offer.includes(p.id));
  return [
    head(t("Doubts are worth hearing"), t("Ask what's behind it, or go back to what matters to them.")),
    offered.length > 0 && sayCard(m, offered.map((/** @type {any} */ p, /** @type {number} */ i) => h(i ? "p.say.sm.frame" : "p.say", { key: p.id }, spoken(m, p.text)))),
    captures(m, step),
    h("section.sec", { key: "back" }, h("h3", null, t("Where to?")), h("div.routes", null, m.walk.options.map((/** @type {string} */ w) => way(m, w)))),
  ];
}

/** The closing line, then out. @param {any} m */
function goodbye(m) {
  const ending = endingOf(m.script, m.walk.ending);
  const first = m.server.person.first_name;
  const done = {
    stop: [t("{name}'s number is off the list", { name: first }), t("No more calls or texts, from any of us.")],
    wrong_person: [t("Wrong person"), t("This number is taken off their name.")],
    another_language: [t("They prefer {language}", { language: m.walk.language ? t(m.walk.language) : t("another language") }), t("Someone who speaks it will call.")],
    call_later: [t("Call me later"), t("Say it back, so you both have it.")],
  };
  const [title, why] = /** @type {any} */ (done)[m.walk.engine] || (ending && ending.outcome === "callback" ? [t("A better time"), t("Agree when, then let them go.")] : [t("Time to say goodbye"), offLine(m) ? t("Thank them.") : t("Thank them. Then end the call, top right.")]);
  const words = (ending && ending.say) || { en: "Thank you for your time, {first_name}. Take care.", es: "Gracias por tu tiempo, {first_name}. Cuídate." };
  return [
    head(title, why),
    sayCard(m, [h("p.say", null, spoken(m, words))]),
    ending && ending.outcome === "callback" && !m.walk.engine && h("section.sec", { key: "later" }, h("h3", null, t("When suits them? It is {time} there now.", { time: m.server.person.time_there })), laterChips(m)),
    h("div.askrow", { key: "wrap" }, h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.wrapUp() }, t("On to wrap-up")),
      m.walk.engine !== "stop" && m.walk.engine !== "wrong_person" && h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.again() }, t("They're still talking: go back"))),
  ];
}
