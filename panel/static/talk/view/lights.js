// @ts-check
// What am I hearing? Lights of equal weight, in the thumb's reach, and never a red one.

import { t } from "../../js/words.js";
import { COLOURS, numbers, say, stepOf } from "../script.js";
import { askClosed } from "../walk.js";
import { savedWords } from "../call.js";
import { signsOf, whereTo } from "../model.js";
import { h, icon } from "../dom.js";
import { curly } from "../slots.js";

const LOOK = { green: ["g", "check", "G"], yellow: ["y", "loop", "Y"], not_now: ["n", "pause", "N"] };
const SIGNS = [["named_day", "Named a day or a time", "On to next steps"], ["asked_details", "Asked where, when or what to bring", "On to next steps"], ["neither", "Neither, just a yes", "Counts as not sure"]];

/** @param {any} m */
export function lights(m) {
  const { walk } = m;
  const step = stepOf(m.script, walk.step);
  if (!step || m.screen !== "talk") return null;
  const slim = m.narrow ? h("footer.lights.slim", { key: "lights" }, saved(m)) : null;
  if (walk.mode === "ended") return slim;
  if (walk.mode === "sign") return signs(m);
  const answering = step.type === "ask";
  const question = answering ? t("What was the answer?") : m.server.conversation.channel === "text" ? t("What are you reading?") : t("What are you hearing?");
  if (answering && (askClosed(walk) || walk.ask === "none")) return slim;
  const all = COLOURS.flatMap((colour) => (step.lights[colour] || []).map((light, i) => ({ colour, light, i })));
  return h("footer.lights", { key: "lights", "aria-label": question },
    h("h2", null, h("span", null, question), saved(m),
      h("span.jump", null, answering ? t("None of these is a failure") : m.ui.keysOn ? [t("Steps:"), " ", h("kbd", null, "1"), "–", h("kbd", null, String(numbers(m.script).size)), "  ", t("All keys:"), " ", h("kbd", null, "?")] : "")),
    h("div.lrow", { class: `of${all.length}` }, all.map(({ colour, light, i }) => {
      const [cls, ic, key] = LOOK[colour];
      const heard = signsOf(m, light.signs).slice(0, 3).join("; ");
      return h("button.light", {
        type: "button", key: `${walk.step}/${colour}/${light.id || ""}`, class: cls, disabled: !m.holder, title: heard || null,
        onclick: () => m.act.press(colour, light.id || ""),
      },
        h("span.ic", { "aria-hidden": "true" }, icon(ic)),
        h("span.tx", null, h("b", { lang: walk.locale }, curly(say(light.label, walk.locale))), h("span.to", null, curly(whereTo(m, light.goto)))),
        m.ui.keysOn && i < 2 && h("kbd", { "aria-hidden": "true" }, i ? `⇧${key}` : key));
    })));
}

/** A yes needs a sign. @param {any} m */
function signs(m) {
  return h("footer.lights", { key: "lights", "aria-label": t("What was the sign?") },
    h("h2", null, h("span", null, t("They said yes. What came with it?")), saved(m), h("span.jump", null, t("“I'll try” and “sounds good” are not sure"))),
    h("div.lrow.of3", null, SIGNS.map(([sign, words, to], i) =>
      h("button.light.plain", { type: "button", key: sign, disabled: !m.holder, onclick: () => m.act.sign(sign) },
        h("span.tx", null, h("b", null, t(words)), h("span.to", null, t(to))),
        m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, i + 1)))));
}

/** On a narrow window this is where "saved" is said, because the side column is not there. @param {any} m */
export function saved(m) {
  const s = savedWords(m.status, m.server.call, m.durable);
  return h("span.saved.inline", { class: s.tone }, icon(s.tone === "ok" ? "check" : "clock"), h("span", null, s.short));
}
