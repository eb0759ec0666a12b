// @ts-check
// The sheets over a talk by text: the other lines, the words of one text, and on a narrow window their words and notes.

import { t } from "../../../js/words.js";
import { stepOf } from "../../script.js";
import { h } from "../../dom.js";
import { spoken } from "../../view/words.js";
import { body, cost, missing } from "../draft.js";
import { others } from "../lines.js";
import { joined, tokens } from "../pick.js";
import { useChips } from "./composer.js";
import { besides } from "./thread.js";

/** @param {any} m @returns {{title:string, body:any}|null} */
export function sheet(m) {
  const first = m.server.person.first_name;
  switch (m.ui.sheet) {
    case "lines": return { title: t("Other lines"), body: lines(m) };
    case "pick": return { title: t("Which words?"), body: pick(m) };
    case "words": return { title: t("{name}'s words and your notes", { name: first }), body: [besides(m, stepOf(m.script, m.walk.step)), foot(m, t("Done"))] };
  }
  return null;
}

/** @param {any} m @param {string} words */
const foot = (m, words) => h("div.foot", { key: "foot" }, h("button.btn", { type: "button", onclick: () => m.act.close() }, words));

/** @param {any} m */
function lines(m) {
  const names = { step: t("This step"), ask: t("Ask more, in any order"), facts: t("Facts, as a second text") };
  return [
    h("p", { key: "p" }, t("One question in a text. Pick a line; nothing goes until you press Send.")),
    others(m).map((g) => h("section.lines", { key: g.name }, h("h3", null, names[g.name]),
      g.lines.map((l) => {
        const d = { typed: null, line: l };
        const gone = missing(m, d);
        return h("button.lineopt", { type: "button", key: `${l.kind}/${l.id}`, "data-line": l.id, onclick: () => m.text.act.choose(l) },
          h("span.words", { lang: m.walk.locale }, spoken(m, l.words, true)),
          h("span.meta", null, gone.length ? t("Still missing: {words}", { words: gone.join(", ") }) : cost(body(m, d))));
      }))),
    foot(m, t("Go back")),
  ];
}

/** @param {any} m */
function pick(m) {
  const text = m.text.thread.texts.find((/** @type {any} */ x) => x.id === m.text.pickFrom);
  if (!text) return [foot(m, t("Go back"))];
  const { picks } = m.text;
  const list = tokens(text.body);
  const all = list.map((_, i) => i);
  const words = joined(text.body, picks);
  return [
    h("p", { key: "p" }, t("Press the words you want to say back to {name}.", { name: m.server.person.first_name })),
    h("div.tokens", { key: "t", role: "group", "aria-label": t("Words of this text"), dir: "auto" }, list.map((w, i) =>
      h("button.token", { type: "button", key: i, "aria-pressed": String(picks.includes(i)), onclick: () => m.text.act.pick(picks.includes(i) ? picks.filter((/** @type {number} */ n) => n !== i) : [...picks, i]) }, w))),
    h("div.row", { key: "all" }, h("button.btn.quiet", { type: "button", onclick: () => m.text.act.pick(picks.length === all.length ? [] : all) }, picks.length === all.length ? t("None of it") : t("All of it"))),
    h("p.say.sm", { key: "preview", role: "status" }, words ? `“${words}”` : t("Nothing picked yet.")),
    h("div.chips", { key: "use" }, useChips(m, words)),
    foot(m, t("Go back")),
  ];
}
