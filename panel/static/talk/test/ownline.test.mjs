// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { wording } from "../model.js";
import { spokenBy, written } from "../ownline.js";

const LINE = "Hi {first_name}, it's {volunteer} from {org|our group}. {first_name}, is now a good time?";
const NAMES = { first_name: "their name", volunteer: "your name", org: "our group" };
const named = (/** @type {string} */ slot) => /** @type {any} */ (NAMES)[slot] || slot;

test("a line is written with its places in words, never with a brace", () => {
  assert.equal(written(LINE, named), "Hi [their name], it's [your name] from [our group]. [their name], is now a good time?");
});

test("what is unchanged comes back as the script's own line", () => {
  assert.deepEqual(spokenBy(written(LINE, named), LINE, named), { text: LINE, unknown: "" });
});

test("places may be moved, left out and written in any case", () => {
  assert.deepEqual(spokenBy("[Your Name]  here! Hey [their name].", LINE, named), { text: "{volunteer} here! Hey {first_name}.", unknown: "" });
});

test("a place that the line has not is named, and no bracket or brace is left in the text", () => {
  const got = spokenBy("Hi [their stake], {first_name}", LINE, named);
  assert.equal(got.unknown, "[their stake]");
  assert.doesNotMatch(got.text, /[[\]{}]/);
});

/** @param {any[]} own @param {any[]} events @param {string} [locale] */
const model = (own, events, locale = "en") => ({ server: { own }, events, walk: { locale } });
const line = { id: "open", text: { en: "What's up?", es: "¿Qué tal?" } };
const event = (/** @type {any} */ data) => ({ type: "own_line", data });

test("a line is said in the words of last time, in its own language only", () => {
  const m = model([{ step: "stake", id: "open", locale: "en", text: "How's winter?" }], []);
  assert.deepEqual(wording(m, "stake", line), { words: "How's winter?", own: true });
  assert.equal(wording({ ...m, walk: { locale: "es" } }, "stake", line).own, false);
  assert.equal(wording(m, "agitate", line).own, false);
});

test("what is put in other words now wins over last time, and no words give the line back", () => {
  const own = [{ step: "stake", id: "open", locale: "en", text: "How's winter?" }];
  const now = event({ step: "stake", id: "open", locale: "en", text: "And your winter?" });
  assert.equal(wording(model(own, [now]), "stake", line).words, "And your winter?");
  assert.deepEqual(wording(model(own, [now, event({ step: "stake", id: "open", locale: "en", text: "" })]), "stake", line), { words: line.text, own: false });
});
