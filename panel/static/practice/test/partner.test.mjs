// @ts-check
// The browser's partner against the vectors that the Go tests run.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { holds, parse } from "../condition.js";
import { partner } from "../partner.js";

const shared = new URL("../../../../script/testdata/persona/", import.meta.url);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, shared), "utf8"));
const all = read("personas.json");

for (const c of read("conditions.json")) {
  test(`condition: ${c.name}`, () => {
    if (c.refused) return void assert.throws(() => parse(c.if), c.if);
    assert.equal(holds(c.if, c.facts || {}), c.want);
  });
}

test("every condition of every partner can be read", () => {
  for (const who of [all.general, ...all.personas]) {
    for (const r of [...who.rules, ...who.debrief, ...who.try]) if (r.if) parse(r.if);
  }
});

test("partners answer word for word as the server's play says", () => {
  const talks = read("talks.json");
  assert.ok(talks.length >= 28);
  for (const [i, c] of talks.entries()) {
    const talk = partner(all, all.personas.find((/** @type {any} */ p) => p.id === c.persona), c.locale);
    for (const [k, cue] of c.cues.entries()) {
      const { rule, say, pause, mood, truth } = talk.hear(cue);
      const want = { say: "", pause: 0, truth: "", ...c.replies[k] };
      assert.deepEqual({ rule, say, pause, mood, truth }, want, `talk ${i + 1} with ${c.persona}, cue ${k + 1}: ${JSON.stringify(cue)}`);
    }
  }
});
