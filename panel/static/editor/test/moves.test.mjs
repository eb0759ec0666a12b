// @ts-check
// Where a light leads, in words, and back into the document's own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { backSteps, closing, compose, inWords, menu, place, toggled } from "../moves.js";

const heat = JSON.parse(readFileSync(new URL("../../../../script/testdata/scripts/heat-recruitment.json", import.meta.url), "utf8"));
const words = (/** @type {string} */ to, /** @type {string} */ from) => inWords(heat, to, from, "en");

test("places in words", () => {
  assert.equal(words("self", "stake"), "Stay here");
  assert.equal(words("agitate", "stake"), "On to 3 Agitation");
  assert.equal(words("stake", "ask"), "Back to 2 Issues & stake");
  assert.equal(words("end(kind_no)", "ask"), "Close kindly");
  assert.equal(words("pick(stake,agitate,educate)", "ask"), "Back to 2–4");
  assert.equal(words("pick(stake,agitate,educate,end(kind_no))", "ask"), "Back to 2–4 · Close kindly");
  assert.equal(words("pick(self,stake)", "educate"), "Stay here · Back to 2 Issues & stake");
  assert.equal(inWords(heat, "agitate", "stake", "es"), "On to 3 Agitación", "a step is called what the script calls it");
  assert.equal(place(heat, "gone", "stake", "en"), "A step that is gone: gone");
  assert.equal(place(heat, "end(gone)", "stake", "en"), "An ending that is gone: gone");
});

test("the menu offers every place once, and the way back to 2–4 ready-made", () => {
  const list = menu(heat, "ask", "en");
  assert.equal(new Set(list.map((o) => o.value)).size, list.length);
  assert.ok(list.some((o) => o.value === "pick(stake,agitate,educate)" && o.words === "Back to 2–4, the volunteer picks"));
  for (const e of heat.endings) assert.ok(list.some((o) => o.value === `end(${e.id})`), e.id);
  for (const s of heat.steps) assert.equal(list.some((o) => o.value === s.id), s.id !== "ask", s.id);
  assert.deepEqual(backSteps(heat, "intro"), []);
});

test("every light of the script is in its menu, or is a choice of several", () => {
  for (const step of heat.steps) {
    const values = menu(heat, step.id, "en").map((o) => o.value);
    for (const colour of ["green", "yellow", "not_now"]) for (const light of step.lights[colour] || []) assert.ok(values.includes(light.goto) || light.goto.startsWith("pick("), light.goto);
  }
});

test("ticking places makes a pick in the order of the script; one place left is that place, none is to stay", () => {
  assert.equal(compose(toggled(heat, "pick(agitate,educate)", "stake", true)), "pick(stake,agitate,educate)");
  assert.equal(compose(toggled(heat, "pick(self,stake)", "stake", false)), "self");
  assert.equal(compose(toggled(heat, "stake", "stake", false)), "self");
  assert.equal(compose(toggled(heat, "pick(stake,end(kind_no))", "self", true)), "pick(self,stake,end(kind_no))");
});

test("endings that are alike are told apart by name", () => {
  const two = { ...heat, endings: [...heat.endings, { id: "later", outcome: "no_thanks" }] };
  assert.equal(closing(two, two.endings.at(-1)), "Close kindly (later)");
});
