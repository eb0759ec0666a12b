// @ts-check
// Their words come back: in later steps of this talk as they are typed, and in later talks from history.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fill, gaps, plain, smsText } from "../slots.js";
import { apply, begin } from "../walk.js";

const script = JSON.parse(readFileSync(new URL("../../../../script/testdata/scripts/heat-recruitment.json", import.meta.url), "utf8"));
const lineOf = (/** @type {string} */ step, /** @type {string} */ id) => script.steps.find((/** @type {any} */ s) => s.id === step).say.find((/** @type {any} */ l) => l.id === id).text.en;
/** @param {Record<string, string>} conversation @param {Record<string, string>} [history] */
const from = (conversation, history = {}) => ({ script, locale: "en", ask: "meeting", conversation, history, volunteer: { your_stake: "my rent doubled" } });

test("fill: words captured once are said back in every later step, the moment they are typed", () => {
  const state = begin(script);
  const planA = lineOf("educate", "a");
  assert.deepEqual(gaps(fill(planA, from(state.slots))), ["this problem", "their stake"]);
  apply(script, state, { type: "slot", data: { name: "problem", value: "the cold" } });
  apply(script, state, { type: "slot", data: { name: "their_stake", value: "your son coughs" } });
  assert.equal(plain(fill(planA, from(state.slots))), "I heard you say you really want the cold to change, because your son coughs. And I want that too, because my rent doubled.");
  assert.match(plain(fill(lineOf("agitate", "open"), from(state.slots))), /You said your son coughs/);
  assert.match(plain(fill(lineOf("ask", "frame"), from(state.slots))), /You want the cold to change, because your son coughs/);
  apply(script, state, { type: "slot", data: { name: "their_stake", value: "your son coughs all night" } });
  assert.match(plain(fill(lineOf("ask", "frame"), from(state.slots))), /because your son coughs all night/);
});

test("fill: what they told us before comes back in the next talk, until they say it anew", () => {
  const kept = { problem: "the mold", their_stake: "you moved in with asthma" };
  assert.match(plain(fill(lineOf("ask", "frame"), from({}, kept))), /You want the mold to change, because you moved in with asthma/);
  assert.match(plain(fill(lineOf("ask", "frame"), from({ problem: "the cold" }, kept))), /You want the cold to change/);
});

test("fill: a text with a gap cannot be sent, and says what is missing", () => {
  const sms = fill("Hi {first_name}, about {problem}: we meet {ask_when}.", from({}));
  assert.equal(smsText(sms), null);
  assert.deepEqual(gaps(sms), ["their name", "this problem"]);
  const whole = fill("Hi {first_name}, about {problem}: we meet {ask_when}.", { ...from({ problem: "the cold" }), builtins: { first_name: "Xiomara" } });
  assert.equal(smsText(whole), "Hi Xiomara, about the cold: we meet Thu Dec 3, 6:30 pm.");
});

test("fill: a gap is an invitation in words, never a brace", () => {
  for (const line of ["{problem}", "{Problem}", "{", "a } b", "{their_stake", "{nobody_knows}"]) {
    assert.doesNotMatch(plain(fill(line, from({}))), /[{}]/, line);
  }
  assert.equal(fill("{problem}", from({}))[0].from, "gap");
});
