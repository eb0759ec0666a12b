// @ts-check
// "Say it my way": the same line in the volunteer's own words, kept for their next talk.

import { t } from "../../js/words.js";
import { sources, wording } from "../model.js";
import { spokenBy, written } from "../ownline.js";
import { say, stepOf } from "../script.js";
import { missing } from "../slots.js";
import { h, icon } from "../dom.js";

/** The small button on a spoken line. @param {any} m @param {any} step @param {any} l */
export function ownButton(m, step, l) {
  const own = wording(m, step.id, l).own;
  return h("button.linky.ownbtn", { type: "button", key: `own-${l.id}`, disabled: !m.holder, "aria-haspopup": "dialog", onclick: () => m.act.openOwn(step.id, l.id) },
    icon("note"), own ? t("Your own words") : t("Say it my way"));
}

/** @param {any} m */
export function ownSheet(m) {
  const { step: stepID, id } = m.ui.own;
  const step = stepOf(m.script, stepID);
  const l = step && step.say.find((x) => x.id === id);
  if (!l) return [h("p", { key: "p" }, t("This script has no such line any more."))];
  const named = (/** @type {string} */ slot) => missing(slot, sources(m));
  const theirs = say(l.text, m.walk.locale);
  const now = wording(m, stepID, l);
  return [
    h("p", { key: "p" }, t("Say it as you would. The words in brackets fill themselves in: keep those you need.")),
    h("p.meta", { key: "script" }, t("The script says:"), " ", h("span.spoken", { lang: m.walk.locale }, written(theirs, named))),
    h("form.stack", { key: "form", onsubmit: (/** @type {any} */ e) => {
      e.preventDefault();
      const { text, unknown } = spokenBy(e.target.elements.words.value, theirs, named);
      if (unknown) return m.act.set({ wrong: t("We don't know {place}. Use only the words in brackets that the script has.", { place: unknown }) });
      m.act.ownLine(stepID, id, text === theirs ? "" : text);
    } },
      h("div.field", null, h("label", { for: "own-words" }, t("Your words")),
        h("textarea.input.spoken", { id: "own-words", name: "words", rows: 4, maxlength: 600, lang: m.walk.locale, autofocus: true, "aria-describedby": m.ui.wrong ? "own-wrong" : null, "aria-invalid": m.ui.wrong ? "true" : null, value: written(say(now.words, m.walk.locale), named) }),
        m.ui.wrong && h("p.wrong", { id: "own-wrong", role: "alert" }, m.ui.wrong)),
      h("div.foot", null,
        now.own && h("button.btn.quiet", { type: "button", onclick: () => m.act.ownLine(stepID, id, "") }, t("Back to the script's words")),
        h("button.btn", { type: "button", onclick: () => m.act.close() }, t("Go back")),
        h("button.btn.pri", { type: "submit" }, t("Keep my words")))),
  ];
}
