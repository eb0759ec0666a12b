// @ts-check
// The sheets that open over the panel: the steps on a phone, what they said, the keys.

import { t } from "../../../js/words.js";
import { say } from "../../script.js";
import { h } from "../../dom.js";
import { factsSheet } from "./facts.js";
import { laterChips } from "../next.js";
import { ownSheet } from "../own.js";
import { languages, route, saidButtons } from "../rail.js";
import { threatSheet } from "./threat.js";

export const KEYS = [
  ["G Y N", "Green, yellow, not now (Shift for the second of a colour)"], ["1 to 6", "Go to a step"], ["← →", "Lines A to D"], ["Space", "I’ve asked: start the quiet"],
  ["Esc", "Out of the quiet, or close this"], ["M", "Mark this moment"], ["/", "Facts and answers"], ["T", "Notes"], ["W", "Their words"], ["H", "Ask for help"], ["Alt M", "Mute, also while typing"], ["Ctrl Enter", "Save the wrap-up"], ["?", "This list"],
];

/** @param {any} m @returns {{title:string, body:any}|null} */
export function sheet(m) {
  switch (m.ui.sheet) {
    case "steps": return { title: say(m.script.title, m.walk.locale), body: [route(m), h("div.row", { key: "l" }, languages(m))] };
    case "said": return { title: t("They said…"), body: [h("p", { key: "p" }, t("Always here, on every step.")), h("div.saidlist", { key: "s" }, saidButtons(m))] };
    case "keys": return { title: t("Keys"), body: keys(m) };
    case "stop": return { title: t("Don't contact me"), body: stop(m) };
    case "wrong_person": return { title: t("Wrong person"), body: wrong(m) };
    case "another_language": return { title: t("Another language"), body: another(m) };
    case "call_later": return { title: t("Call me later"), body: later(m) };
    case "threat": return { title: t("I was threatened"), body: threatSheet(m) };
    case "facts": return { title: t("Facts and answers"), body: factsSheet(m) };
    case "own": return { title: t("Say it my way"), body: ownSheet(m) };
  }
  return null;
}

/** @param {any} m @param {...any} actions */
const foot = (m, ...actions) => h("div.foot", { key: "foot" }, h("button.btn", { type: "button", onclick: () => m.act.close() }, t("Go back")), actions);

/** What to say out loud, in the language of the talk. @param {any} m @param {{en:string, es:string}} words */
const sayThis = (m, words) => [t("Say:"), " ", h("q.spoken", { lang: m.walk.locale }, say(words, m.walk.locale))];

/** @param {any} m */
const stop = (m) => [
  h("p", { key: "p" }, t("{name}'s number comes off now: no calls and no texts, from any of us.", { name: m.server.person.first_name }), " ", sayThis(m, { en: "Of course. I'm taking your number off now.", es: "Claro que sí. Quito tu número ahora mismo." })),
  foot(m, h("button.btn.pri", { type: "button", onclick: () => m.act.engine({ what: "stop" }) }, t("Take the number off"))),
];

/** @param {any} m */
const wrong = (m) => [
  h("p", { key: "p" }, t("This number isn't {name}'s. We won't call it for them again.", { name: m.server.person.first_name }), " ", sayThis(m, { en: "Sorry to bother you.", es: "Perdone la molestia." })),
  foot(m, h("button.btn.pri", { type: "button", onclick: () => m.act.engine({ what: "wrong_person" }) }, t("Wrong person"))),
];

/** @param {any} m */
function another(m) {
  const known = [...new Set([...(m.server.person.languages || []), "Spanish", "Chinese", "Haitian Creole", "Arabic", "Vietnamese", "Portuguese", "Russian"])].filter((l) => l !== "English");
  return [
    h("p", { key: "p" }, t("Someone who speaks it will call. Which language is it?")),
    h("div.chips", { key: "c" }, known.map((l) => h("button.chip", { type: "button", key: l, onclick: () => m.act.engine({ what: "another_language", language: l }) }, t(l)))),
    h("form.row.other", { key: "f", onsubmit: (/** @type {any} */ e) => { e.preventDefault(); const l = e.target.elements.language.value.trim(); if (l) m.act.engine({ what: "another_language", language: l }); } },
      h("label.vh", { for: "language" }, t("Another one")), h("input.input", { id: "language", name: "language", maxlength: 40, placeholder: t("Another one") }), h("button.btn", { type: "submit" }, t("This one"))),
    foot(m),
  ];
}

/** @param {any} m */
const later = (m) => [h("p", { key: "p" }, t("When suits them better? It is {time} there now.", { time: m.server.person.time_there })), laterChips(m), foot(m)];

/** @param {any} m */
function keys(m) {
  return [
    h("dl.keylist", { key: "k" }, KEYS.map(([k, words]) => h("div", { key: k }, h("dt", null, h("kbd", null, t(k))), h("dd", null, t(words))))),
    h("label.tick", { key: "off" }, h("input", { type: "checkbox", checked: m.ui.keysOn, onchange: (/** @type {any} */ e) => m.act.keysOn(e.target.checked) }), t("Single keys are on. No key ends a call.")),
    h("div.foot", { key: "foot" }, h("button.btn.pri", { type: "button", onclick: () => m.act.close() }, t("Close"))),
  ];
}

