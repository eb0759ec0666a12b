// @ts-check
// The composer: the line that is ready, in the words that will go, with what it costs; one press sends one text.

import { t } from "../../../js/words.js";
import { isFinal } from "../../walk.js";
import { h, icon } from "../../dom.js";
import { lights } from "../../view/lights.js";
import { spoken } from "../../view/words.js";
import { asleep, body, cost, hints, leaving, missing, waiting } from "../draft.js";
import { slotsFor } from "../pick.js";

/** @param {any} m What stays under the thumb: the next text, then the lights. */
export const foot = (m) => h("div.desk", { key: "desk" }, h("div.composebox", { key: "box" }, composer(m), pickBar(m)), lights(m));

/** @param {any} m */
function composer(m) {
  const { text } = m;
  const first = m.server.person.first_name;
  if (isFinal(m.walk) || !m.server.person.text_allowed) return closed(m, first);
  const d = text.draft();
  const words = body(m, d);
  const why = asleep(m, d, text.thread);
  const gone = missing(m, d);
  const wait = waiting(text.thread, m.now);
  return h("section.composer", { key: "composer", "aria-label": t("Your text to {name}", { name: first }), inert: Boolean(text.picked) },
    wait && h("p.sleeps", { key: "sleeps", role: "status" }, icon("quiet"), h("span", null, t("Waiting for {name}. A second text only when they answer, or after a day.", { name: first }))),
    text.thread.fetching && h("p.sleeps", { key: "fetching", role: "status" }, icon("clock"), h("span", null, text.thread.fetching, " ", t("A text that you send now goes by itself right after."))),
    gone.length > 0 ? gap(m, d) : h("textarea.next", {
      key: "body", id: "text-body", rows: 2, maxlength: 1600, dir: "auto", lang: m.walk.locale, readonly: !m.holder || text.sending, "aria-label": t("Your text to {name}", { name: first }),
      "aria-describedby": "text-cost", placeholder: hollow(m, wait, first),
      oninput: (/** @type {any} */ e) => text.act.type(e.target.value),
    }),
    h("ul.hints", { key: "hints", "aria-live": "polite" }, text.problem && h("li.problem", { key: "problem", role: "alert" }, text.problem), why && h("li.why", { key: "why" }, why), hints(m, gone.length ? "" : words, text.thread).map((s) => h("li", { key: s }, s))),
    text.sure ? sure(m, first) : h("div.sendrow", { key: "row" },
      h("p.cost", { id: "text-cost" }, label(m, d), words && gone.length === 0 ? ` ${cost(words)}` : ""),
      m.narrow && h("button.btn.quiet", { type: "button", key: "words", "aria-haspopup": "dialog", onclick: () => text.act.words() }, t("Words and notes")),
      text.typed !== null && h("button.btn.quiet", { type: "button", key: "over", disabled: text.sending, onclick: () => text.act.startOver() }, t("Start over")),
      h("button.btn.quiet", { type: "button", key: "lines", id: "other-lines", "aria-haspopup": "dialog", disabled: !m.holder, onclick: () => text.act.lines() }, t("Other lines")),
      h("button.btn.pri", { type: "button", key: "send", id: "send-text", disabled: !m.holder || text.sending || !leaving(words) || Boolean(why), onclick: () => text.send() },
        text.sending ? t("Sending") : t("Send"), m.ui.keysOn && !text.sending && h("kbd", { "aria-hidden": "true" }, "Ctrl Enter"))));
}

/** What an empty composer says: whose turn it is, or where the next line comes from. @param {any} m @param {boolean} wait @param {string} first */
function hollow(m, wait, first) {
  if (wait) return t("It's {name}'s turn. You can still write.", { name: first });
  return m.walk.mode === "step" ? t("What do you read? Press a light below, and the next line is ready here.") : t("Write to {name}, or take one of the other lines", { name: first });
}

/** A line that misses a word is an invitation: the gap leads to its field. @param {any} m @param {any} d */
const gap = (m, d) => h("div.next.withgap", { key: "gap", id: "text-gap", lang: m.walk.locale }, h("p", null, spoken(m, d.line.words)),
  h("button.btn.quiet", { type: "button", lang: document.documentElement.lang, disabled: !m.holder, onclick: () => m.text.act.write() }, t("Write over it")));

/** They have not answered: said once more, and never forbidden. "Wait" lies where Send was. @param {any} m @param {string} first */
const sure = (m, first) => h("div.sendrow", { key: "sure", role: "group", "aria-label": t("A second text?") },
  h("p.cost", null, t("{name} hasn't answered yet. A second text can feel like pressure.", { name: first })),
  h("button.btn.quiet", { type: "button", key: "anyway", id: "send-anyway", disabled: m.text.sending, onclick: () => m.text.act.anyway() }, t("Send a second one anyway")),
  h("button.btn", { type: "button", key: "wait", id: "text-wait", onclick: () => m.text.act.wait() }, t("Wait for {name}", { name: first })));

/** @param {any} m @param {string} first */
const closed = (m, first) => h("section.composer.closed", { key: "composer", "aria-label": t("No more texts") },
  h("p", null, icon("pause"), h("span", null, m.text.thread.why_not || t("Nothing more goes out to {name}'s number.", { name: first }))),
  h("button.btn.pri", { type: "button", disabled: !m.holder, onclick: () => m.act.wrapUp() }, t("On to wrap-up")));

/** What kind of line this is, and whether it is still the script's. @param {any} m @param {any} d */
function label(m, d) {
  if (!d.line) return d.typed ? t("Your own words.") : "";
  const names = {
    first: t("First line"), back: t("Say-back line"), beat: d.line.label || t("Next line"), question: t("The question"), line: t("The script's line"),
    probe: t("Ask more"), fact: d.line.label || t("A fact"), answer: d.line.label || t("An answer"), end: t("Closing line"),
  };
  const name = names[/** @type {keyof typeof names} */ (d.line.kind)];
  return d.typed === null ? `${name}.` : t("{line}, edited by you.", { line: name });
}

/** Words that were selected in a bubble, and what they may become. It lies over the composer, so that nothing jumps. @param {any} m */
function pickBar(m) {
  const { picked } = m.text;
  if (!picked) return null;
  return h("section.pickbar", { key: "pick", "aria-label": t("The words you selected") },
    h("p", null, "“", h("q", { dir: "auto" }, picked.words), "”"),
    h("div.chips", null, useChips(m, picked.words), h("button.chip.small", { type: "button", key: "no", onclick: () => m.text.act.drop() }, t("Leave them"))));
}

/** @param {any} m @param {string} words */
export const useChips = (m, words) => slotsFor(m).map((s) =>
  h("button.chip.small.use", {
    type: "button", key: s.name, "data-slot": s.name, disabled: !m.holder || !words,
    onpointerdown: (/** @type {Event} */ e) => e.preventDefault(), // the selection stays while the finger is down
    onclick: () => m.text.act.use(s.name, words, s.max),
  }, t("Use as {what}", { what: s.label })));
