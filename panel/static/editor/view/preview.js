// @ts-check
// What the volunteer sees: each line with example words, and the whole panel beside the form, with somebody made up.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";
import { say } from "../../talk/script.js";
import { cost, curly, fill, smsText } from "../../talk/slots.js";
import { selectBox } from "./fields.js";

/** @param {any} m @param {string} locale @returns {import("../../talk/slots.js").Sources} A talk of ordinary words. */
export function example(m, locale) {
  const doc = m.doc;
  const from = (/** @type {string[]} */ kinds) => Object.fromEntries(Object.entries(doc.slots || {}).filter(([, s]) => kinds.includes(/** @type {any} */ (s).from)).map(([n, s]) => [n, say(/** @type {any} */ (s).example, locale)]));
  const step = doc.steps.find((/** @type {any} */ s) => s.type === "ask");
  const ask = (doc.asks || []).find((/** @type {any} */ a) => a.id === (step && step.ask)) || (doc.asks || [])[0];
  const agreed = ask ? { what: say(ask.label, locale), by_when: ask.when || "2026-12-03T18:30", follow_how: "text", follow_when: "2026-12-02T18:00" } : {};
  return {
    script: doc, locale, ask: ask ? ask.id : undefined,
    conversation: m.ui.gaps ? {} : { ...agreed, ...from(["conversation", "person", "script"]) }, history: m.ui.gaps ? {} : from(["history"]), volunteer: m.ui.gaps ? {} : from(["volunteer"]),
    builtins: m.ui.gaps ? {} : { first_name: "Xiomara", volunteer: m.me, org: m.org, last_contact_by: "Luis" },
  };
}

/** A line as it will be said: their words in pen, what is missing as a dashed word. @param {any} m @param {any} text @param {string} locale */
export function spoken(m, text, locale) {
  const line = say(text, locale);
  if (!line) return null;
  return h("p.seen", { lang: locale, "aria-label": undefined }, h("span.vh", null, t("As they see it:") + " "), fill(curly(line), example(m, locale)).map((p, i) =>
    p.from === "line" || p.from === "fallback" ? p.text : p.from === "gap" ? h("span.gapword", { key: i }, p.text) : h("span", { key: i, class: p.from === "fact" || p.from === "builtin" ? "known" : "own" }, curly(p.text))));
}

/** The text as it will leave, and what it costs. @param {any} m @param {any} text @param {string} locale */
export function asText(m, text, locale) {
  const line = say(text, locale);
  if (!line) return null;
  const whole = smsText(fill(line, { ...example({ ...m, ui: { gaps: false } }, locale) }));
  return [spoken(m, text, locale), h("p.meta", null, whole === null ? t("With a gap, this text can't be sent. The volunteer fills it first.") : cost(whole))];
}

const SIZES = { laptop: [1280, 800], phone: [390, 844] };

/** The panel of this draft, beside the form. @param {any} m */
export function preview(m) {
  const ui = m.ui;
  const [width, height] = SIZES[/** @type {"laptop"|"phone"} */ (ui.size)];
  const size = (/** @type {string} */ to, /** @type {string} */ words) => h("button.chip", { type: "button", "aria-pressed": String(ui.size === to), onclick: () => m.set({ size: to }) }, words);
  return h("section.preview", { key: "preview", id: "preview", "aria-label": t("The panel, as a volunteer sees it"), hidden: m.narrow && ui.section !== "try" },
    h("div.ptools", null,
      h("div.chips", { role: "group", "aria-label": t("Size") }, size("laptop", t("Laptop")), size("phone", t("Phone"))),
      h("label.pwho", null, h("span.meta", null, t("Try it on")), selectBox({ readonly: false }, { id: "partner", value: ui.partner, options: m.partners.map((/** @type {any} */ p) => [p.id, p.name]), change: (v) => m.act.showOn(v) }))),
    h("div.pframe", { class: ui.size, id: "pframe" },
      m.panes.map((/** @type {any} */ pane, /** @type {number} */ i) => pane.src && h("iframe", {
        key: i, class: i === m.front ? "" : "waits", src: pane.src, width: String(width), height: String(height), title: t("Practice talk with this draft"), inert: !ui.trying || i !== m.front,
        tabindex: ui.trying && i === m.front ? undefined : "-1", "aria-hidden": i === m.front ? undefined : "true", onload: (/** @type {Event} */ e) => m.act.loaded(i, e.target),
      })),
      !m.shown && h("p.empty", { key: "none" }, t("The panel can't show this draft yet. Mend what is listed at the top, and it appears here.")),
      m.shown && !ui.trying && h("div.pcover", { key: "cover", onclick: () => m.act.tryIt() })),
    h("div.ptools", null, ui.trying
      ? [h("button.btn", { key: "again", type: "button", onclick: () => m.act.showAgain() }, t("Start over with the newest words")), h("button.btn.quiet", { key: "back", type: "button", onclick: () => m.act.stopTrying() }, t("Back to writing"))]
      : [m.shown && h("button.btn.alt", { key: "try", type: "button", id: "tryit", onclick: () => m.act.tryIt() }, t("Try it in a talk")), h("p.meta.how", { key: "how" }, m.readonly ? t("This is the panel with version {n}.", { n: m.version }) : t("It shows what you wrote as soon as that is saved. Nothing you do here is counted."))],
    h("a.alone", { key: "alone", href: m.act.alone(), target: "_blank", rel: "noopener" }, t("Open it in a window of its own"))));
}
