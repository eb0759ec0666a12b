// @ts-check
// The browser's walk and fill against the vectors that the Go tests run.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { begin, apply, outcome, replay } from "../walk.js";
import { fill, gaps, segments, smsText } from "../slots.js";

const shared = new URL("../../../../script/testdata/", import.meta.url);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, shared), "utf8"));
/** @type {Map<string, any>} */
const scripts = new Map();
const scriptOf = (/** @type {string} */ id) => {
  if (!scripts.has(id)) scripts.set(id, read(`scripts/${id}.json`));
  return scripts.get(id);
};

for (const file of readdirSync(new URL("walk/", shared)).filter((f) => f !== "random.json")) {
  for (const c of read(`walk/${file}`)) {
    test(`walk: ${c.name}`, () => {
      const got = /** @type {any} */ (replay(scriptOf(c.script), c.start, c.events));
      for (const [key, want] of Object.entries(c.want)) assert.deepEqual(got[key], want, key);
    });
  }
}

test("walk: long random runs end where the server's walk ends", () => {
  const runs = read("walk/random.json");
  assert.ok(runs.length >= 100);
  for (const c of runs) assert.deepEqual(replay(scriptOf(c.script), {}, c.events), c.state);
});

for (const c of read("fill/lines.json")) {
  test(`fill: ${c.name}`, () => {
    const got = fill(c.line, { ...c, script: scriptOf(c.script) });
    assert.deepEqual(got, c.want);
    assert.deepEqual(gaps(got), c.gaps || []);
    if (c.gaps) assert.equal(smsText(got), null, "a text with a gap is refused");
    if (c.text !== undefined) assert.equal(smsText(got), c.text);
  });
}

test("segments: what a text costs", () => {
  for (const { text, ...want } of read("fill/segments.json")) assert.deepEqual(segments(text), want, text.slice(0, 12));
});

test("outcome: a yes that was never clear is a good talk", () => {
  const script = scriptOf("heat-recruitment");
  const state = begin(script);
  assert.equal(outcome(script, state), "connected");
  apply(script, state, { type: "visit", data: { step: "ask" } });
  apply(script, state, { type: "light", data: { step: "ask", colour: "green", sign: "neither" } });
  assert.equal(outcome(script, state), "connected");
  apply(script, state, { type: "visit", data: { step: "ask" } });
  apply(script, state, { type: "light", data: { step: "ask", colour: "green", sign: "named_day" } });
  assert.equal(outcome(script, state), "commitment");
  apply(script, state, { type: "engine", data: { what: "stop" } });
  assert.equal(outcome(script, state), "opt_out");
});
