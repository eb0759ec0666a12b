// @ts-check
// The route: stops you may leave and come back to, with loops shown, and the four things that are always there.

import { pathOf, numbers, say } from "../script.js";
import { h, icon } from "../dom.js";
import { curly } from "../slots.js";

const SAID = [["stop", "Don't contact me"], ["wrong_person", "Wrong person"], ["another_language", "Another language"], ["call_later", "Call me later"]];

/** @param {any} m */
export function rail(m) {
  return h("nav.rail", { key: "rail", "aria-label": "Steps of this talk", inert: m.walk.mode === "silence" },
    h("h2.title", null, say(m.script.title, m.walk.locale)),
    route(m),
    h("div.railfoot", null,
      languages(m),
      h("h3", null, "They said"),
      h("div.said", null, saidButtons(m))));
}

/** @param {any} m */
export function route(m) {
  const { script, walk } = m;
  const num = numbers(script);
  const path = pathOf(script, walk.path);
  return h("ol.route", null, script.steps.map((/** @type {any} */ s) => {
    const now = s.id === walk.step;
    const light = walk.lights[s.id];
    const visits = walk.visits[s.id] || 0;
    const state = now ? "now" : light === "green" ? "done" : visits ? "seen" : "";
    const minor = !num.has(s.id);
    const told = now ? "" : light === "green" ? ", green light" : light === "yellow" ? ", yellow light" : light === "not_now" ? ", not now" : visits ? ", visited" : "";
    return h("li", { key: s.id },
      h("button.stop", {
        type: "button", class: `${state} ${minor ? "minor" : ""} ${path.includes(s.id) ? "" : "off"}`,
        "aria-current": now ? "step" : null, disabled: !m.holder, onclick: () => m.act.visit(s.id),
      },
        h("span.dot", { "aria-hidden": "true" }, state === "done" ? icon("check") : minor ? "" : num.get(s.id)),
        h("span.nm", null, curly(say(s.name, walk.locale)), h("span.vh", null, told)),
        visits > 1 ? h("span.loops", null, icon("loop"), h("span.vh", null, "visited "), visits, h("span.vh", null, " times")) : null));
  }));
}

/** @param {any} m */
export function languages(m) {
  if (m.script.locales.length < 2) return null;
  const names = { en: "English", es: "Español" };
  return h("div.langs", { role: "group", "aria-label": "Language of the script" }, m.script.locales.map((/** @type {string} */ l) =>
    h("button.chip.small", { type: "button", lang: l, "aria-pressed": String(m.walk.locale === l), disabled: !m.holder, onclick: () => m.act.locale(l) },
      /** @type {any} */ (names)[l] || l)));
}

/** @param {any} m Engine buttons: no script can take these away. */
export const saidButtons = (m) => SAID.map(([what, words]) =>
  h("button.btn.quiet.saidbtn", { type: "button", key: what, disabled: !m.holder, onclick: () => m.act.said(what) }, words));

/** The route as a strip, for narrow windows. @param {any} m */
export function strip(m) {
  const { script, walk } = m;
  const num = numbers(script);
  const step = script.steps.find((/** @type {any} */ s) => s.id === walk.step);
  const n = num.get(walk.step);
  return h("div.strip", { key: "strip", inert: walk.mode === "silence" },
    h("button.where", { type: "button", "aria-haspopup": "dialog", onclick: () => m.act.set({ sheet: "steps" }) },
      h("span.segs", { "aria-hidden": "true" }, script.steps.map((/** @type {any} */ s) =>
        h("i", { class: s.id === walk.step ? "n" : walk.lights[s.id] === "green" ? "d" : walk.visits[s.id] ? "s" : "" }))),
      h("span.vh", null, "All steps. Now: "),
      h("b", null, n ? `${n} ` : "", curly(say(step && step.name, walk.locale))), icon("down")),
    h("button.btn.saidopen", { type: "button", "aria-haspopup": "dialog", disabled: !m.holder, onclick: () => m.act.set({ sheet: "said" }) }, "They said…"));
}
