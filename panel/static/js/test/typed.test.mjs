// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { giveBack, typedIn } from "../typed.js";

/** A field as a browser has it, as far as it matters here. @param {string} id @param {any} [more] */
const field = (id, more = {}) => ({ id, tagName: "TEXTAREA", type: "textarea", value: "", defaultValue: "", checked: false, defaultChecked: false, dataset: {}, focused: false, focus() { this.focused = true; }, setSelectionRange() {}, ...more });
/** @param {any[]} fields @param {boolean} [failed] @returns {any} */
const part = (fields, failed = false) => ({ querySelector: () => (failed ? {} : null), querySelectorAll: () => fields });

test("what is typed goes back into its field, with the focus; what stands as the server put it does not", () => {
  const was = part([field("body", { value: "I'll come by" }), field("other", { value: "as it was", defaultValue: "as it was" }), field("tick", { tagName: "INPUT", type: "checkbox", checked: true })]);
  const list = typedIn(was, was.querySelectorAll()[0]);
  assert.deepEqual(list.map((x) => x.id), ["body", "tick"]);
  const now = { body: field("body"), tick: field("tick", { type: "checkbox" }) };
  assert.deepEqual(giveBack(list, (id) => /** @type {any} */ (now)[id]), []);
  assert.equal(now.body.value, "I'll come by");
  assert.equal(now.body.focused, true);
  assert.equal(now.tick.checked, true);
});

test("words whose field is gone are kept, a tick or a choice is not", () => {
  const list = typedIn(part([field("body", { value: "half a text" }), field("blank", { value: "  " }), field("when", { tagName: "INPUT", type: "datetime-local", value: "2026-12-01T18:00" })]), null);
  assert.deepEqual(giveBack(list, () => null).map((x) => [x.id, x.value]), [["body", "half a text"]]);
});

test("what the server gave back is somebody's typing, with a problem or without", () => {
  const given = { value: "my words", defaultValue: "my words" };
  assert.equal(typedIn(part([field("body", given)]), null).length, 0);
  assert.equal(typedIn(part([field("body", given)], true), null).length, 1);
  assert.equal(typedIn(part([field("body", { ...given, dataset: { given: "" } })]), null).length, 1);
});
