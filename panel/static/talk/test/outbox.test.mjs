// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutbox, pokeable } from "../outbox.js";
import { memoryStore } from "../store.js";
import { ulids } from "../ulid.js";

/** @param {(conversation:string, kind:string, payload:any) => any} server */
function setup(server, store = memoryStore()) {
  /** @type {any[]} */
  const calls = [], phases = [], pauses = [], wraps = [];
  let idle = () => {};
  const outbox = createOutbox({
    store,
    now: () => 1000,
    send: async (conversation, kind, payload) => {
      calls.push({ conversation, kind, payload });
      const reply = await server(conversation, kind, payload);
      if (reply instanceof Error) throw reply;
      return reply || { status: 200, data: { stored: kind === "event" ? payload.map((/** @type {any} */ e) => e.id) : [] } };
    },
    sleep: async (ms) => { pauses.push(ms); },
    onChange: (s) => { phases.push(s.phase); if (s.phase === "saved" || s.phase === "held" || s.phase === "refused") idle(); },
    onWrap: (item, reply) => { wraps.push({ item, reply }); },
  });
  const settled = () => new Promise((r) => { idle = () => r(undefined); });
  return { outbox, store, calls, phases, pauses, wraps, settled };
}

const event = (/** @type {string} */ id, conversation = "c1") => ({ id, conversation, kind: /** @type {const} */ ("event"), body: { id, type: "note", data: {} } });

test("what is pressed is in this browser's store before it is sent", async () => {
  const store = memoryStore();
  let keptFirst = false;
  const s = setup(async () => { keptFirst = (await store.all()).some((i) => i.id === "01"); }, store);
  const done = s.settled();
  await s.outbox.add(event("01"));
  await done;
  assert.ok(keptFirst);
  assert.deepEqual(await store.all(), []);
  assert.equal(s.outbox.status().phase, "saved");
});

test("a double press is one event", async () => {
  const s = setup(() => undefined);
  const done = s.settled();
  await Promise.all([s.outbox.add(event("01")), s.outbox.add(event("01"))]);
  await done;
  assert.deepEqual(s.calls.flatMap((c) => c.payload.map((/** @type {any} */ e) => e.id)), ["01"]);
});

test("no internet: everything waits, is tried again with longer pauses, and goes in order", async () => {
  let down = 7;
  const s = setup(() => (down-- > 0 ? new Error("offline") : undefined));
  const done = s.settled();
  await s.outbox.add(event("01"));
  await s.outbox.add(event("02"));
  await s.outbox.add(event("03"));
  await done;
  assert.deepEqual(s.pauses, [1000, 2000, 4000, 8000, 15000, 15000, 15000]);
  const sent = s.calls.slice(7).flatMap((c) => c.payload.map((/** @type {any} */ e) => e.id));
  assert.deepEqual(sent, ["01", "02", "03"]);
  assert.ok(s.phases.includes("offline"));
  assert.equal(s.phases.at(-1), "saved");
});

test("an answer lost on the way back: the same ids are sent again, and once is enough", async () => {
  /** @type {Set<string>} */
  const server = new Set();
  let lost = true;
  const s = setup((_c, _k, payload) => {
    for (const e of payload) server.add(e.id);
    if (lost) return (lost = false), new Error("cut");
  });
  const done = s.settled();
  await s.outbox.add(event("01"));
  await done;
  assert.equal(s.calls.length, 2);
  assert.deepEqual([...server], ["01"]);
});

test("a reload finds what the last page left behind and sends it first", async () => {
  const store = memoryStore();
  for (const id of ["03", "01", "02"]) await store.put(event(id));
  const s = setup(() => undefined, store);
  const done = s.settled();
  await s.outbox.load();
  await done;
  assert.deepEqual(s.calls[0].payload.map((/** @type {any} */ e) => e.id), ["01", "02", "03"]);
});

test("fifty events at a time", async () => {
  const store = memoryStore();
  for (let i = 0; i < 120; i++) await store.put(event(String(i).padStart(3, "0")));
  const s = setup(() => undefined, store);
  const done = s.settled();
  await s.outbox.load();
  await done;
  assert.deepEqual(s.calls.map((c) => c.payload.length), [50, 50, 20]);
});

test("a wrap-up goes after all events of its talk, with its own id on every try", async () => {
  let down = 2;
  const s = setup((_c, kind) => (kind === "wrap" && down-- > 0 ? { status: 503, data: {} } : undefined));
  const store = s.store;
  await store.put(event("01"));
  await store.put({ id: "05", conversation: "c1", kind: "wrap", body: { id: "05", outcome: "connected" } });
  await store.put(event("02"));
  const done = s.settled();
  await s.outbox.load();
  await done;
  assert.deepEqual(s.calls.map((c) => c.kind), ["event", "wrap", "wrap", "wrap"]);
  assert.deepEqual(new Set(s.calls.slice(1).map((c) => c.payload.id)), new Set(["05"]));
  assert.equal(s.wraps.length, 1);
  assert.ok(s.phases.includes("server"));
});

test("a wrap-up the server cannot take comes back to be mended, and events are not held up", async () => {
  const s = setup((_c, kind) => (kind === "wrap" ? { status: 422, data: { detail: "Say when." } } : undefined));
  const done = s.settled();
  await s.outbox.add({ id: "05", conversation: "c1", kind: "wrap", body: { id: "05" } });
  await done;
  assert.equal(s.wraps[0].reply.data.detail, "Say when.");
  assert.deepEqual(await s.store.all(), []);
});

test("another tab holds the talk: events stay here and go once it is ours again, other talks go on", async () => {
  let ours = false;
  const s = setup((c) => (c === "c1" && !ours ? { status: 409, data: {} } : undefined));
  let done = s.settled();
  await s.outbox.add(event("01"));
  await done;
  assert.equal(s.outbox.status().phase, "held");
  assert.equal(s.outbox.pending("c1").length, 1);
  done = s.settled();
  await s.outbox.add(event("02", "c2"));
  await done;
  assert.equal(s.outbox.pending("c2").length, 0);
  ours = true;
  done = s.settled();
  s.outbox.release("c1");
  await done;
  assert.equal(s.outbox.pending("c1").length, 0);
});

test("one event the server will never take does not hold up the rest, and is not forgotten", async () => {
  const s = setup((_c, _k, payload) => (payload.some((/** @type {any} */ e) => e.id === "02") ? { status: 422, data: { detail: "Unknown step." } } : undefined));
  for (const id of ["01", "02", "03"]) await s.store.put(event(id));
  const done = s.settled();
  await s.outbox.load();
  await done;
  assert.deepEqual((await s.store.all()).map((i) => [i.id, i.refused]), [["02", "Unknown step."]]);
  assert.equal(s.outbox.status().phase, "refused");
  assert.equal(s.outbox.status().detail, "Unknown step.");
});

test("signed out: it waits, and says so", async () => {
  let out = 1;
  const s = setup(() => (out-- > 0 ? { status: 401, data: {} } : undefined));
  const done = s.settled();
  await s.outbox.add(event("01"));
  await done;
  assert.ok(s.phases.includes("signed_out"));
});

test("a pause ends at once when the network is back", async () => {
  const { sleep, poke } = pokeable();
  const waiting = sleep(60000);
  poke();
  await waiting;
});

test("ids sort in the order they were made, also within a millisecond and when the clock steps back", () => {
  const times = [5, 5, 5, 3, 9];
  const next = ulids(() => /** @type {number} */ (times.shift()), (n) => new Uint8Array(n).fill(31));
  const ids = [next(), next(), next(), next(), next()];
  assert.ok(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id)));
  assert.deepEqual(ids, [...ids].sort(), "in order");
  assert.equal(new Set(ids).size, ids.length);
});

test("what still waits here can be taken back, what is on the wire cannot", async () => {
  let open = () => {};
  const gate = new Promise((done) => { open = () => done(undefined); });
  let tries = 0;
  const s = setup(() => undefined);
  await s.store.put({ id: "01", conversation: "c1", kind: "wrap", body: { id: "01" } });
  const held = createOutbox({
    store: s.store, now: () => 0, sleep: () => new Promise(() => {}),
    send: async () => { tries++; await gate; throw new Error("no network"); },
  });
  await held.load();
  assert.equal(await held.withdraw(["01"]), false, "it may be arriving right now");
  open();
  await new Promise((done) => setImmediate(done));
  assert.equal(await held.withdraw(["nothing"]), false);
  assert.equal(await held.withdraw(["01"]), true);
  assert.deepEqual([tries, held.pending("c1"), await s.store.all()], [1, [], []]);
});
