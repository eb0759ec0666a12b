// @ts-check
// What practice adds to the panel: the other person's words, "I've said it" under each line, and the debrief.

import { language, t } from "../js/words.js";
import { h, icon } from "../talk/dom.js";
import { say } from "../talk/script.js";
import { curly } from "../talk/slots.js";
import { alone } from "./choose.js";
import { factsOf, remarks } from "./debrief.js";

/**
 * Their words, at the top of the stage. It keeps its height, so nothing jumps when they answer.
 * @param {{name:string, ringing:boolean, locale:string, words:string, more:boolean, aloud:boolean, voice:boolean, help:boolean, toggle:() => void}} p
 */
export function partnerView(p) {
  return h("section.them", { key: "them", "aria-label": t("What {name} says", { name: p.name }) },
    h("div.themrow", null,
      h("p.themlabel", null, icon("people"), h("span", null, t("{name}, made up", { name: p.name })), h("span.thinking", { "aria-hidden": "true" }, p.more && p.words ? t("is thinking …") : "")),
      p.voice && h("button.btn.quiet.aloud", { type: "button", "aria-pressed": String(p.aloud), onclick: p.toggle }, icon(p.aloud ? "say" : "quiet"), h("span", null, p.aloud ? t("Aloud") : t("Read only")))),
    // Spoken by the browser already: a screen reader that read it too would talk over it.
    h("p.bubble.theirs", { role: "status", "aria-live": p.voice && p.aloud ? "off" : "polite", lang: p.locale },
      p.words ? curly(p.words) : h("span.meta", { lang: language }, p.ringing ? t("It is ringing.") : t("They are listening."))),
    p.help && h("p.meta", { key: "help", role: "status" }, t("In a real talk your hand is up now, and your host comes to you. Here nobody is told.")));
}

/** The partner hears a line when it is said; this is how they know. @param {boolean} on @param {boolean} said @param {() => void} go */
export const saidButton = (on, said, go) => h("p.saidit", { key: "saidit", lang: language },
  h("button.btn.alt", { type: "button", disabled: !on, onclick: go }, icon("check"), said ? t("I've said it again") : t("I've said it")));

/** @param {string} answer */
const answerWords = (answer) => ({
  clear_yes: t("Clear yes"), unsure: t("Not sure"), hard_no: t("Hard no"), stop: t("Take me off the list"),
}[answer] || t("Nothing"));

/**
 * @param {Object} d
 * @param {import("./partner.js").Personas} d.all @param {any} d.who @param {any} d.account @param {import("../talk/script.js").Script} d.script
 * @param {import("../talk/walk.js").State} d.walk @param {string} d.home @param {() => void} d.again
 */
export function debriefView({ all, who, account, script, walk, home, again }) {
  const facts = factsOf(account, who, script, walk);
  const r = remarks(all, who, facts, language);
  const name = say(who.name, language);
  const told = account.numbers.told;
  const asked = account.questions;
  const quiet = account.numbers.quiet;
  return [h("div.debrief", { key: "debrief" },
    h("h2", { id: "step-title", tabindex: "-1" }, t("Looking back with {name}", { name })),
    (r.marked || r.truth) && h("section.card", { key: "truth" }, h("h3", null, t("What you marked, and what was true")),
      h("dl.pair", null,
        h("div", null, h("dt", null, t("You marked")), h("dd", null, answerWords(r.marked))),
        h("div", null, h("dt", null, t("{name} meant", { name })), h("dd.own", null, r.truth ? answerWords(r.truth) : t("You didn't ask"))))),
    r.said.length > 0 && h("section.card.remarks", { key: "remarks" }, h("h3", null, t("What happened")), r.said.map((words) => h("p", { key: words }, curly(words)))),
    h("section.card.try", { key: "try" }, h("h3", null, t("One thing to try next")), h("p.say.sm", null, curly(r.tryNext))),
    h("section.card", { key: "story" }, h("h3", null, t("The story that was there")), h("p", null, curly(r.story)),
      r.hidden.length > 0 && h("ul.hidden", null, r.hidden.map((x) => h("li", { key: x.words, class: x.told ? "told" : "" }, icon(x.told ? "check" : "quiet"), h("span", null, h("b", null, x.told ? t("You heard:") : t("Stayed hidden:")), " ", curly(x.words)))))),
    h("section.card", { key: "talk" }, h("h3", null, t("Your part of it")),
      h("p", null, t("Questions you asked: {asked}. Things you told: {told}. The longest quiet you let be: {quiet}.", { asked, told, quiet: quiet === 1 ? t("1 second") : t("{n} seconds", { n: quiet }) })),
      h("p.meta", null, t("Nobody else sees this, and it's gone when you leave the page."))),
    h("div.row", { key: "on" },
      h("button.btn.pri.big", { type: "button", onclick: again }, t("Again, with somebody else")),
      alone() && h("a.btn.big", { href: home }, t("I'm ready: to my shift"))))];
}
