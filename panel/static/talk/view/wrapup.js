// @ts-check
// Wrap-up, under thirty seconds: the outcome is set from the lights, what was agreed is one sentence to check, and
// every promise shows exactly what will happen and when.

import { askOf, say } from "../script.js";
import { cost, curly } from "../slots.js";
import { callLive } from "../model.js";
import { isTime, spokenWhen } from "../when.js";
import { callLine, resultWords, savedWords } from "../call.js";
import { closed, committed, mayRemind, promised, unready } from "../wrap.js";
import { h, icon } from "../dom.js";
import { byChips, followChips } from "./next.js";

const ENDS = [
  ["Clear yes", { outcome: "commitment", answer: "clear_yes" }], ["Not sure", { outcome: "connected", answer: "unsure" }],
  ["No thanks", { outcome: "no_thanks", answer: "hard_no" }], ["Good talk, no ask", { outcome: "connected", answer: "" }],
  ["Call me later", { outcome: "callback", answer: "" }],
];
const CLOSED = { opt_out: "Asked us to stop", bad_number: "Wrong person", needs_language: "Another language" };
const SUPPORT = [["strong_yes", "Strong yes"], ["leaning_yes", "Leaning yes"], ["unsure", "Unsure"], ["leaning_no", "Leaning no"], ["no", "No"], ["not_heard", "Didn't come up"]];
const FEELINGS = [["good", "Good"], ["okay", "Okay"], ["hard", "That was hard"]];
/** @type {Record<string, string>} */
const REASONS = {
  before_commitment: "Reminder", after_commitment: "How did it go?", scheduled_call: "Call back", revisit: "Check in again",
  maintenance: "Check in", first_week: "First week", needs_language: "Call in their language",
};

/** @param {any} m */
export function wrapup(m) {
  const f = m.form;
  const first = m.server.person.first_name;
  return [h("div.wrapg", { key: "wrap" },
    h("div.stack", { key: "left" },
      panel("How did it end?", "o", ending(m, f), "end"),
      !closed(f) && panel("What was agreed", "", agreed(m, f, first), "agreed"),
      !closed(f) && promisedPanel(m, f, first)),
    h("div.stack", { key: "right" },
      panel("And you?", "y", h("div.row", { role: "radiogroup", "aria-labelledby": "y" }, FEELINGS.map(([v, words]) => option(words, f.feeling === v, () => m.act.wrap({ feeling: f.feeling === v ? "" : v }))),
        h("p.meta.grow", null, "“Hard” asks a coordinator to check in with you. It is never a score.")), "you"),
      !closed(f) && m.server.person.text_allowed && recap(m, f),
      panel("What else came out of it?", "e", learned(m, f), "else"),
      panel("Where do they stand?", "s", stand(m, f), "stand")))];
}

/** @param {string} title @param {string} id @param {any} inside @param {string} key */
const panel = (title, id, inside, key) => h("section.card", { key }, h("h2", { id: id || null }, title), inside);

/** @param {string} words @param {boolean} on @param {() => void} go */
const option = (words, on, go) => h("button.opt", { type: "button", key: words, role: "radio", "aria-checked": String(on), onclick: go }, on && icon("check"), words);

/** @param {any} m @param {any} f */
function ending(m, f) {
  return [
    h("div.chips", { key: "ends", role: "radiogroup", "aria-labelledby": "o" },
      ENDS.map(([words, set]) => option(/** @type {string} */ (words), f.outcome === /** @type {any} */ (set).outcome && f.answer === /** @type {any} */ (set).answer, () => m.act.wrap(set))),
      Object.entries(CLOSED).filter(([o]) => f.outcome === o).map(([, words]) => option(words, true, () => {}))),
    h("div.chips.more", { key: "more" },
      h("button.chip.small", { type: "button", "aria-pressed": String(f.cut_short), onclick: () => m.act.wrap({ cut_short: !f.cut_short }) }, "It was cut short"),
      [["wrong_person", "Wrong person"], ["stop", "Asked us to stop"], ["another_language", "Another language"]].map(([what, words]) =>
        h("button.btn.quiet.saidbtn", { type: "button", key: what, onclick: () => m.act.said(what) }, words))),
    cutOff(m),
  ];
}

/** The line may drop in the middle of a sentence; nothing typed is lost by calling back. @param {any} m */
function cutOff(m) {
  const { call } = m.server;
  if (!call || call.state !== "ended" || call.result !== "answered" || m.ui.hungUp) return null;
  return h("p.row.cut", { key: "cut" }, h("span.meta", null, call.sentence || "Did the line drop?"),
    h("button.btn", { type: "button", disabled: !m.holder || m.busy("redial"), onclick: () => m.act.redial() }, icon("phone"), "Call back"));
}

/** The agreed sentence; each word in it is changed where it stands. @param {any} m @param {any} f @param {string} first */
function agreed(m, f, first) {
  const pick = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ gap) =>
    h("button.pick", { type: "button", key: name, class: words ? "" : "gap", "aria-expanded": String(m.ui.editing === name), onclick: () => m.act.edit(m.ui.editing === name ? "" : name) }, curly(words || gap));
  const at = (/** @type {string} */ v) => (isTime(v) ? spokenWhen(v, "en") : "");
  const how = { call: "call", text: "text" };
  return [
    h("p.sent", { key: "sent" }, `${first} will `, pick("what", f.what, "do what?"), " on ", pick("by_when", at(f.by_when), "which day?"), ". I’ll ",
      pick("follow_how", /** @type {any} */ (how)[f.follow_how] || "", "call or text"), " on ", pick("follow_when", at(f.follow_when), "when?"), "."),
    m.ui.editing && ["what", "by_when", "follow_how", "follow_when"].includes(m.ui.editing) && editor(m, f, m.ui.editing),
  ];
}

/** @param {any} m @param {any} f @param {string} name */
function editor(m, f, name) {
  if (name === "what") {
    const asks = (m.script.asks || []).map((/** @type {any} */ a) => say(a.label, m.walk.locale));
    return h("div.editor", { key: name }, h("label.vh", { for: "e-what" }, "What they'll do"),
      h("input.input", { id: "e-what", maxlength: 140, value: f.what, oninput: (/** @type {any} */ e) => m.act.wrap({ what: e.target.value }) }),
      h("div.chips", null, asks.map((/** @type {string} */ a) => h("button.chip.small", { type: "button", key: a, "aria-pressed": String(f.what === a), onclick: () => m.act.wrap({ what: a }) }, curly(a)))));
  }
  if (name === "follow_how") {
    return h("div.editor", { key: name }, h("div.chips", null, [["call", "Call"], ["text", "Text"]].map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, "aria-pressed": String(f.follow_how === v), disabled: v === "text" && !m.server.person.text_allowed, onclick: () => m.act.wrap({ follow_how: v }) }, words))));
  }
  const chips = name === "by_when" ? byChips(m) : followChips(m);
  return h("div.editor", { key: name },
    h("div.chips", null, chips.map(([words, local]) => h("button.chip.small", { type: "button", key: words, "aria-pressed": String(f[name] === local), onclick: () => m.act.wrap({ [name]: local }) }, words))),
    h("label.vh", { for: `e-${name}` }, "Date and time, theirs"),
    h("input.input", { id: `e-${name}`, type: "datetime-local", value: isTime(f[name]) ? f[name] : "", onchange: (/** @type {any} */ e) => m.act.wrap({ [name]: e.target.value }) }),
    h("p.meta", null, `${m.server.person.first_name}'s time. It is ${m.server.person.time_there} there now.`));
}

/** Everything that follows, with its words and its hour. @param {any} m @param {any} f @param {string} first */
function promisedPanel(m, f, first) {
  const list = promised(m.wrapContext, f);
  const texts = list.some((p) => p.channel === "text" && !p.off);
  return panel("What happens next", "", [
    list.length === 0 && h("p.meta", { key: "none" }, committed(f) || f.what ? "Pick a day above, and it lands on your list." : "Nothing is promised. That's fine."),
    list.map((p) => h("div.promise", { key: p.key, class: p.off ? "off" : "" },
      h("div.row", null, icon(p.channel === "text" ? "say" : "phone"),
        h("b", null, REASONS[p.reason] || p.reason), h("span", null, `${p.channel === "text" ? "text" : "you call"}, ${p.in_minutes ? "in 1 minute" : spokenWhen(p.local || "", "en")}`),
        p.channel === "text" && h("span.badge", { class: p.auto ? "go" : "" }, p.auto ? "Sends itself" : "Waits for you to press Send"),
        h("button.btn.quiet.push", { type: "button", "aria-pressed": String(p.off), onclick: () => m.act.wrap({ off: { ...f.off, [p.key]: !p.off } }) }, p.off ? "Put back" : "Leave out")),
      p.channel === "text" && !p.off && [
        m.ui.editing === `body-${p.key}`
          ? h("textarea.input", { key: "edit", "aria-label": "The text", rows: 3, value: p.body, oninput: (/** @type {any} */ e) => m.act.wrap({ bodies: { ...f.bodies, [p.key]: e.target.value } }) })
          : h("p.bubble", { key: "bubble" }, p.body),
        h("div.row.meta", { key: "cost" }, h("span", null, cost(p.body)), h("button.btn.quiet.push", { type: "button", onclick: () => m.act.edit(m.ui.editing === `body-${p.key}` ? "" : `body-${p.key}`) }, m.ui.editing === `body-${p.key}` ? "Done" : "Change the words")),
      ])),
    texts && !mayRemind(m.wrapContext, f) && h("p.meta", { key: "consent" }, `${first} hasn't said that texts are fine, so nothing sends itself. `,
      h("button.linky", { type: "button", onclick: () => m.act.wrap({ text_ok: "yes" }) }, `${first} said yes to texts`)),
  ], "promised");
}

/** A person presses Send; it goes with the wrap-up. @param {any} m @param {any} f */
function recap(m, f) {
  const editing = m.ui.editing === "recap";
  return panel("Text the plan", "", [
    editing ? h("textarea.input", { key: "edit", "aria-label": "The text", rows: 4, value: f.recap, oninput: (/** @type {any} */ e) => m.act.wrap({ recap: e.target.value }) })
      : h("p.bubble", { key: "bubble", class: f.recap_send ? "sent" : "" }, f.recap),
    h("div.row.meta", { key: "foot" }, h("span", null, f.recap_send ? "Goes out when you save." : cost(f.recap)),
      h("span.row.push", null,
        !f.recap_send && h("button.btn", { type: "button", key: "edit", onclick: () => m.act.edit(editing ? "" : "recap") }, editing ? "Done" : "Edit"),
        f.recap_send ? h("button.btn", { type: "button", key: "undo", onclick: () => m.act.wrap({ recap_send: false }) }, "Don't send")
          : h("button.btn.alt", { type: "button", key: "send", disabled: !f.recap, onclick: () => m.act.sendRecap() }, "Send text"))),
  ], "recap");
}

/** @param {any} m @param {any} f */
function learned(m, f) {
  const opponent = (m.script.facts || {}).opponent;
  const tags = [["place", "About the place"], ["plan", "How our plan lands"], ["opponent", opponent ? `How ${say(opponent.value, "en").split(" ")[0]} works` : "How the other side works"], ["someone", "Someone to meet"]];
  return [
    h("div.chips", { key: "tags", role: "group", "aria-labelledby": "e" }, tags.map(([tag, words]) => {
      const on = tag in f.learned;
      const { [tag]: _, ...without } = f.learned;
      return h("button.chip", { type: "button", key: tag, "aria-pressed": String(on), onclick: () => m.act.wrap({ learned: on ? without : { ...f.learned, [tag]: "" } }, on ? "" : `learned-${tag}`) }, words);
    })),
    tags.filter(([tag]) => tag in f.learned).map(([tag, words]) => h("div.field", { key: tag }, h("label", { for: `learned-${tag}` }, words),
      h("textarea.input", { id: `learned-${tag}`, rows: 1, maxlength: 280, placeholder: "One line", value: f.learned[tag], oninput: (/** @type {any} */ e) => m.act.wrap({ learned: { ...f.learned, [tag]: e.target.value } }) }))),
  ];
}

/** @param {any} m @param {any} f */
function stand(m, f) {
  const ask = askOf(m.script, m.walk.ask);
  return [
    h("div.chips.tight", { key: "support", role: "radiogroup", "aria-labelledby": "s" }, SUPPORT.map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, role: "radio", "aria-checked": String(f.support === v), onclick: () => m.act.wrap({ support: v }) }, words))),
    h("label.tick", { key: "leader" }, h("input", { type: "checkbox", checked: f.leader, onchange: (/** @type {any} */ e) => m.act.wrap({ leader: e.target.checked }, e.target.checked ? "leader-why" : "") }), "Others listen to them: someone to build with"),
    f.leader && h("div.field", { key: "why" }, h("label.vh", { for: "leader-why" }, "Why"),
      h("input.input", { id: "leader-why", maxlength: 140, placeholder: "One line why", value: f.leader_why, oninput: (/** @type {any} */ e) => m.act.wrap({ leader_why: e.target.value }) })),
    ask && f.answer === "clear_yes" && h("p.meta", { key: "sign" }, m.walk.sign === "named_day" ? "They named a day or a time." : m.walk.sign === "asked_details" ? "They asked for details." : ""),
  ];
}

/** @param {any} m */
export function wrapFoot(m) {
  const s = savedWords(m.status, m.server.call, m.durable);
  const live = callLive(m.server.call);
  const missing = unready(m.form);
  const stopped = !m.holder || live || Boolean(missing) || m.ui.saving;
  return h("footer.lights", { key: "lights", "aria-label": "Save" }, h("div.foot", null,
    h("button.btn.quiet", { type: "button", key: "back", onclick: () => m.act.back() }, "Back to my notes"),
    h("p.saved", { class: s.tone, key: "saved" }, icon(s.tone === "ok" ? "check" : "clock"), h("span", null, live ? "The call is still on. End it, then save." : missing || s.words)),
    h("button.btn", { type: "button", key: "break", disabled: stopped, onclick: () => m.act.save("break") }, "Save, take a break"),
    h("button.btn.pri", { type: "button", key: "save", disabled: stopped, onclick: () => m.act.save("next") }, "Save, next person", m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, "Ctrl Enter"))));
}

/** No talk came of it, or everything is saved: what happened, and one way on. @param {any} m */
export function ended(m) {
  const { call, person } = m.server;
  if (m.screen === "saved") {
    const waiting = m.ui.sent && m.status.phase !== "saved";
    const s = savedWords(m.status, null, m.durable);
    return [card("check", waiting ? "Saved here" : "Saved", waiting ? `${s.words} ${m.durable ? "You can close this page; it goes the next time you open one." : "Keep this page open."}` : `Thank you. Your talk with ${person.first_name} is with us.`,
      h("a.btn.pri.big", { href: m.ui.next || "/shift" }, m.ui.then === "break" ? "Take your break" : "Next person"))];
  }
  const words = resultWords(call, person.first_name);
  const line = callLine(call, m.now);
  return [card(call.our_fault ? "warn" : "phone", words.title, words.detail,
    call.our_fault
      ? [h("button.btn.pri.big", { type: "button", key: "retry", disabled: !m.holder || m.busy("retry"), onclick: () => m.act.retry() }, `Try ${person.first_name} again`), h("a.btn.quiet", { key: "on", href: "/shift" }, "Leave it for later")]
      : h("a.btn.pri.big", { href: "/shift", id: "next-person" }, "Next person"),
    call.our_fault ? "ours" : "", line.time)];
}

/** @param {string} ic @param {string} title @param {string} why @param {any} actions @param {string} [tone] @param {string} [time] */
const card = (ic, title, why, actions, tone = "", time = "") => h("section.card.closing", { key: "closing", class: tone },
  h("span.mark", { "aria-hidden": "true" }, icon(ic)), h("h2", { id: "step-title", tabindex: "-1" }, curly(title)), h("p", null, curly(why)), time && h("p.meta", null, `It lasted ${time}.`), h("div.row", null, actions));
