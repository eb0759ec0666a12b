// @ts-check
// The sheets that open over the panel: the steps on a phone, what they said, the keys.

import { say } from "../script.js";
import { h } from "../dom.js";
import { laterChips } from "./next.js";
import { languages, route, saidButtons } from "./rail.js";

export const KEYS = [
  ["G Y N", "Green, yellow, not now (Shift for the second of a colour)"], ["1 to 6", "Go to a step"], ["← →", "Lines A to D"], ["Space", "I’ve asked: start the quiet"],
  ["Esc", "Out of the quiet, or close this"], ["M", "Mark this moment"], ["T", "Notes"], ["W", "Their words"], ["H", "Ask for help"], ["Alt M", "Mute, also while typing"], ["Ctrl Enter", "Save the wrap-up"], ["?", "This list"],
];

/** @param {any} m @returns {{title:string, body:any}|null} */
export function sheet(m) {
  switch (m.ui.sheet) {
    case "steps": return { title: say(m.script.title, m.walk.locale), body: [route(m), h("div.row", { key: "l" }, languages(m))] };
    case "said": return { title: "They said…", body: [h("p", { key: "p" }, "Always here, on every step."), h("div.saidlist", { key: "s" }, saidButtons(m))] };
    case "keys": return { title: "Keys", body: keys(m) };
    case "stop": return { title: "Don't contact me", body: stop(m) };
    case "wrong_person": return { title: "Wrong person", body: wrong(m) };
    case "another_language": return { title: "Another language", body: language(m) };
    case "call_later": return { title: "Call me later", body: later(m) };
  }
  return null;
}

/** @param {any} m @param {...any} actions */
const foot = (m, ...actions) => h("div.foot", { key: "foot" }, h("button.btn", { type: "button", onclick: () => m.act.close() }, "Go back"), actions);

/** @param {any} m */
const stop = (m) => [
  h("p", { key: "p" }, `${m.server.person.first_name}'s number comes off now: no calls and no texts, from any of us. Say: “Of course. I'm taking your number off now.”`),
  foot(m, h("button.btn.pri", { type: "button", onclick: () => m.act.engine({ what: "stop" }) }, "Take the number off")),
];

/** @param {any} m */
const wrong = (m) => [
  h("p", { key: "p" }, `This number isn't ${m.server.person.first_name}'s. We won't call it for them again. Say: “Sorry to bother you.”`),
  foot(m, h("button.btn.pri", { type: "button", onclick: () => m.act.engine({ what: "wrong_person" }) }, "Wrong person")),
];

/** @param {any} m */
function language(m) {
  const known = [...new Set([...(m.server.person.languages || []), "Spanish", "Chinese", "Haitian Creole", "Arabic", "Vietnamese", "Portuguese", "Russian"])].filter((l) => l !== "English");
  return [
    h("p", { key: "p" }, "Someone who speaks it will call. Which language is it?"),
    h("div.chips", { key: "c" }, known.map((l) => h("button.chip", { type: "button", key: l, onclick: () => m.act.engine({ what: "another_language", language: l }) }, l))),
    h("form.row.other", { key: "f", onsubmit: (/** @type {any} */ e) => { e.preventDefault(); const l = e.target.elements.language.value.trim(); if (l) m.act.engine({ what: "another_language", language: l }); } },
      h("label.vh", { for: "language" }, "Another one"), h("input.input", { id: "language", name: "language", maxlength: 40, placeholder: "Another one" }), h("button.btn", { type: "submit" }, "This one")),
    foot(m),
  ];
}

/** @param {any} m */
const later = (m) => [h("p", { key: "p" }, `When suits them better? It is ${m.server.person.time_there} there now.`), laterChips(m), foot(m)];

/** @param {any} m */
function keys(m) {
  return [
    h("dl.keylist", { key: "k" }, KEYS.map(([k, words]) => h("div", { key: k }, h("dt", null, h("kbd", null, k)), h("dd", null, words)))),
    h("label.tick", { key: "off" }, h("input", { type: "checkbox", checked: m.ui.keysOn, onchange: (/** @type {any} */ e) => m.act.keysOn(e.target.checked) }), "Single keys are on. No key ends a call."),
    h("div.foot", { key: "foot" }, h("button.btn.pri", { type: "button", onclick: () => m.act.close() }, "Close")),
  ];
}

