// @ts-check
// Around the thread: how the talk stands, the ways out of it, and who else waits.

import { t } from "../../../js/words.js";
import { h, icon } from "../../dom.js";
import { factsButton, languages } from "../../view/rail.js";
import { ago } from "../draft.js";

/** @param {any} m */
export function callState(m) {
  const since = ago(m.text.thread.last_reply, m.now);
  return h("p.state", { key: "state" }, h("span.words", null, t("Texting")), since && h("span.where", null, t("last reply {ago}", { ago: since })));
}

/** @param {any} m */
export function controls(m) {
  const locked = !m.holder;
  const help = Boolean(m.server.help);
  return [
    h("button.btn.tool", { type: "button", key: "call", id: "call-instead", disabled: locked || m.busy("call"), onclick: () => m.text.act.callInstead() }, icon("phone"), h("span.lbl", null, t("Call instead"))),
    m.text.thread.host && h("button.btn.tool", { type: "button", key: "help", "aria-pressed": String(help), class: help ? "on" : "", disabled: locked || m.busy("help"), onclick: () => m.act.help(!help) },
      icon("hand"), h("span.lbl", null, help ? t("Help is coming") : t("Ask for help"))),
    h("button.btn", { type: "button", key: "wrapup", id: "to-wrap-up", disabled: locked, onclick: () => m.act.wrapUp() }, t("Wrap up")),
  ];
}

/** The foot of the rail, shorter than a call's: who else waits has its place there. @param {any} m */
export const railFoot = (m) => h("div.railfoot", { key: "foot" }, languages(m), factsButton(m),
  h("button.btn.saidopen", { type: "button", "aria-haspopup": "dialog", disabled: !m.holder, onclick: () => m.act.set({ sheet: "said" }) }, t("They said…")), waitingList(m));

/** Who else has the last word. @param {any} m */
function waitingList(m) {
  const list = m.text.thread.waiting.slice(0, 5);
  if (!list.length) return null;
  return h("section.waiting", { key: "waiting" }, h("h3", null, t("Waiting on you")),
    h("ul", null, list.map((/** @type {any} */ w) => h("li", { key: w.link }, h("a", { href: w.link }, h("b", null, w.person), h("span", null, ago(w.since, m.now)))))));
}
