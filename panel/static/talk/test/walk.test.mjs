// @ts-check
// What holds for every walk, whatever is pressed: any jump is possible, what must be said is said, the trail replays.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isEmpty, numbers, pathOf } from "../script.js";
import { apply, begin, blocked, replay } from "../walk.js";

const shared = new URL("../../../../script/testdata/", import.meta.url);
const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(name, shared), "utf8"));
const starters = ["agenda-any-1to1", "escalation-next-rung", "heat-recruitment", "maintenance-checkin"];
const scripts = new Map([...starters, "sparse"].map((id) => [id, read(`scripts/${id}.json`)]));

for (const [id, script] of scripts) {
  test(`walk: any jump is possible from any step to any step of ${id}`, () => {
    const ways = pathOf(script, "");
    for (const from of ways) {
      for (const to of ways) {
        const state = begin(script);
        for (const s of script.steps) if (!s.skip.ok) apply(script, state, { type: "visit", data: { step: s.id } });
        apply(script, state, { type: "visit", data: { step: from } });
        assert.equal(state.step, from, `${from} cannot be reached`);
        apply(script, state, { type: "visit", data: { step: to } });
        assert.equal(state.step, to, `no way from ${from} to ${to}`);
      }
    }
  });
}

test("walk: who you are, why you call and thanks cannot be left out", () => {
  const state = begin(scripts.get("escalation-next-rung"));
  assert.equal(blocked(scripts.get("escalation-next-rung"), state, "ask"), "recognize");
  assert.equal(apply(scripts.get("escalation-next-rung"), state, { type: "visit", data: { step: "ask" } }), false);
  const agenda = begin(scripts.get("agenda-any-1to1"));
  assert.equal(blocked(scripts.get("agenda-any-1to1"), agenda, "next"), "intro");
});

test("trail: one by one, at once, or stored and read again, it replays to the same state", () => {
  for (const c of read("walk/random.json")) {
    const script = scripts.get(c.script);
    const state = begin(script);
    for (const e of c.events) apply(script, state, e);
    assert.deepEqual(state, c.state);
    assert.deepEqual(replay(script, {}, JSON.parse(JSON.stringify(c.events))), c.state);
    assert.deepEqual(state.trail.map((v) => v.step), state.route);
    for (let i = 1; i < state.trail.length; i++) assert.ok(state.trail[i - 1].at <= state.trail[i].at, "the trail goes back in time");
  }
});

test("script: an empty section vanishes from the path and from the numbers", () => {
  const script = scripts.get("sparse");
  assert.deepEqual(script.steps.filter(isEmpty).map((/** @type {any} */ s) => s.id), ["tell"]);
  assert.deepEqual(pathOf(script, "full"), ["intro", "hear", "ask", "next"]);
  assert.deepEqual([...numbers(script)], [["intro", 1], ["hear", 2], ["ask", 3], ["next", 4]]);
});
