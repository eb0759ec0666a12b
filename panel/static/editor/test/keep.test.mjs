// @ts-check
// A draft is in this browser at once and with the server soon after. Two windows notice each other; nothing is dropped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keeper, localDraft, opening } from "../keep.js";

/** A server that keeps one draft, as the real one does. */
function server() {
  const s = {
    revision: 1, document: /** @type {any} */ ({ text: "first" }), down: false, status: 0, saves: 0,
    /** @param {{revision:number, document:any}} body */
    async send(body) {
      await Promise.resolve();
      if (s.down) throw new TypeError("no network");
      if (s.status) return { status: s.status, data: { detail: "No." } };
      if (body.revision !== s.revision) return { status: 409, data: { detail: "Saved from another window." } };
      s.saves++;
      s.revision++;
      s.document = structuredClone(body.document);
      return { status: 200, data: { revision: s.revision, problems: [], saved: "5:46 pm" } };
    },
  };
  return s;
}

/** A window with the draft open; its timers run when the test says so. @param {ReturnType<typeof server>} s */
function open(s) {
  const w = {
    doc: structuredClone(s.document), timers: /** @type {{run:() => void, ms:number}[]} */ ([]), told: /** @type {string[]} */ ([]), kept: /** @type {any} */ (null), keep: /** @type {ReturnType<typeof keeper>} */ (/** @type {any} */ (null)),
    /** @param {string} text */
    type(text) { w.doc.text = text; w.keep.touch(); },
    async tick() { const list = w.timers; w.timers = []; for (const x of list) x.run(); for (let i = 0; i < 20; i++) await Promise.resolve(); },
  };
  w.keep = keeper({
    revision: s.revision, gather: () => structuredClone(w.doc), send: s.send, local: { put: (kept) => { w.kept = kept; }, drop: () => { w.kept = null; } },
    later: (run, ms) => { const x = { run, ms }; w.timers.push(x); return x; }, cancel: (x) => { w.timers = w.timers.filter((y) => y !== x); }, told: (status) => w.told.push(status),
  });
  return w;
}

test("what is typed is in this browser at once, and gone from it once the server has it", async () => {
  const s = server(), w = open(s);
  w.type("a");
  assert.deepEqual(w.kept, { revision: 1, document: { text: "a" } });
  assert.equal(w.keep.whole(), false);
  w.type("ab");
  assert.equal(w.timers.length, 1, "one save for many keys");
  await w.tick();
  assert.deepEqual([s.document.text, s.saves, w.kept, w.keep.status(), w.keep.whole()], ["ab", 1, null, "saved", true]);
});

test("what is typed while a save is on its way follows it", async () => {
  const s = server(), w = open(s);
  w.type("a");
  const [save] = w.timers;
  w.timers = [];
  save.run();
  w.type("ab");
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assert.equal(s.document.text, "a");
  assert.equal(w.keep.whole(), false);
  assert.equal(w.kept.document.text, "ab", "this browser still holds what the server has not");
  await w.tick();
  assert.deepEqual([s.document.text, w.keep.revision(), w.kept], ["ab", 3, null]);
});

test("without a network it says so, keeps the words and tries again by itself", async () => {
  const s = server(), w = open(s);
  s.down = true;
  w.type("a");
  await w.tick();
  assert.equal(w.keep.status(), "away");
  await w.tick();
  assert.equal(w.kept.document.text, "a");
  assert.ok(w.timers.length === 1 && w.timers[0].ms > 3000, "and waits longer each time");
  s.down = false;
  await w.tick();
  assert.deepEqual([s.document.text, w.keep.status()], ["a", "saved"]);
});

test("two windows: the second is told, neither's words are lost, and either may go on", async () => {
  for (const mine of [true, false]) {
    const s = server(), first = open(s), second = open(s);
    first.type("mine");
    second.type("theirs");
    await second.tick();
    await first.tick();
    assert.equal(first.keep.status(), "conflict");
    assert.equal(s.document.text, "theirs");
    first.type("mine, and more");
    await first.tick();
    assert.equal(s.saves, 1, "nothing is sent until somebody chooses");
    assert.equal(first.kept.document.text, "mine, and more");
    assert.equal(await first.keep.flush(), false);
    if (mine) {
      await first.keep.keepMine(s.revision);
      assert.deepEqual([s.document.text, first.keep.status(), first.kept], ["mine, and more", "saved", null]);
    } else {
      first.doc = structuredClone(s.document);
      first.keep.takeTheirs(s.revision);
      first.type("theirs, and mine");
      await first.tick();
      assert.equal(s.document.text, "theirs, and mine");
    }
  }
});

test("a refusal and a lost sign-in keep the words here", async () => {
  for (const [status, word] of /** @type {[number, string][]} */ ([[422, "refused"], [401, "signedout"], [503, "away"], [429, "away"]])) {
    const s = server(), w = open(s);
    s.status = status;
    w.type("a");
    await w.tick();
    assert.equal(w.keep.status(), word);
    assert.equal(w.kept.document.text, "a");
    s.status = 0;
    w.type("ab");
    assert.equal(await w.keep.flush(), true, "and it goes on with the next key");
    assert.equal(s.document.text, "ab");
  }
});

test("flush sends at once and says whether the server has everything", async () => {
  const s = server(), w = open(s);
  w.type("a");
  assert.equal(await w.keep.flush(), true);
  assert.equal(s.document.text, "a");
  s.down = true;
  w.type("b");
  assert.equal(await w.keep.flush(), false);
});

test("what to open with", () => {
  const doc = { a: 1, b: { c: 2, d: 3 } };
  assert.equal(opening({ revision: 4, document: doc }, null), "server");
  assert.equal(opening({ revision: 4, document: doc }, { revision: 2, document: { b: { d: 3, c: 2 }, a: 1 } }), "server", "the same words in another order are the same");
  assert.equal(opening({ revision: 4, document: doc }, { revision: 4, document: { a: 2 } }), "ours");
  assert.equal(opening({ revision: 4, document: doc }, { revision: 3, document: { a: 2 } }), "both");
});

test("a browser that keeps nothing does not stop the writing", () => {
  const full = /** @type {any} */ ({ setItem() { throw new Error("full"); }, getItem: () => "{", removeItem() {} });
  const local = localDraft(full, "x", 1);
  local.put({ revision: 1, document: {} });
  assert.equal(local.get(), null);
});
