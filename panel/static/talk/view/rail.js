// @ts-check
// The route: stops you may leave and come back to, with loops shown, and the things that are always there.

import { t } from "../../js/words.js";
import { pathOf, numbers, say, sections } from "../script.js";
import { h, icon } from "../dom.js";
import { curly } from "../slots.js";

const SAID = [["stop", "Don't contact me"], ["wrong_person", "Wrong person"], ["another_language", "Another language"], ["call_later", "Call me later"], ["threat", "I was threatened"]];

/** @param {any} m */
export function rail(m) {
  return h("nav.rail", { key: "rail", "aria-label": t("Steps of this talk"), inert: m.walk.mode === "silence" },
    h("h2.title", null, say(m.script.title, m.walk.locale)),
    route(m),
    m.text && m.text.on() ? m.text.railFoot(m) : h("div.railfoot", null,
      languages(m),
      factsButton(m),
      h("h3", null, t("They said")),
      h("div.said", null, saidButtons(m))));
}

/** @param {any} m */
export function route(m) {
  const { script, walk } = m;
  const num = numbers(script);
  const path = pathOf(script, walk.path);
  return h("ol.route", null, sections(script).map((/** @type {any} */ s) => {
    const now = s.id === walk.step;
    const light = walk.lights[s.id];
    const visits = walk.visits[s.id] || 0;
    const state = now ? "now" : light === "green" ? "done" : visits ? "seen" : "";
    const minor = !num.has(s.id);
    const told = now ? "" : light === "green" ? t(", green light") : light === "yellow" ? t(", yellow light") : light === "not_now" ? t(", not now") : visits ? t(", visited") : "";
    return h("li", { key: s.id },
      h("button.stop", {
        type: "button", class: `${state} ${minor ? "minor" : ""} ${path.includes(s.id) ? "" : "off"}`,
        "aria-current": now ? "step" : null, disabled: !m.holder, onclick: () => m.act.visit(s.id),
      },
        h("span.dot", { "aria-hidden": "true" }, state === "done" ? icon("check") : minor ? "" : num.get(s.id)),
        h("span.nm", null, curly(say(s.name, walk.locale)), h("span.vh", null, told)),
        visits > 1 ? h("span.loops", null, icon("loop"), h("span", { "aria-hidden": "true" }, visits), h("span.vh", null, t("visited {n} times", { n: visits }))) : null));
  }));
}

/** @param {any} m */
export function languages(m) {
  if (m.script.locales.length < 2) return null;
  const names = { en: "English", es: "Español" };
  return h("div.langs", { role: "group", "aria-label": t("Language of the script") }, m.script.locales.map((/** @type {string} */ l) =>
    h("button.chip.small", { type: "button", lang: l, "aria-pressed": String(m.walk.locale === l), disabled: !m.holder, onclick: () => m.act.locale(l) },
      /** @type {any} */ (names)[l] || l)));
}

/** @param {any} m Engine buttons: no script can take these away. */
export const saidButtons = (m) => SAID.map(([what, words]) =>
  h("button.btn.quiet.saidbtn", { type: "button", key: what, id: `said-${what}`, disabled: !m.holder, onclick: () => m.act.said(what) }, t(words)));

/** Facts, answers and "I'll find out", from any step. @param {any} m */
export const factsButton = (m) => h("button.btn.factsbtn", { type: "button", key: "facts", "aria-haspopup": "dialog", onclick: () => m.act.facts() }, icon("note"), t("Facts and answers"), m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "/"));

/** The route as a strip, for narrow windows. @param {any} m */
export function strip(m) {
  const { script, walk } = m;
  const num = numbers(script);
  const step = script.steps.find((/** @type {any} */ s) => s.id === walk.step);
  const n = num.get(walk.step);
  return h("div.strip", { key: "strip", inert: walk.mode === "silence" },
    h("button.where", { type: "button", "aria-haspopup": "dialog", onclick: () => m.act.set({ sheet: "steps" }) },
      h("span.segs", { "aria-hidden": "true" }, sections(script).map((/** @type {any} */ s) =>
        h("i", { class: s.id === walk.step ? "n" : walk.lights[s.id] === "green" ? "d" : walk.visits[s.id] ? "s" : "" }))),
      h("span.vh", null, t("All steps. Now:"), " "),
      h("b", null, n ? `${n} ` : "", curly(say(step && step.name, walk.locale))), icon("down")),
    h("button.btn.tool.factsopen", { type: "button", "aria-haspopup": "dialog", "aria-label": t("Facts and answers"), onclick: () => m.act.facts() }, icon("note")),
    h("button.btn.saidopen", { type: "button", "aria-haspopup": "dialog", disabled: !m.holder, onclick: () => m.act.set({ sheet: "said" }) }, t("They said…")));
}
