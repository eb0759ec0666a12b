// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apply, begin } from "../../walk.js";
import { ago, asleep, body, cost, hints, leaving, missing, unanswered, waiting, withBlanks } from "../draft.js";
import { after, BACK, DONE, END, FIRST, others, route, suggested } from "../lines.js";
import { joined, selected, slotsFor, tokens, trimmed } from "../pick.js";

const starter = (/** @type {string} */ id) => JSON.parse(readFileSync(new URL(`../../../../../script/testdata/scripts/${id}.json`, import.meta.url), "utf8"));
const script = starter("heat-recruitment");
const NOW = Date.parse("2026-11-24T22:46:00Z");

/** @param {any[]} [events] @param {any} [more] */
function talk(events = [], more = {}) {
  const doc = more.script || script;
  const walk = begin(doc, { ask: "meeting", locale: more.locale });
  const m = {
    script: doc, walk, events: [], ui: { drafts: {} }, now: NOW, holder: true, narrow: false,
    server: { person: { first_name: "Xiomara" }, org: "Alder Tenants", volunteer: { name: "Dana", stake: "", place: "" }, slots: {}, builtins: {}, conversation: { channel: "text" }, own: [] },
  };
  for (const [type, data] of events) assert.ok(apply(doc, walk, { type, data }), JSON.stringify(data));
  return m;
}
const light = (/** @type {string} */ step, colour = "green", more = {}) => ["light", { step, colour, ...more }];
const slot = (/** @type {string} */ name, /** @type {string} */ value) => ["slot", { name, value }];
const both = [slot("problem", "the cold"), slot("their_stake", "your youngest was ill")];
const toAsk = [light("intro"), ...both, light("stake"), light("agitate"), light("educate"), light("inoculate")];
const text = (/** @type {boolean} */ theirs, /** @type {string} */ words, minutes = 0, more = {}) => ({ id: String(minutes), theirs, body: words, at: new Date(NOW - minutes * 60000).toISOString(), when: "", who: "", note: "", bad: false, media: "", by_hand: !theirs, ...more });
const thread = (/** @type {any[]} */ texts = [], more = {}) => ({ texts, calls: [], draft: "1", first: !texts.length, why_not: "", last_reply: null, host: false, waiting: [], ...more });
const said = (/** @type {any} */ m, typed = null) => body(m, { typed, line: suggested(m) });

/** Sends what is suggested, and takes what follows into the trail. @param {any} m */
function send(m) {
  for (const e of after(m, suggested(m))) assert.ok(apply(m.script, m.walk, e), JSON.stringify(e));
}

test("each step opens with its own first line, filled from the talk", () => {
  assert.equal(said(talk()), "Hi Xiomara, it's Dana, your neighbor with Alder Tenants Union. How's the heat in your place this week? (Reply STOP to opt out)");
  assert.equal(said(talk([light("intro")])), "That sounds rough. What's been the hardest part for you?");
  assert.equal(said(talk([light("intro"), ...both, light("stake")])), "Who do you think could actually fix this if they wanted to?");
  assert.match(said(talk(toAsk)), /^We're deciding this together .+\. Can I count on you to come to the tenants' meeting\?$/);
  assert.match(said(talk([], { locale: "es" })), /^Hola Xiomara, soy Dana/);
});

test("after the first line comes the say-back line, and after that nothing is suggested", () => {
  const m = talk([light("intro"), ...both]);
  send(m);
  assert.equal(m.walk.lines.stake, BACK);
  assert.equal(said(m), "So you want the cold to change, because your youngest was ill. Have I got that right?");
  send(m);
  assert.equal(m.walk.lines.stake, DONE);
  assert.equal(suggested(m), null);
});

test("the plan goes one beat at a time", () => {
  const m = talk([light("intro"), ...both, light("stake"), light("agitate")]);
  const seen = [];
  for (let line = suggested(m); line; line = suggested(m)) {
    seen.push(line.id);
    send(m);
  }
  assert.deepEqual(seen, [FIRST, "a", "b", "c", "d"]);
});

test("a question that has gone counts as asked, and the ask is no longer swapped", () => {
  const m = talk(toAsk);
  send(m);
  assert.deepEqual([m.walk.ask_spoken, m.walk.mode, m.walk.step], [true, "step", "ask"]);
  assert.ok(!apply(m.script, m.walk, { type: "ask", data: { id: "sign" } }), "another ask after the question was sent");
  assert.ok(apply(m.script, m.walk, { type: "light", data: { step: "ask", colour: "yellow", id: "unsure" } }));
  assert.equal(suggested(m)?.kind, "probe", "after not sure, what lies behind it");
});

test("a yellow light offers a fresh question, and each is offered once", () => {
  const m = talk([light("intro"), light("stake", "yellow", { id: "keep" })]);
  assert.deepEqual([suggested(m)?.kind, suggested(m)?.id], ["probe", "why"]);
  send(m);
  assert.equal(suggested(m)?.id, "then");
});

test("no ask today suggests no question; a closed ask neither; a stop says nothing more", () => {
  const m = talk([["ask", { id: "none" }], ...toAsk]);
  assert.equal(suggested(m), null);
  const no = talk([...toAsk, light("ask", "not_now", { id: "hard" })]);
  assert.equal(suggested(no), null);
  const stop = talk([["engine", { what: "stop" }]]);
  assert.equal(suggested(stop), null);
});

test("a talk that ends has a last line, once", () => {
  const m = talk([light("intro", "not_now", { id: "no" })]);
  assert.equal(suggested(m)?.id, END);
  assert.ok(!missing(m, { typed: null, line: suggested(m) }).length);
  send(m);
  assert.equal(suggested(m), null);
});

test("every step of every starter script suggests a line that is whole or says what is missing", () => {
  for (const id of ["heat-recruitment", "maintenance-checkin", "escalation-next-rung", "agenda-any-1to1"]) {
    const doc = starter(id);
    for (const step of doc.steps) {
      const m = talk([], { script: doc });
      m.walk.step = step.id;
      for (const line of [...route(m, step), ...others(m).flatMap((g) => g.lines)]) {
        const d = { typed: null, line };
        assert.doesNotMatch(body(m, d), /[{}’“”]/, `${id}/${step.id}/${line.id}`);
        assert.equal(missing(m, d).length > 0, asleep(m, d, thread()) !== "", `${id}/${step.id}/${line.id}`);
      }
    }
  }
});

test("a line with a gap does not go: it says which word is missing, and words that come in fill it at once", () => {
  const m = talk([light("intro"), slot("problem", "the cold"), ["line", { step: "stake", id: BACK }]]);
  const d = { typed: null, line: suggested(m) };
  assert.deepEqual(missing(m, d), ["their stake"]);
  assert.equal(asleep(m, d, thread()), "One word is missing: their stake");
  assert.equal(withBlanks(m, d), "So you want the cold to change, because ___. Have I got that right?");
  assert.match(asleep(m, { ...d, typed: withBlanks(m, d) }, thread()), /blank/);
  m.ui.drafts = { their_stake: "your youngest was ill" }; // half typed is enough
  assert.equal(asleep(m, d, thread()), "");
  assert.match(body(m, d), /because your youngest was ill\./);
});

test("what keeps us from texting keeps Send asleep, whatever is written", () => {
  assert.equal(asleep(talk(), { typed: "Hello", line: null }, thread([], { why_not: "Xiomara asked us to stop." })), "Xiomara asked us to stop.");
});

test("segments and characters as they are typed, by what will leave", () => {
  assert.equal(cost("That sounds rough. What’s been the hardest part for you?"), "1 text, 56 characters");
  assert.equal(leaving("  “It’s” – fine… "), "\"It's\" - fine...");
  assert.equal(cost("x".repeat(161)), "2 texts, 161 characters");
  assert.equal(cost("¿Cómo va?"), "1 text, 9 characters");
  assert.equal(cost("ó".repeat(71)), "2 texts, 71 characters");
  assert.equal(cost("ñ".repeat(160)), "1 text, 160 characters", "ñ is in the plain alphabet");
});

test("accents are explained and kept; other signs are named", () => {
  assert.match(hints(talk(), "¿Cómo va?", thread([text(false, "Hi")]))[0], /70 characters instead of 160\. Keep them/);
  assert.match(hints(talk(), "See you 🙂", thread([text(false, "Hi")]))[0], /“🙂”/);
  assert.deepEqual(hints(talk(), "¿Mañana?", thread([text(false, "Hi")])), []);
});

test("the first text to a number names them and us, says STOP, and has no link", () => {
  const m = talk();
  assert.deepEqual(hints(m, said(m), thread()), [], "the script's own first line is whole");
  const bare = hints(m, "Hello, see www.example.org", thread());
  assert.equal(bare.length, 4);
  assert.match(bare.join(" "), /Xiomara.*Alder Tenants.*STOP.*No link/);
  assert.deepEqual(hints(m, "Hello", thread([text(false, "Hi")])), [], "only the first");
});

test("one question in a text", () => {
  assert.deepEqual(hints(talk(), "How are you? Is it cold?", thread([text(false, "Hi")])), ["Two questions. People answer one."]);
});

test("a second text waits for their answer or a day; what did not arrive is no text", () => {
  assert.equal(waiting(thread([text(true, "hi", 20), text(false, "Hello", 10)]), NOW), true);
  assert.equal(waiting(thread([text(false, "Hello", 20), text(true, "hi", 10)]), NOW), false);
  assert.equal(waiting(thread([text(false, "Hello", 24 * 60 + 1)]), NOW), false);
  assert.equal(waiting(thread([text(false, "Hello", 10, { bad: true })]), NOW), false);
  assert.equal(waiting(thread([text(false, "Reminder", 10, { by_hand: false })]), NOW), false);
  assert.equal(unanswered(thread([text(false, "one", 20), text(false, "two", 10, { bad: true })]))?.body, "one");
});

test("words of theirs fit their slot: one line, never cut within a word", () => {
  assert.equal(trimmed(" “kids room is\nfreezing again” ", 90), "kids room is freezing again");
  assert.equal(trimmed("one two three", 9), "one two");
  assert.equal(trimmed("x".repeat(20), 9), "x".repeat(9));
});

test("the slots of this step come first, and only those that words can fill", () => {
  assert.deepEqual(slotsFor(talk([light("intro")])).map((s) => s.name), ["problem", "their_stake", "objection"]);
  const educate = slotsFor(talk([...toAsk.slice(0, 5)]));
  assert.equal(educate[0].name, "objection");
  assert.ok(!educate.some((s) => s.name === "named_target"));
});

test("words are picked one by one and stand in their own order", () => {
  const words = "my youngest was in the hospital";
  assert.equal(tokens(words).length, 6);
  assert.equal(joined(words, [5, 1, 2]), "youngest was hospital");
});

test("a selection counts only inside one text of theirs", () => {
  const bubble = (/** @type {string} */ id) => ({ nodeType: 1, closest: () => ({ getAttribute: () => id, id }) });
  const one = bubble("m1");
  const shared = one.closest();
  one.closest = () => shared;
  const pick = (/** @type {any} */ a, /** @type {any} */ b, collapsed = false) => /** @type {any} */ ({ anchorNode: a, focusNode: b, isCollapsed: collapsed, rangeCount: 1, toString: () => " freezing again " });
  assert.deepEqual(selected(pick(one, one)), { id: "m1", words: "freezing again" });
  assert.equal(selected(pick(one, bubble("m2"))), null);
  assert.equal(selected(pick(one, one, true)), null);
  assert.equal(selected(pick({ nodeType: 1, closest: () => null }, one)), null);
});

test("how long ago they wrote", () => {
  assert.deepEqual([0, 2, 59, 60, 47 * 60, 72 * 60].map((m) => ago(new Date(NOW - m * 60000).toISOString(), NOW)), ["just now", "2 min ago", "59 min ago", "1 h ago", "47 h ago", "3 days ago"]);
  assert.equal(ago(null, NOW), "");
});
