// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

class Box { tagName = "DIV"; isContentEditable = false; }
class Field extends Box { tagName = "TEXTAREA"; }
class Button extends Box { tagName = "BUTTON"; }
Object.assign(globalThis, { HTMLElement: Box, HTMLButtonElement: Button, HTMLAnchorElement: class extends Box {} });
const { handle } = await import("../keys.js");

/** @param {Partial<Record<string, any>>} [more] */
function hands(more = {}) {
  /** @type {string[]} */
  const done = [];
  const note = (/** @type {string} */ name) => (/** @type {any[]} */ ...args) => { done.push([name, ...args].join(" ")); return true; };
  const all = ["press", "step", "line", "space", "escape", "moment", "notes", "words", "help", "mute", "save", "facts", "list"];
  return { done, hands: /** @type {any} */ ({ ...Object.fromEntries(all.map((n) => [n, note(n)])), on: () => true, open: () => false, ...more }) };
}
/** @param {string} key @param {any} [more] */
const key = (key, more = {}) => /** @type {any} */ ({ key, target: new Box(), repeat: false, isComposing: false, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, code: "", ...more });

test("each key of the list does what the list says", () => {
  const { done, hands: h } = hands();
  for (const k of ["g", "y", "n", "1", "6", "ArrowLeft", "ArrowRight", " ", "m", "/", "w", "t", "h", "?"]) assert.equal(handle(key(k), h), true, k);
  handle(key("Escape"), h);
  handle(key("m", { altKey: true, code: "KeyM" }), h);
  handle(key("Enter", { ctrlKey: true }), h);
  assert.deepEqual(done, ["press green 0", "press yellow 0", "press not_now 0", "step 1", "step 6", "line -1", "line 1", "space", "moment", "facts", "words", "notes", "help", "list", "escape", "mute", "save"]);
});

test("a held key is one press, and keys rest while somebody types or a sheet is open", () => {
  const { done, hands: h } = hands();
  handle(key("g", { repeat: true }), h);
  handle(key("/", { target: new Field() }), h);
  handle(key("g"), { ...h, open: () => true });
  assert.deepEqual(done, []);
  handle(key("m", { altKey: true, code: "KeyM", target: new Field() }), h);
  assert.deepEqual(done, ["mute"], "mute works while typing");
});

test("with single keys off, only those that need a second key are left", () => {
  const { done, hands: h } = hands({ on: () => false });
  for (const k of ["g", "y", "n", "1", " ", "/", "w", "t", "h", "?", "m"]) assert.equal(handle(key(k), h), false, k);
  handle(key("Enter", { ctrlKey: true }), h);
  assert.deepEqual(done, ["save"]);
});

test("space belongs to the button that has the focus", () => {
  const { done, hands: h } = hands();
  assert.equal(handle(key(" ", { target: new Button() }), h), false);
  assert.deepEqual(done, []);
});
