// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cards, matching } from "../cards.js";

const script = JSON.parse(readFileSync(new URL("../../../../script/testdata/scripts/heat-recruitment.json", import.meta.url), "utf8"));
const NOW = "2026-11-24T17:46";
const titles = (/** @type {any[]} */ list) => list.map((c) => c.title);

test("a fact is found by its words, wherever they stand, and carries its source and its day", () => {
  const found = matching(cards(script, "en", "agitate", NOW), "inspect every unit");
  assert.equal(found.length, 1);
  assert.equal(found[0].kind, "fact");
  assert.equal(found[0].source, "Code office, whole-building rule");
  assert.equal(found[0].asOf, "2026-11-02");
  assert.equal(found[0].old, false);
});

test("facts with a source come first, on the step about what they'll be told its answers do", () => {
  const all = cards(script, "en", "agitate", NOW);
  assert.ok(all[0].source, "the first card opens with one Enter: it is one to rely on");
  assert.equal(cards(script, "en", "inoculate", NOW)[0].kind, "answer");
});

test("answers to what they may be told are found from any step, by what the line says once its words are filled in", () => {
  const answers = cards(script, "en", "stake", NOW).filter((c) => c.kind === "answer");
  const lines = script.steps.find((/** @type {any} */ s) => s.type === "inoculate").say;
  assert.deepEqual(answers.map((c) => c.id), lines.map((/** @type {any} */ l) => l.id));
  assert.ok(matching(answers, "crestline rent", (words) => words.replaceAll("{opponent}", "Crestline Properties")).length > 0);
});

test("accents, case and marks make no difference, and every word must be there", () => {
  const es = cards(script, "es", "agitate", NOW);
  assert.deepEqual(titles(matching(es, "QUE DICE la ley?")), titles(matching(es, "qué dice la ley")));
  assert.equal(matching(es, "ley caldera xyz").length, 0);
  assert.equal(matching(es, "  ").length, es.length);
});

test("a claim older than ninety days says so", () => {
  const old = cards(script, "en", "agitate", "2027-02-01T09:00").filter((c) => c.old);
  assert.ok(old.length > 0 && old.every((c) => c.asOf));
});
