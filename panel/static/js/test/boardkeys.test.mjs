// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEYS, handle, step } from "../boardkeys.js";

/** @param {any} [more] */
function hands(more = {}) {
  /** @type {string[]} */
  const done = [];
  const note = (/** @type {string} */ name) => (/** @type {any[]} */ ...args) => { done.push([name, ...args].join(" ")); };
  return { done, hands: /** @type {any} */ ({ ...Object.fromEntries(["move", "tick", "give", "plan", "search", "list"].map((n) => [n, note(n)])), on: () => true, open: () => false, ...more }) };
}
/** @param {string} key @param {any} [more] */
const key = (key, more = {}) => /** @type {any} */ ({ key, target: { tagName: "A" }, repeat: false, isComposing: false, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("each key of the list does what the list says, but Enter, which is the link's own", () => {
  const { done, hands: h } = hands();
  for (const [k] of KEYS) assert.equal(handle(key(k), h), k !== "Enter", k);
  assert.deepEqual(done, ["move 1", "move -1", "tick", "give", "plan", "search", "list"]);
});

test("keys rest while somebody types, picks, composes, or reads a dialog", () => {
  const { done, hands: h } = hands();
  for (const target of [{ tagName: "TEXTAREA" }, { tagName: "SELECT" }, { tagName: "INPUT", type: "search" }, { tagName: "INPUT", type: "datetime-local" }, { tagName: "P", isContentEditable: true }]) {
    for (const [k] of KEYS) assert.equal(handle(key(k, { target }), h), false, `${k} in ${target.tagName}`);
  }
  for (const more of [{ isComposing: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }]) assert.equal(handle(key("x", more), h), false);
  const open = hands({ open: () => true });
  assert.equal(handle(key("j"), open.hands), false);
  assert.deepEqual([...done, ...open.done], []);
});

test("on a tick box they work: that is where X leaves a mouse", () => {
  const { done, hands: h } = hands();
  handle(key("x", { target: { tagName: "INPUT", type: "checkbox" } }), h);
  assert.deepEqual(done, ["tick"]);
});

test("a held J goes on, a held X is one press", () => {
  const { done, hands: h } = hands();
  handle(key("j", { repeat: true }), h);
  for (const k of ["x", "a", "n", "/", "?"]) handle(key(k, { repeat: true }), h);
  assert.deepEqual(done, ["move 1"]);
});

test("turned off, only the list of keys opens: there they are turned on again", () => {
  const { done, hands: h } = hands({ on: () => false });
  for (const [k] of KEYS) handle(key(k), h);
  assert.deepEqual(done, ["list"]);
});

test("moving starts at the first line and never leaves the list", () => {
  assert.deepEqual([step(0, -1, 1), step(3, -1, 1), step(3, -1, -1), step(3, 0, -1), step(3, 0, 1), step(3, 2, 1)], [-1, 0, 0, 0, 1, 2]);
});
