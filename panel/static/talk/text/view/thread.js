// @ts-check
// The thread in the middle: what was said by text, oldest first, and under it what the moment asks for.

import { t } from "../../../js/words.js";
import { askClosed, isFinal } from "../../walk.js";
import { endingOf, say, stepOf } from "../../script.js";
import { curly } from "../../slots.js";
import { h, icon } from "../../dom.js";
import { laterChips, nextFields } from "../../view/next.js";
import { before, notes } from "../../view/side.js";
import { stage as panelStage, swap } from "../../view/stage.js";
import { captures, wordsCard } from "../../view/words.js";

/** @param {any} m */
export function stage(m) {
  const step = stepOf(m.script, m.walk.step);
  if (!step) return [];
  const below = moment(m, step);
  return [head(m, step, below), m.ui.blocked && h("p.hintline", { key: "hint", role: "status" }, icon("quiet"), h("span", null, m.ui.blocked)), thread(m), seems(m), below && h("div.moment", { key: "moment" }, below)];
}

/** @param {any} m @param {any} step @param {any} below */
function head(m, step, below) {
  const own = !below || m.walk.mode === "step" && step.type !== "ask" || m.walk.mode === "ended";
  return h("div.head", { key: "head" }, h("h2", own ? { id: "step-title", tabindex: "-1" } : null, curly(say(step.name, m.walk.locale))), h("p", null, curly(say(step.goal, m.walk.locale))));
}

/** @param {any} m */
function thread(m) {
  const first = m.server.person.first_name;
  const { texts, calls } = m.text.thread;
  if (m.text.loaded && !texts.length && !calls.length) {
    return h("p.empty", { key: "thread" }, t("No texts with {name} yet. Your first line is ready below: read it, change what you like, press Send.", { name: first }));
  }
  const all = [...texts.map((/** @type {any} */ x) => ({ at: x.at, id: x.id, node: bubble(m, x) })), ...calls.map((/** @type {any} */ c) => ({ at: c.at, id: c.id, node: call(c) }))];
  all.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return h("ol.thread", { key: "thread", "aria-label": t("Texts with {name}", { name: first }) }, all.map((x) => x.node));
}

/** @param {any} m @param {any} x */
function bubble(m, x) {
  const who = x.theirs ? "" : x.who ? t("{name} sent this", { name: x.who }) : t("you sent this");
  const facts = [x.when, who, x.note].filter(Boolean).join(", ");
  return h("li.msg", { key: x.id, class: `${x.theirs ? "them" : "us"} ${x.bad ? "failed" : ""}` },
    x.theirs && h("span.vh", null, t("{name} wrote:", { name: m.server.person.first_name })),
    h("p.body", { dir: "auto", "data-theirs": x.theirs ? x.id : null }, x.body),
    x.media && h("p.meta", null, x.media),
    h("p.meta.facts", null, h("span", null, facts),
      x.theirs && m.holder && !isFinal(m.walk) && h("button.linky", { type: "button", "aria-haspopup": "dialog", onclick: () => m.text.act.pickFrom(x.id) }, t("Use words"), h("span.vh", null, `: ${x.body.slice(0, 40)}`))));
}

/** What their texts seem to say about a promise or a call: one press confirms it, nothing happens without. @param {any} m */
function seems(m) {
  const list = m.text.thread.seems || [];
  if (!list.length || m.server.conversation.channel !== "text") return null;
  const press = (/** @type {any} */ s, /** @type {string} */ what, /** @type {string} */ words, /** @type {string} */ style) =>
    h("form", { method: "post", action: `/suggestions/${s.id}/${what}` }, h("input", { type: "hidden", name: "back", value: m.server.conversation.id }), h(`button.btn${style}`, { type: "submit", disabled: !m.holder }, words));
  return h("div.seems", { key: "seems" }, list.map((/** @type {any} */ s) => h("section.card", { key: s.id, "aria-label": t("What they seem to say") },
    h("p", null, h("b", null, s.says)),
    s.kind === "ask" && h("p.meta", null, t("You could write back:"), " ", h("q", null, s.reply)),
    h("div.row", null,
      s.kind === "ask" ? h("button.btn", { type: "button", disabled: !m.holder, onclick: () => m.text.act.type(s.reply) }, t("Take these words")) : press(s, "confirm", s.doing, ".alt"),
      press(s, "dismiss", s.kind === "ask" ? t("Nothing to ask") : t("They mean something else"), ".quiet")))));
}

/** @param {any} c */
const call = (c) => h("li.called", { key: c.id }, icon("phone"), h("span", null, `${c.when}. ${c.words}`));

/** What this moment needs beside the thread: ways on, dates, a closing. @param {any} m @param {any} step */
function moment(m, step) {
  const { walk } = m;
  if (walk.mode === "ended") return closing(m);
  if (walk.mode === "choose" || walk.mode === "sign") return panelStage(m);
  if (step.type === "ask") {
    if (walk.ask === "none" || askClosed(walk)) return panelStage(m);
    return walk.ask_spoken ? null : [
      h("h2.vh", { key: "title", id: "step-title", tabindex: "-1" }, curly(say(step.name, walk.locale))),
      h("button.btn.quiet", { type: "button", key: "other", "aria-expanded": String(Boolean(m.ui.swap)), disabled: !m.holder, onclick: () => m.act.set({ swap: !m.ui.swap }) }, t("Ask something else")),
      m.ui.swap && swap(m),
    ];
  }
  return step.type === "next" ? nextFields(m) : null;
}

/** @param {any} m */
function closing(m) {
  const first = m.server.person.first_name;
  const ending = endingOf(m.script, m.walk.ending);
  /** @type {Record<string, [string, string]>} */
  const done = {
    stop: [t("{name}'s number is off the list", { name: first }), t("No more calls or texts, from any of us.")],
    wrong_person: [t("Wrong person"), t("This number is taken off their name.")],
    another_language: [t("They prefer another language"), t("Someone who speaks it will be in touch.")],
    call_later: [t("Another time"), t("Say it back in a text, so you both have it.")],
  };
  const later = ending && ending.outcome === "callback" && !m.walk.engine;
  const [title, why] = done[m.walk.engine] || (later ? [t("A better time"), t("Agree when, then let them go.")] : [t("Time to say goodbye"), t("One last text, then wrap up.")]);
  return h("section.card.goodbye", { key: "goodbye" }, h("h3", null, title), h("p", null, why), later && laterChips(m),
    h("p.askrow", null, h("button.btn.pri", { type: "button", disabled: !m.holder, onclick: () => m.act.wrapUp() }, t("On to wrap-up")),
      !isFinal(m.walk) && h("button.btn.quiet", { type: "button", disabled: !m.holder, onclick: () => m.act.again() }, t("They're still writing: go back"))));
}

/** @param {any} m */
export function side(m) {
  const step = stepOf(m.script, m.walk.step);
  return h("aside.side", { key: "side", "aria-label": t("Words, notes and history") }, besides(m, step));
}

/** Their words, what this step listens for, notes, and what was before. @param {any} m @param {any} step */
export function besides(m, step) {
  const words = wordsCard(m);
  return [
    words && h("section", { key: "words" }, h("h2", null, t("{name}'s words", { name: m.server.person.first_name })), h("p.hint", null, t("Select words in a text, or type them the way you'll say them back: “your…”")), words),
    step && captures(m, step), notes(m), before(m),
  ];
}
