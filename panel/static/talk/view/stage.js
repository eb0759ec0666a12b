// @ts-check
// The stage: one thing to say, largest of all, and what may help to ask or hear next.

import { askOf, endingOf, endIn, numbers, say, stepOf, targets } from "../script.js";
import { askClosed, kindEnding, smallerAsk } from "../walk.js";
import { curly } from "../slots.js";
import { signsOf, strength, value } from "../model.js";
import { h, icon } from "../dom.js";
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
    case "sign": return [head("A yes?", "A clear yes comes with something concrete. Listen for it."), sayCard(m, [h("p.say", null, quoted(m, step))], "You asked")];
    case "choose": return step.type === "ask" ? answered(m, step) : crossroads(m, step);
    case "ended": return goodbye(m);
  }
  if (step.type === "ask" && askClosed(m.walk)) return answered(m, step);
  return [head(say(step.name, m.walk.locale), say(step.goal, m.walk.locale)), hint(m, step), body(m, step), below(m, step)];
}

/** @param {string} title @param {string} goal */
const head = (title, goal) => h("div.head", { key: "head" }, h("h2", { id: "step-title", tabindex: "-1" }, curly(title)), h("p", null, curly(goal)));

/** @param {any} m @param {any[]} inside @param {string} [label] */
const sayCard = (m, inside, label = "You say") => h("div.sayc", { key: "say", lang: m.walk.locale }, h("p.yousay", { lang: "en" }, icon("say"), label), inside);

/** Going on without a stake is fine; one line says what it will cost. @param {any} m @param {any} step */
function hint(m, step) {
  if (m.ui.blocked) return h("p.hintline", { key: "hint", role: "status" }, icon("quiet"), h("span", null, m.ui.blocked));
  const num = numbers(m.script);
  const needs = ["agitate", "educate", "ask"].includes(step.type) && "their_stake" in (m.script.slots || {}) && !value(m, "their_stake");
  if (!needs || step.type === "ask") return null;
  const plan = m.script.steps.find((/** @type {any} */ s) => s.type === "educate");
  return h("p.hintline", { key: "hint" }, icon("quiet"), h("span", null, step.type === "educate" ? "Their stake is still a gap. You can ask for it now." : `Step ${plan ? num.get(plan.id) : 4} will need their words.`));
}

/** @param {any} m @param {any} step */
function body(m, step) {
  if (step.type === "ask") return askBody(m, step);
  if (step.say.length > 1) return beats(m, step);
  return [
    sayCard(m, [
      h("p.say", null, spoken(m, step.say[0].text)),
      step.summarize && h("div.back", null, h("p.lab", { lang: "en" }, "Say it back before you move on"), h("p.say.sm", null, spoken(m, step.summarize))),
    ]),
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
      ? h("li.beat.on", { key: `on-${l.id}`, "aria-current": "true" }, mark, label, h("p.say", null, spoken(m, l.text)))
      : h("li", { key: l.id }, h("button.beat", { type: "button", class: i < on ? "past" : "", disabled: !m.holder, onclick: () => m.act.line(step.id, l.id) }, mark, label, h("span.pv", null, spoken(m, l.text, true))));
  }))], "You say, one at a time, and pause after each");
}

/** @param {any} m @param {any} step */
function askBody(m, step) {
  if (m.walk.ask === "none") {
    return [sayCard(m, [h("p.say", null, "No ask today. This talk is to get to know each other.")], "For you"), swap(m), closeRow(m)];
  }
  const question = step.say.find((/** @type {any} */ l) => l.then === "silence") || step.say.at(-1);
  return [
    sayCard(m, [
      step.say.filter((/** @type {any} */ l) => l !== question).map((/** @type {any} */ l) => h("p.say.sm.frame", { key: l.id }, spoken(m, l.text))),
      h("p.say", { key: question.id }, spoken(m, question.text)),
    ]),
    h("p.askrow", { key: "askrow" },
      h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.asked() }, "I’ve asked. Start the quiet", m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "Space")),
      !m.walk.ask_spoken && h("button.btn.quiet", { type: "button", "aria-expanded": String(Boolean(m.ui.swap)), disabled: !m.holder, onclick: () => m.act.set({ swap: !m.ui.swap }) }, "Ask something else")),
    m.ui.swap && !m.walk.ask_spoken && swap(m),
  ];
}

/** One live ask, swappable until it was spoken. @param {any} m */
function swap(m) {
  const asks = [...(m.script.asks || []).map((/** @type {any} */ a) => [a.id, say(a.label, m.walk.locale)]), ["none", "No ask today"]];
  return h("div.chips.swap", { key: "swap", role: "group", "aria-label": "The ask" }, asks.map(([id, label]) =>
    h("button.chip", { type: "button", key: id, "aria-pressed": String(m.walk.ask === id), disabled: !m.holder, onclick: () => m.act.swapAsk(id) }, curly(label))));
}

/** @param {any} m */
const closeRow = (m) => h("p.askrow", { key: "close" },
  h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.visit(nextStep(m)) }, "On to next steps"),
  h("button.btn", { type: "button", disabled: !m.holder, onclick: () => m.act.ending(kindEnding(m.script)) }, "Leave it here, kindly"));

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
      h("h3", null, step.type === "ask" ? "If they’re unsure" : "Ask more, in any order", tip && step.type !== "ask" && h("span.whisper", null, icon("quiet"), curly(tip))),
      h("div.probes", { lang: m.walk.locale }, probes.map((p) => probe(m, step, p, offered.includes(p.id))))),
    cues.length > 0 && h("section.sec", { key: "cues" }, h("h3", null, "Listen for"), h("ul.cues", null, cues.map((c) => h("li", { key: c }, curly(c))))),
    m.narrow && phoneTools(m, step),
  ];
}

/** @param {any} m @param {any} step @param {any} p @param {boolean} offered */
function probe(m, step, p, offered) {
  const on = (m.walk.probes[step.id] || []).includes(p.id);
  return h("button.probe", { type: "button", key: p.id, class: offered ? "offered" : "", "aria-pressed": String(on), disabled: !m.holder, onclick: () => m.act.probe(step.id, p.id, !on) },
    h("span.box", { "aria-hidden": "true" }, icon("check")), h("span", null, spoken(m, p.text, true)));
}

/** @param {any} m @param {any} step */
const phoneTools = (m, step) => h("div.folds", { key: "folds" },
  step.type !== "listen" && h("details", { key: "w", id: "fold-words" }, h("summary", null, `${m.server.person.first_name}’s words`), wordsCard(m)),
  h("details", { key: "n", id: "fold-notes" }, h("summary", null, "Notes"), notes(m)),
  h("details", { key: "b" }, h("summary", null, "Before today"), before(m)));

/** The question is out. @param {any} m @param {any} step */
function hush(m, step) {
  const s = Math.max(0, Math.floor((m.now - m.ui.quietFrom) / 1000));
  const show = (step.silence && step.silence.show) || "count_up";
  const nudge = step.silence && step.silence.nudge_after_s && s >= step.silence.nudge_after_s;
  const around = 2 * Math.PI * 98;
  const first = m.server.person.first_name;
  return [h("div.hush", { key: "hush" },
    show !== "off" && h("svg.ring", { viewBox: "0 0 216 216", role: "img", "aria-label": "Quiet" },
      h("circle.t", { cx: 108, cy: 108, r: 98 }),
      h("circle.p", { cx: 108, cy: 108, r: 98, "stroke-dasharray": around, "stroke-dashoffset": around * (1 - Math.min(s, 30) / 30) }),
      show === "count_up" && h("text", { x: 108, y: 120 }, s), show === "count_up" && h("text.u", { x: 108, y: 148 }, s === 1 ? "second" : "seconds")),
    h("h2", { id: "step-title", tabindex: "-1" }, m.walk.locale === "es" ? "Ya preguntaste. Ahora espera." : "Your question is out. Now wait."),
    h("p.q", { lang: m.walk.locale }, "“", quoted(m, step), "”"),
    h("p", null, `Say nothing until ${first} answers. `, nudge ? curly(say(step.silence.nudge, m.walk.locale)) : "Seven seconds feels like thirty. It’s fine."),
    h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.quietOver() }, "Back to the words", m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "Esc")))];
}

/** @param {any} m @param {any} step */
function quoted(m, step) {
  const question = step.say.find((/** @type {any} */ l) => l.then === "silence") || step.say.at(-1);
  return spoken(m, question.text, true);
}

/** After "not sure" or "no": where it is thin, what is smaller, how to leave kindly. @param {any} m @param {any} step */
function answered(m, step) {
  const no = m.walk.answer === "hard_no";
  const ways = m.walk.mode === "choose" ? m.walk.options : closedWays(m, step);
  const steps = ways.filter((/** @type {string} */ w) => stepOf(m.script, w));
  const lead = endIn(ways[0] || "") !== null;
  const rest = ways.filter((/** @type {string} */ w) => !steps.includes(w));
  const light = h("section.sec", { key: "light" }, h("h3", null, lead ? "They have been unsure twice" : "Or keep it light"),
    h("div.routes", null, rest.map((/** @type {string} */ w) => way(m, w)), no && later(m)));
  const back = h("section.sec", { key: "back" }, h("h3", null, "Go back to"), h("div.routes", null, steps.map((/** @type {string} */ w) => way(m, w))));
  const probes = (step.probes || []);
  return [
    no ? head("A no is an answer", "Thank them for it. This ask is closed for today.") : head("Not sure is honest", lead ? "A yes they don't mean helps nobody." : "Ask a little more, or go back to where it's thin."),
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
  const words = { wrong_ask: "The wrong ask for them", wrong_time: "The wrong time" };
  return h("section.card.which", { key: "which" }, h("h3", { id: "which" }, "What kind of no was it?"),
    h("div.chips", { role: "group", "aria-labelledby": "which" }, no.ask_which.map((/** @type {"wrong_ask"|"wrong_time"} */ w) =>
      h("button.chip", { type: "button", key: w, "aria-pressed": String(m.walk.which === w), disabled: !m.holder, onclick: () => m.act.which(no.id || "", w) }, words[w]))));
}

/** @param {any} m @param {string} w */
function way(m, w) {
  const num = numbers(m.script);
  const step = stepOf(m.script, w);
  if (step) {
    const s = strength(m, w);
    return route(m, w, () => m.act.visit(w), num.get(w) || icon("on"), say(step.name, m.walk.locale), s.why, s.thin ? "thin" : "");
  }
  if (w === "self") return route(m, w, () => m.act.again(), icon("loop"), "Stay here", "Ask what's behind the doubt.");
  if (w === "smaller") {
    const ask = askOf(m.script, smallerAsk(m.script, m.walk));
    return ask ? route(m, w, () => m.act.smaller(ask.id), icon("on"), "A smaller ask", say(ask.label, m.walk.locale)) : null;
  }
  const e = endingOf(m.script, endIn(w) || "");
  return route(m, w, () => m.act.ending(endIn(w) || ""), icon("pause"), "Leave it here, kindly", e && e.say ? say(e.say, m.walk.locale) : "A yes they don't mean helps nobody.");
}

/** @param {any} m */
const later = (m) => route(m, "later", () => m.act.said("call_later"), icon("calendar"), "A later date", "If it was the wrong time: agree when to talk again.");

/** @param {any} m @param {string} key @param {() => void} go @param {any} mark @param {string} title @param {string} why @param {string} [tag] */
const route = (m, key, go, mark, title, why, tag) => h("button.rt", { type: "button", key, disabled: !m.holder, onclick: go },
  h("span.dot", { "aria-hidden": "true" }, mark), h("span.tx", null, h("b", null, curly(title)), h("span", null, curly(why))), tag && h("em", null, tag));

/** Another fork than the ask: doubts about the plan, still afraid. @param {any} m @param {any} step */
function crossroads(m, step) {
  const offered = (step.probes || []).filter((/** @type {any} */ p) => m.walk.offer.includes(p.id));
  return [
    head("Doubts are worth hearing", "Ask what's behind it, or go back to what matters to them."),
    offered.length > 0 && sayCard(m, offered.map((/** @type {any} */ p, /** @type {number} */ i) => h(i ? "p.say.sm.frame" : "p.say", { key: p.id }, spoken(m, p.text)))),
    captures(m, step),
    h("section.sec", { key: "back" }, h("h3", null, "Where to?"), h("div.routes", null, m.walk.options.map((/** @type {string} */ w) => way(m, w)))),
  ];
}

/** The closing line, then out. @param {any} m */
function goodbye(m) {
  const ending = endingOf(m.script, m.walk.ending);
  const done = {
    stop: [`${m.server.person.first_name}'s number is off the list`, "No more calls or texts, from any of us."],
    wrong_person: ["Wrong person", "This number is taken off their name."],
    another_language: [`They prefer ${m.walk.language || "another language"}`, "Someone who speaks it will call."],
    call_later: ["Call me later", "Say it back, so you both have it."],
  };
  const [title, why] = /** @type {any} */ (done)[m.walk.engine] || (ending && ending.outcome === "callback" ? ["A better time", "Agree when, then let them go."] : ["Time to say goodbye", "Thank them. Then end the call, top right."]);
  const words = (ending && ending.say) || "Thank you for your time, {first_name}. Take care.";
  return [
    head(title, why),
    sayCard(m, [h("p.say", null, spoken(m, words))]),
    ending && ending.outcome === "callback" && !m.walk.engine && h("section.sec", { key: "later" }, h("h3", null, `When suits them? It is ${m.server.person.time_there} there now.`), laterChips(m)),
    h("p.askrow", { key: "wrap" }, h("button.btn.pri.big", { type: "button", disabled: !m.holder, onclick: () => m.act.wrapUp() }, "On to wrap-up"),
      m.walk.engine !== "stop" && m.walk.engine !== "wrong_person" && h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.again() }, "They're still talking: go back")),
  ];
}
