// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rehearsal } from "../rehearsal.js";
import { pick, speaker } from "../voice.js";

const all = JSON.parse(readFileSync(new URL("../../../../script/testdata/persona/personas.json", import.meta.url), "utf8"));
const who = (/** @type {string} */ id) => all.personas.find((/** @type {any} */ p) => p.id === id);
const STAKE = { step: "stake", type: "listen" };
const ASK = { step: "ask", type: "ask" };

/** @param {string} id @param {any} [more] */
function room(id, more = {}) {
  let now = 0;
  const talk = rehearsal({ all, who: who(id), locale: "en", now: () => now, ...more });
  return { talk, pass: (/** @type {number} */ ms, /** @type {any} */ place = "") => { for (let i = 0; i < ms; i += 100) { now += 100; talk.tick(place); } } };
}

test("an answer comes after a breath, and after the pause that belongs to it", () => {
  const { talk, pass } = room("soft_yes");
  talk.said("ask", "question", "Can I count on you?", ASK);
  assert.deepEqual(talk.shown(), { words: "", more: true });
  pass(4000, "asked");
  assert.equal(talk.shown().words, "", "he takes his time");
  pass(1000, "asked");
  assert.match(talk.shown().words, /sounds good/);
});

test("the quiet works: left alone, they go on by themselves", () => {
  const { talk, pass } = room("story_behind_the_story");
  talk.said("say", "open", "How is it?", STAKE);
  pass(1500, "listening");
  assert.match(talk.shown().words, /Cold/);
  pass(4000, "listening");
  assert.match(talk.shown().words, /Cold/, "not yet");
  pass(1500, "listening");
  assert.match(talk.shown().words, /my mother/);
});

test("quiet before anything was said on a step is only reading", () => {
  const { talk, pass } = room("story_behind_the_story");
  talk.moved("stake/1", STAKE);
  pass(20000, "listening");
  assert.deepEqual(talk.shown(), { words: "", more: false });
  assert.equal(talk.account().numbers.quiet, 0);
});

test("a second question does not swallow the answer to the first", () => {
  const { talk } = room("story_behind_the_story");
  talk.said("probe", "wand", "What would you fix?", STAKE);
  talk.said("probe", "why", "Why?", STAKE);
  assert.match(talk.shown().words, /back bedroom/);
  assert.ok(talk.shown().more);
});

test("spoken words take their time before the quiet counts", () => {
  /** @type {string[]} */
  const aloud = [];
  const { talk, pass } = room("story_behind_the_story", { speak: (/** @type {string} */ w) => { aloud.push(w); return true; } });
  talk.said("say", "open", "How is it?", STAKE);
  pass(7000, "listening");
  assert.deepEqual(aloud, ["It's alright. Cold. You know how it is."]);
  pass(4000, "listening");
  assert.match(aloud[1], /my mother/);
});

test("what was asked and told is known afterwards", () => {
  const { talk, pass } = room("hard_no");
  talk.said("say", "open", "Hi. Is now an alright time?", { step: "intro", type: "intro" });
  talk.said("say", "a", "We are signing on together.", { step: "educate", type: "educate" });
  talk.said("probe", "why", "Why does it matter?", STAKE);
  pass(2000);
  const account = talk.account();
  assert.equal(account.questions, 2);
  assert.equal(account.numbers.told, 1);
});

test("switched in the middle, they go on in the other language", () => {
  const { talk, pass } = room("story_behind_the_story");
  talk.turnTo("es");
  talk.said("say", "open", "¿Cómo ha sido este invierno?", STAKE);
  pass(1500, "listening");
  assert.match(talk.shown().words, /Hace frío/);
});

test("a voice: one of this device, in the right language, or none", () => {
  const voice = (/** @type {any} */ v) => /** @type {any} */ ({ localService: true, default: false, ...v });
  const list = [voice({ lang: "es-ES", name: "a" }), voice({ lang: "es-MX", name: "b" }), voice({ lang: "en-GB", name: "c" }), voice({ lang: "en-US", name: "d", localService: false })];
  assert.equal(pick(list, "es")?.name, "b");
  assert.equal(pick(list, "en")?.name, "c", "a voice from far away would send their words there");
  assert.equal(pick([list[3]], "en"), null);
  assert.equal(pick([], "es"), null);
});

test("without a voice nothing is spoken, and nothing breaks", () => {
  const none = speaker(undefined, () => { throw new Error("no"); });
  assert.equal(none.can("en"), false);
  none.say("hello", "en", { pitch: 1, rate: 1 });
  none.quiet();
  /** @type {any[]} */
  const spoken = [];
  const synth = /** @type {any} */ ({ getVoices: () => [{ localService: true, lang: "en-US" }], cancel() {}, speak: (/** @type {any} */ u) => spoken.push(u) });
  speaker(synth, (words) => /** @type {any} */ ({ words })).say("…Hello?", "en", { pitch: 0.9, rate: 1.1 });
  assert.deepEqual(spoken.map((u) => [u.words.trim(), u.pitch, u.rate, u.lang]), [["Hello?", 0.9, 1.1, "en-US"]]);
});
