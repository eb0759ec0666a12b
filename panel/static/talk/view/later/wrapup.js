// @ts-check
// Wrap-up, under thirty seconds: the outcome is set from the lights, what was agreed is one sentence to check, and
// every promise shows exactly what will happen and when.

import { count, language, t } from "../../../js/words.js";
import { askOf, say } from "../../script.js";
import { curly, segments } from "../../slots.js";
import { callLive, offLine } from "../../model.js";
import { clockHere, isTime, plusMinutes, spokenWhen } from "../../when.js";
import { callLine, resultWords, savedWords } from "../../call.js";
import { closed, committed, mayRemind, movedRow, promised, readBack, unready } from "../../wrap.js";
import { h, icon } from "../../dom.js";
import { byChips, followChips } from "../next.js";

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
  maintenance: "Check in", first_week: "First week", needs_language: "Call in their language", unanswered_text: "If they don’t answer", find_out: "Tell them what you found out",
};

/** @param {any} m */
export function wrapup(m) {
  const f = m.form;
  const first = m.server.person.first_name;
  // What happens next stands in sight without scrolling; what is kept for later comes below.
  return [h("div.wrapg", { key: "wrap" },
    h("div.stack", { key: "plan" },
      panel(t("How did it end?"), "o", ending(m, f), "end"),
      !closed(f) && panel(t("What was agreed"), "", agreed(m, f, first), "agreed")),
    h("div.stack", { key: "next" },
      !closed(f) && promisedPanel(m, f, first),
      panel(t("And you?"), "y", you(m, f), "you")),
    h("div.stack", { key: "kept" },
      !closed(f) && m.server.person.text_allowed && recap(m, f),
      panel(t("What else came out of it?"), "e", learned(m, f), "else")),
    h("div.stack", { key: "them" },
      panel(t("Where do they stand?"), "s", stand(m, f), "stand"),
      panel(t("How is the name said?"), "", sayName(m, f), "name")))];
}

/** @param {any} m @param {any} f */
const you = (m, f) => [
  h("div.row", { key: "row", role: "radiogroup", "aria-labelledby": "y" }, FEELINGS.map(([v, words]) => option(t(words), f.feeling === v, () => m.act.wrap({ feeling: f.feeling === v ? "" : v })))),
  h("p.meta", { key: "why" }, f.feeling === "hard" ? t("Thank you for saying so. Take a breather: nobody is called for you until you're back. A coordinator will look in on you.") : t("“Hard” asks a coordinator to check in with you. It is never a score.")),
];

/** Learned in the talk, so that the next of us says it right. @param {any} m @param {any} f */
const sayName = (m, f) => h("div.field", null, h("label.vh", { for: "say-name" }, t("How is the name said?")),
  h("input.input", { id: "say-name", maxlength: 120, autocomplete: "off", placeholder: t("see-oh-MAH-rah: capitals carry the stress"), value: f.say_name, oninput: (/** @type {any} */ e) => m.act.wrap({ say_name: e.target.value }) }));

/** @param {string} title @param {string} id @param {any} inside @param {string} key */
const panel = (title, id, inside, key) => h("section.card", { key }, h("h2", { id: id || null }, title), inside);

/** @param {string} words @param {boolean} on @param {() => void} go */
const option = (words, on, go) => h("button.opt", { type: "button", key: words, role: "radio", "aria-checked": String(on), onclick: go }, icon("check"), words);

/** @param {any} m @param {any} f */
function ending(m, f) {
  return [
    h("div.chips", { key: "ends", role: "radiogroup", "aria-labelledby": "o" },
      ENDS.map(([words, set]) => option(t(/** @type {string} */ (words)), f.outcome === /** @type {any} */ (set).outcome && f.answer === /** @type {any} */ (set).answer, () => m.act.wrap(set))),
      Object.entries(CLOSED).filter(([o]) => f.outcome === o).map(([, words]) => option(t(words), true, () => {}))),
    h("div.chips.more", { key: "more" },
      h("button.chip.small", { type: "button", "aria-pressed": String(f.cut_short), onclick: () => m.act.wrap({ cut_short: !f.cut_short }) }, t("It was cut short")),
      cutOff(m),
      [["wrong_person", "Wrong person"], ["stop", "Asked us to stop"], ["another_language", "Another language"]].map(([what, words]) =>
        h("button.btn.quiet.saidbtn", { type: "button", key: what, onclick: () => m.act.said(what) }, t(words)))),
  ];
}

/** The line may drop in the middle of a sentence; nothing typed is lost by calling back. @param {any} m */
function cutOff(m) {
  const { call } = m.server;
  if (!call || call.state !== "ended" || call.result !== "answered" || m.ui.hungUp) return null;
  return h("span.row.cut", { key: "cut" }, h("span.meta", null, call.sentence || t("Did the line drop?")),
    h("button.btn", { type: "button", disabled: !m.holder || m.busy("redial"), onclick: () => m.act.redial() }, icon("phone"), t("Call back")));
}

/** The agreed sentence; each word in it is changed where it stands, in whatever order a language puts them. @param {any} m @param {any} f @param {string} first */
function agreed(m, f, first) {
  const at = (/** @type {string} */ v) => (isTime(v) ? spokenWhen(v, language) : "");
  /** @type {Record<string, string>} */
  const how = { call: t("call them"), text: t("text them") };
  /** @type {Record<string, [string, string]>} */
  const words = {
    what: [f.what, t("do what?")], by_when: [at(f.by_when), t("which day?")],
    follow_how: [how[f.follow_how] || "", t("call or text")], follow_when: [at(f.follow_when), t("when?")],
  };
  const pick = (/** @type {string} */ name) => {
    const [known, gap] = words[name];
    return h("button.pick", { type: "button", key: name, class: known ? "" : "gap", "aria-expanded": String(m.ui.editing === name), onclick: () => m.act.edit(m.ui.editing === name ? "" : name) }, curly(known || gap));
  };
  const sentence = t("{name} will {what} on {by_when}. I’ll {follow_how} on {follow_when}.").replace("{name}", first).split(/\{(\w+)\}(\p{P}?)/u);
  return [
    h("p.sent", { key: "sent" }, sentence.map((part, i) => (i % 3 === 0 ? part : i % 3 === 1 ? h("span.glue", { key: part }, pick(part), words[part][0] || !/[?.]$/.test(words[part][1]) ? sentence[i + 1] : "") : null))),
    m.ui.editing in words && editor(m, f, m.ui.editing),
    readBack(m.wrapContext, f) && h("div.readback", { key: "back" }, h("span.meta", null, t("Say it back:")), h("p.spoken", { lang: m.walk.locale }, `“${curly(readBack(m.wrapContext, f))}”`)),
    h("div.beside", { key: "beside" }, oneLine(m, "barrier", t("What could get in the way"), f.barrier), oneLine(m, "buddy", t("Who comes along"), f.buddy)),
  ];
}

/** A line that is there once it was heard, and a press away before. @param {any} m @param {string} name @param {string} label @param {string} value */
const oneLine = (m, name, label, value) => !value && m.ui.editing !== `wrap-${name}` ? h("button.linky", { type: "button", key: name, onclick: () => m.act.edit(`wrap-${name}`) }, `+ ${label}`) : h("div.field", { key: name }, h("label", { for: `wrap-${name}` }, label),
  h("input.input", { id: `wrap-${name}`, maxlength: 200, autocomplete: "off", value, oninput: (/** @type {any} */ e) => m.act.wrap({ [name]: e.target.value }) }));

/** @param {any} m @param {any} f @param {string} name */
function editor(m, f, name) {
  if (name === "what") {
    const asks = (m.script.asks || []).map((/** @type {any} */ a) => say(a.label, m.walk.locale));
    return h("div.editor", { key: name }, h("label.vh", { for: "e-what" }, t("What they'll do")),
      h("input.input", { id: "e-what", maxlength: 140, value: f.what, oninput: (/** @type {any} */ e) => m.act.wrap({ what: e.target.value }) }),
      h("div.chips", null, asks.map((/** @type {string} */ a) => h("button.chip.small", { type: "button", key: a, "aria-pressed": String(f.what === a), onclick: () => m.act.wrap({ what: a }) }, curly(a)))));
  }
  if (name === "follow_how") {
    return h("div.editor", { key: name }, h("div.chips", null, [["call", t("Call")], ["text", t("Text")]].map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, "aria-pressed": String(f.follow_how === v), disabled: v === "text" && !m.server.person.text_allowed, onclick: () => m.act.wrap({ follow_how: v }) }, words))));
  }
  const chips = name === "by_when" ? byChips(m) : followChips(m);
  return h("div.editor", { key: name },
    h("div.chips", null, chips.map(([words, local]) => h("button.chip.small", { type: "button", key: words, "aria-pressed": String(f[name] === local), onclick: () => m.act.wrap({ [name]: local, times: {} }) }, words))),
    h("label.vh", { for: `e-${name}` }, t("Date and time, theirs")),
    h("input.input", { id: `e-${name}`, type: "datetime-local", value: isTime(f[name]) ? f[name] : "", onchange: (/** @type {any} */ e) => m.act.wrap({ [name]: e.target.value, times: {} }) }),
    h("p.meta", null, t("All times are {name}'s: it is {time} there now.", { name: m.server.person.first_name, time: m.server.person.time_there })));
}

/** Everything that follows, with its words and its hour. @param {any} m @param {any} f @param {string} first */
function promisedPanel(m, f, first) {
  const list = promised(m.wrapContext, f);
  const texts = list.some((p) => p.channel === "text" && !p.off);
  return panel(t("What happens next"), "", [
    list.length === 0 && h("p.meta", { key: "none" }, committed(f) || f.what ? t("Pick a day above, and it lands on your list.") : t("Nothing is promised. That's fine.")),
    list.map((p) => promise(m, f, p)),
    texts && m.wrapContext.byHand && h("p.meta", { key: "hand" }, t("Two promises of {name}'s in a row did not happen, so nothing sends itself: you press Send.", { name: first })),
    texts && !m.wrapContext.byHand && !mayRemind(m.wrapContext, f) && h("p.meta", { key: "consent" }, t("{name} hasn't said that texts are fine, so nothing sends itself.", { name: first }), " ",
      h("button.linky", { type: "button", onclick: () => m.act.wrap({ text_ok: "yes" }) }, t("{name} said yes to texts", { name: first }))),
  ], "promised");
}

/** @param {any} m @param {any} f @param {import("../../wrap.js").Promised} p */
function promise(m, f, p) {
  const when = p.in_minutes ? t("in 1 minute") : spokenWhen(p.local || "", language);
  const asked = p.reason === "find_out";
  const what = p.waits ? t("you call, from {when}", { when }) : p.channel === "text" ? t("text, {when}", { when }) : t("you call, {when}", { when });
  const moving = `when-${p.key}`, moves = !p.off && !p.waits && !asked;
  return h("div.promise", { key: p.key, class: p.off ? "off" : "" },
    h("div.row.told", null, icon(p.channel === "text" ? "say" : "phone"),
      h("span.grow", null, h("b", null, t(REASONS[p.reason] || p.reason)), " ", h("span", null, what)),
      moves && h("button.btn.quiet", { type: "button", key: "time", id: `time-${p.key}`, "aria-expanded": String(m.ui.editing === moving), onclick: () => m.act.edit(m.ui.editing === moving ? "" : moving) }, t("Change the time")),
      h("button.btn.quiet", { type: "button", key: "off", "aria-pressed": String(p.off), onclick: () => m.act.wrap({ off: { ...f.off, [p.key]: !p.off } }) }, p.off ? t("Put back") : t("Leave out"))),
    moves && m.ui.editing === moving && h("div.field", { key: "moved" }, h("label", { for: `e-${moving}` }, t("Date and time, theirs")),
      h("input.input.pickday", { id: `e-${moving}`, type: "datetime-local", value: p.local || "", ...bounds(m, f, p), onchange: (/** @type {any} */ e) => e.target.value && m.act.wrap(movedRow(f, p, e.target.value)) })),
    asked && !p.off && [
      h("p.spoken", { key: "asked" }, `“${p.body}”`),
      h("div.field", { key: "when" }, h("label.vh", { for: moving }, t("When do you tell them?")),
        h("input.input.pickday", { id: moving, type: "datetime-local", value: p.local, onchange: (/** @type {any} */ e) => e.target.value && m.act.wrap({ found: { ...f.found, [p.key.slice("find_out-".length)]: e.target.value } }) })),
    ],
    p.channel === "text" && !p.off && textOf(m, f, p));
}

/** The hours at which a row makes sense: a reminder before what was promised, the question how it went after it. @param {any} m @param {any} f @param {import("../../wrap.js").Promised} p */
const bounds = (m, f, p) => (!committed(f) ? {} : p.reason === "before_commitment" ? { max: plusMinutes(f.by_when, -1) } : p.reason === "after_commitment" ? { min: f.by_when } : {});

/** The words of a text, how it goes, and a way to change them. @param {any} m @param {any} f @param {import("../../wrap.js").Promised} p */
function textOf(m, f, p) {
  const editing = m.ui.editing === `body-${p.key}`, press = `words-${p.key}`;
  return [
    editing ? h("textarea.input", { key: "edit", id: `e-body-${p.key}`, "aria-label": t("The text"), rows: 3, value: p.body, oninput: (/** @type {any} */ e) => m.act.wrap({ bodies: { ...f.bodies, [p.key]: e.target.value } }) })
      : h("p.bubble", { key: "bubble", lang: m.walk.locale }, p.body),
    h("div.row.meta", { key: "cost" }, h("span.badge", { class: p.auto ? "go" : "" }, p.auto ? t("Sends itself") : t("Waits for you to press Send")), h("span", null, textCost(p.body)),
      h("button.btn.quiet.push", { type: "button", id: press, onclick: () => (editing ? m.act.edit("", press) : m.act.edit(`body-${p.key}`)) }, editing ? t("Done") : t("Change the words"))),
  ];
}

/** @param {string} text "1 text, 141 characters" */
function textCost(text) {
  const s = segments(text);
  return t("{texts}, {characters}", { texts: count(s.segments, "text", "texts"), characters: count(s.characters, "character", "characters") });
}

/** A person presses Send; it goes with the wrap-up. @param {any} m @param {any} f */
function recap(m, f) {
  const editing = m.ui.editing === "recap";
  return panel(t("Text the plan"), "", [
    editing ? h("textarea.input", { key: "edit", id: "e-recap", "aria-label": t("The text"), rows: 4, value: f.recap, oninput: (/** @type {any} */ e) => m.act.wrap({ recap: e.target.value }) })
      : h("p.bubble", { key: "bubble", class: f.recap_send ? "sent" : "", lang: m.walk.locale }, f.recap),
    h("div.row.meta", { key: "foot" }, h("span", null, f.recap_send ? t("Goes out when you save.") : textCost(f.recap)),
      h("span.row.push", null,
        !f.recap_send && h("button.btn", { type: "button", key: "edit", id: "recap-edit", onclick: () => (editing ? m.act.edit("", "recap-edit") : m.act.edit("recap")) }, editing ? t("Done") : t("Edit")),
        f.recap_send ? h("button.btn", { type: "button", key: "undo", onclick: () => m.act.wrap({ recap_send: false }) }, t("Don't send"))
          : h("button.btn.alt", { type: "button", key: "send", disabled: !f.recap, onclick: () => m.act.sendRecap() }, t("Send text")))),
  ], "recap");
}

/** @param {any} m @param {any} f */
function learned(m, f) {
  const opponent = (m.script.facts || {}).opponent;
  const tags = [["place", t("About the place")], ["plan", t("How our plan lands")], ["opponent", opponent ? t("How {opponent} works", { opponent: say(opponent.value, language).split(" ")[0] }) : t("How the other side works")], ["someone", t("Someone to meet")]];
  return [
    h("div.chips", { key: "tags", role: "group", "aria-labelledby": "e" }, tags.map(([tag, words]) => {
      const on = tag in f.learned;
      const { [tag]: _, ...without } = f.learned;
      return h("button.chip", { type: "button", key: tag, "aria-pressed": String(on), onclick: () => m.act.wrap({ learned: on ? without : { ...f.learned, [tag]: "" } }, on ? "" : `learned-${tag}`) }, words);
    })),
    tags.filter(([tag]) => tag in f.learned).map(([tag, words]) => h("div.field", { key: tag }, h("label", { for: `learned-${tag}` }, words),
      h("textarea.input", { id: `learned-${tag}`, rows: 1, maxlength: 280, placeholder: t("One line"), value: f.learned[tag], oninput: (/** @type {any} */ e) => m.act.wrap({ learned: { ...f.learned, [tag]: e.target.value } }) }))),
  ];
}

/** @param {any} m @param {any} f */
function stand(m, f) {
  const ask = askOf(m.script, m.walk.ask);
  return [
    h("div.chips.tight", { key: "support", role: "radiogroup", "aria-labelledby": "s" }, SUPPORT.map(([v, words]) =>
      h("button.chip.small", { type: "button", key: v, role: "radio", "aria-checked": String(f.support === v), onclick: () => m.act.wrap({ support: v }) }, t(words)))),
    h("label.tick", { key: "leader" }, h("input", { type: "checkbox", checked: f.leader, onchange: (/** @type {any} */ e) => m.act.wrap({ leader: e.target.checked }, e.target.checked ? "leader-why" : "") }), t("Others listen to them: someone to build with")),
    f.leader && h("div.field", { key: "why" }, h("label.vh", { for: "leader-why" }, t("Why")),
      h("input.input", { id: "leader-why", maxlength: 140, placeholder: t("One line why"), value: f.leader_why, oninput: (/** @type {any} */ e) => m.act.wrap({ leader_why: e.target.value }) })),
    ask && f.answer === "clear_yes" && h("p.meta", { key: "sign" }, m.walk.sign === "named_day" ? t("They named a day or a time.") : m.walk.sign === "asked_details" ? t("They asked for details.") : ""),
  ];
}

/** @param {any} m */
export function wrapFoot(m) {
  const s = savedWords(m.status, m.server.call, m.durable);
  // Offline we cannot see the call: it may be long over, and a wrap-up never waits for a network.
  const live = callLive(m.server.call) && m.status.phase !== "offline";
  const missing = unready(m.form);
  const stopped = !m.holder || live || Boolean(missing) || m.ui.saving;
  return h("footer.lights", { key: "lights", "aria-label": t("Save") }, h("div.foot", null,
    h("button.btn.quiet", { type: "button", key: "back", onclick: () => m.act.back() }, t("Back to my notes")),
    h("p.saved", { class: s.tone, key: "saved" }, icon(s.tone === "ok" ? "check" : "clock"), h("span", null, live ? t("The call is still on. End it, then save.") : missing || s.words)),
    !offLine(m) && h("button.btn", { type: "button", key: "break", class: m.form.feeling === "hard" ? "alt" : "", disabled: stopped, onclick: () => m.act.save("break") }, t("Save, take a break")),
    h("button.btn.pri", { type: "button", key: "save", disabled: stopped, onclick: () => m.act.save("next") }, offLine(m) ? t("Save") : t("Save, next person"), m.ui.keysOn && h("kbd", { "aria-hidden": "true" }, t("Ctrl Enter")))));
}

/** No talk came of it, or everything is saved: what happened, and one way on. @param {any} m */
export function ended(m) {
  const { call, person } = m.server;
  if (m.screen === "saved") return saved(m);
  const words = resultWords(call, person.first_name);
  const line = callLine(call, m.now);
  return [card(call.our_fault ? "warn" : "phone", words.title, words.detail,
    call.our_fault
      ? [h("button.btn.pri.big", { type: "button", key: "retry", disabled: !m.holder || m.busy("retry"), onclick: () => m.act.retry() }, t("Try {name} again", { name: person.first_name })), h("a.btn.quiet", { key: "on", href: "/shift" }, t("Leave it for later"))]
      : h("a.btn.pri.big", { href: "/shift", id: "next-person" }, t("Next person")),
    call.our_fault ? "ours" : "", line.time)];
}

/** @param {string} ic @param {string} title @param {string} why @param {any} actions @param {string} [tone] @param {string} [time] */
const card = (ic, title, why, actions, tone = "", time = "") => h("section.card.closing", { key: "closing", class: tone },
  h("span.mark", { "aria-hidden": "true" }, icon(ic)), h("h2", { id: "step-title", tabindex: "-1" }, curly(title)), h("p", null, curly(why)), time && h("p.meta", null, t("It lasted {time}.", { time })), h("div.row", null, actions));

/** Everything is with us, or waits here for the internet; for ten minutes it can be taken back. @param {any} m */
function saved(m) {
  const { person } = m.server;
  const waiting = m.ui.sent && m.status.phase !== "saved";
  const words = savedWords(m.status, null, m.durable).words;
  const detail = !waiting ? t("Thank you. Your talk with {name} is with us.", { name: person.first_name })
    : m.durable ? t("{saved} You can close this page; it goes the next time you open one.", { saved: words }) : t("{saved} Keep this page open.", { saved: words });
  return [card("check", waiting ? t("Saved here") : t("Saved"), detail, [
    h("a.btn.pri.big", { key: "on", href: m.ui.next || (offLine(m) ? `/people/${person.id}` : "/shift") }, offLine(m) ? t("To their page") : m.ui.then === "break" ? t("Take your break") : t("Next person")),
    undo(m),
  ]), undoNote(m)];
}

/** @param {any} m */
function undo(m) {
  if (m.ui.sent && m.server.conversation.state !== "wrapped") return h("button.btn.quiet", { type: "button", key: "undo", onclick: () => m.act.unsave() }, t("Undo"));
  if (!m.server.undo_until || Date.parse(m.server.undo_until) <= m.now) return null;
  return h("form", { key: "undo", method: "post", action: `/talk/${m.server.conversation.id}/undo` }, h("button.btn.quiet", { type: "submit" }, t("Undo the wrap-up")));
}

/** @param {any} m */
const undoNote = (m) => m.server.undo_until && Date.parse(m.server.undo_until) > m.now && h("p.meta.undonote", { key: "undonote" },
  t("Undo works until {time}. Promises are cancelled, their words stay. A text that has left, and a number taken off, stay as they are.", { time: clockHere(Date.parse(m.server.undo_until), language) }));
