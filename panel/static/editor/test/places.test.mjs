// @ts-check
// A press on a problem leads to where it is mended; one step back takes one thing back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blocking, byStep, nearest, placeOf } from "../places.js";
import { history } from "../undo.js";

const doc = { steps: [{ id: "intro" }, { id: "stake" }] };
const problem = (/** @type {string} */ path, more = {}) => ({ path, place: "", sentence: "", level: "error", ...more });

test("a problem's path is a part of the editor, a step and a tab", () => {
  assert.deepEqual(placeOf(problem("/steps/1/say/0/text/es"), doc), { section: "steps", step: 1, tab: "say", pointer: "/steps/1/say/0/text/es" });
  assert.equal(placeOf(problem("/steps/1/lights/green/0/goto"), doc).tab, "lights");
  assert.equal(placeOf(problem("/steps/1/sms/first_line"), doc).tab, "text");
  assert.equal(placeOf(problem("/steps/1/probes/2/text"), doc).tab, "more");
  assert.equal(placeOf(problem("/steps/1/capture"), doc).tab, "listen");
  assert.equal(placeOf(problem("/steps/0/say", { step: "stake" }), doc).step, 1, "the step's own name is surer than its number");
  for (const [path, section] of [["/facts/proof/source", "words"], ["/slots/x/label", "words"], ["/asks/0/label", "asks"], ["/ladder", "ladder"], ["/paths/full", "ladder"], ["/endings/2/say", "endings"], ["/title/es", "about"], ["", "about"]]) {
    assert.equal(placeOf(problem(path), doc).section, section, path);
  }
});

test("the field that is nearest to a problem", () => {
  const fields = ["/steps/1/say", "/steps/1/say/0/text/en", "/steps/1/say/0/text/es", "/steps/10/say/0/text/en", "/title/en"];
  assert.equal(nearest(fields, "/steps/1/say/0/text/es"), "/steps/1/say/0/text/es");
  assert.equal(nearest(fields, "/steps/1/say/0/text"), "/steps/1/say/0/text/en");
  assert.equal(nearest(fields, "/steps/1/say/4/then"), "/steps/1/say");
  assert.equal(nearest(fields, "/steps/1"), "/steps/1/say");
  assert.equal(nearest(fields, "/purpose"), "");
  assert.equal(nearest(fields, ""), "");
});

test("problems are counted where they are, and those that block apart", () => {
  const list = [problem("/steps/1/say/0"), problem("/steps/1/lights", { level: "warning" }), problem("/title")];
  assert.equal(byStep(list, doc).get(1)?.length, 2);
  assert.equal(byStep(list, doc).has(0), false);
  assert.equal(blocking(list), 2);
});

test("undo: typing in one field is one step, a press is one, and there is a way forward again", () => {
  let now = { a: "" };
  const past = history(() => now, (d) => { now = d; });
  for (const key of ["x", "xy", "xyz"]) { past.before("field a"); now = { a: key }; }
  past.before("");
  now = { a: "moved" };
  assert.equal(past.undo(), true);
  assert.equal(now.a, "xyz");
  past.undo();
  assert.equal(now.a, "");
  assert.equal(past.undo(), false);
  past.redo();
  past.redo();
  assert.equal(now.a, "moved");
  past.undo();
  past.before("field a");
  now = { a: "new" };
  assert.equal(past.canRedo(), false, "what is written now is the way on");
});
