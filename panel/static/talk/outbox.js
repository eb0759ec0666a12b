// @ts-check
// The outbox: everything is in this browser's own store first and goes to the server after, in order, until the server
// says it has it. A retry is safe because every item carries its own id and the server keeps each id once.

/** @typedef {{id:string, conversation:string, kind:"event"|"wrap", body:any, refused?:string}} Item */
/**
 * @typedef {Object} Store Where items live across reloads.
 * @property {(item:Item) => Promise<void>} put
 * @property {() => Promise<Item[]>} all
 * @property {(ids:string[]) => Promise<void>} remove
 */
/** @typedef {{status:number, data:any}} Reply */
/** @typedef {"saved"|"sending"|"offline"|"server"|"signed_out"|"held"|"refused"|"practice"} Phase */
/** @typedef {{phase:Phase, waiting:number, savedAt:number, detail:string}} Status */

const BATCH = 50;
const PAUSES = [1000, 2000, 4000, 8000, 15000];

/**
 * @param {Object} deps
 * @param {Store} deps.store
 * @param {(conversation:string, kind:"event"|"wrap", payload:any) => Promise<Reply>} deps.send Rejects when the network fails.
 * @param {() => number} deps.now
 * @param {(ms:number) => Promise<void>} deps.sleep Ends early when poked; see poke.
 * @param {(status:Status) => void} [deps.onChange]
 * @param {(item:Item, reply:Reply) => void} [deps.onWrap] The server answered a wrap-up.
 */
export function createOutbox({ store, send, now, sleep, onChange = () => {}, onWrap = () => {} }) {
  /** @type {Item[]} */
  let items = [];
  /** @type {Set<string>} */
  const held = new Set();
  /** @type {Set<string>} */
  const single = new Set();
  /** @type {Set<string>} What is on the wire right now. */
  let sending = new Set();
  let running = false;
  let failures = 0;
  /** @type {Status} */
  let status = { phase: "saved", waiting: 0, savedAt: 0, detail: "" };

  /** @param {Phase} phase @param {string} [detail] */
  function report(phase, detail = "") {
    const refused = items.find((i) => i.refused);
    const waiting = items.filter((i) => !i.refused).length;
    if (phase === "saved" && refused) [phase, detail] = ["refused", refused.refused || ""];
    status = { phase, waiting, detail, savedAt: phase === "saved" ? now() : status.savedAt };
    onChange(status);
  }

  /** The oldest conversation that may be sent now: its events in order, then its wrap-up. @returns {Item[]} */
  function next() {
    const open = items.filter((i) => !i.refused && !held.has(i.conversation));
    const first = open[0];
    if (!first) return [];
    const mine = open.filter((i) => i.conversation === first.conversation);
    if (mine[0].kind === "wrap") return [mine[0]];
    const firstWrap = mine.findIndex((i) => i.kind === "wrap");
    return mine.slice(0, firstWrap < 0 ? undefined : firstWrap).slice(0, single.has(first.conversation) ? 1 : BATCH);
  }

  async function run() {
    if (running) return;
    running = true;
    try {
      for (let batch = next(); batch.length; batch = next()) {
        report(failures ? status.phase : "sending", status.detail);
        if (await deliver(batch)) {
          failures = 0;
          continue;
        }
        await sleep(PAUSES[Math.min(failures++, PAUSES.length - 1)]);
      }
      if (items.some((i) => !i.refused)) report("held");
      else report("saved");
    } finally {
      running = false;
    }
  }

  /** @param {Item[]} batch @returns {Promise<boolean>} Whether to go straight on. */
  async function deliver(batch) {
    const { conversation, kind } = batch[0];
    const payload = kind === "wrap" ? batch[0].body : batch.map((i) => i.body);
    /** @type {Reply} */
    let reply;
    sending = new Set(batch.map((i) => i.id));
    try {
      reply = await send(conversation, kind, payload);
    } catch {
      report("offline");
      return false;
    } finally {
      sending = new Set();
    }
    const { status: code, data } = reply;
    if (code >= 200 && code < 300) return accepted(batch, reply);
    if (code === 401) return report("signed_out"), false;
    if (code === 403 || code === 409 || code === 423) return held.add(conversation), true;
    if (code === 429 || code >= 500) return report("server"), false;
    if (batch.length > 1) return single.add(conversation), true;
    return refuse(batch[0], reply, (data && (data.detail || data.title)) || "We could not keep this.");
  }

  /** @param {Item[]} batch @param {Reply} reply */
  async function accepted(batch, reply) {
    const kept = batch[0].kind === "wrap" ? [batch[0].id] : (reply.data && reply.data.stored) || [];
    const ids = batch.map((i) => i.id).filter((id) => kept.includes(id));
    if (!ids.length) return report("server"), false;
    await store.remove(ids);
    items = items.filter((i) => !ids.includes(i.id));
    if (batch[0].kind === "wrap") onWrap(batch[0], reply);
    return true;
  }

  /** What the server will never take is set aside with its reason; a wrap-up goes back to the volunteer to mend.
   * @param {Item} item @param {Reply} reply @param {string} detail */
  async function refuse(item, reply, detail) {
    if (item.kind === "wrap") {
      await store.remove([item.id]);
      items = items.filter((i) => i.id !== item.id);
      onWrap(item, reply);
      return true;
    }
    item.refused = detail;
    await store.put(item);
    return true;
  }

  return {
    /** Takes what an earlier page left behind. */
    async load() {
      items = (await store.all()).sort(byId);
      if (items.length) run();
    },
    /** Keeps an item here, then sets it on its way. The same id twice is one item. @param {Item} item */
    async add(item) {
      if (items.some((i) => i.id === item.id)) return;
      items.push(item);
      items.sort(byId);
      await store.put(item);
      run();
    },
    /** The talk is ours again. @param {string} conversation */
    release(conversation) {
      if (held.delete(conversation)) run();
    },
    /** @param {string} conversation Items of this talk that the server does not have yet. */
    pending: (conversation) => items.filter((i) => i.conversation === conversation),
    /** Takes back what has not left yet, and tells whether all of it was still here. @param {string[]} ids */
    async withdraw(ids) {
      const here = ids.length > 0 && !ids.some((id) => sending.has(id)) && ids.every((id) => items.some((i) => i.id === id));
      if (!here) return false;
      items = items.filter((i) => !ids.includes(i.id));
      await store.remove(ids);
      return true;
    },
    status: () => status,
    run,
  };
}

/** @param {Item} a @param {Item} b */
const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * A pause that can be cut short, for when the browser says the network is back.
 * @returns {{sleep:(ms:number) => Promise<void>, poke:() => void}}
 */
export function pokeable() {
  let wake = () => {};
  return {
    sleep: (ms) => new Promise((done) => {
      const timer = setTimeout(done, ms);
      wake = () => { clearTimeout(timer); done(); };
    }),
    poke: () => wake(),
  };
}
