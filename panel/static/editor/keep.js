// @ts-check
// Keeps a draft: in this browser at once, with the server soon after, over the revision that it was read at. Two windows
// notice each other; nothing that was written is dropped.

/** @typedef {{status:number, data:any}} Reply */
/** @typedef {"saved"|"changed"|"saving"|"away"|"conflict"|"refused"|"signedout"} Status */

const SOON = 800; // after the last key
const AGAIN = [3000, 6000, 12000, 30000];

/**
 * @param {{revision:number, gather:() => any, send:(body:{revision:number, document:any}) => Promise<Reply>,
 *   local:{put:(kept:{revision:number, document:any}) => void, drop:() => void}, later:(run:() => void, ms:number) => any, cancel:(timer:any) => void,
 *   told:(status:Status, data:any) => void}} parts
 */
export function keeper(parts) {
  let revision = parts.revision;
  let changes = 0; // counts what was written, so that a save knows whether more came meanwhile
  let kept = 0; // how much of it the server has
  let tries = 0;
  /** @type {Promise<void>|null} */
  let running = null;
  /** @type {any} */
  let timer = null;
  /** @type {Status} */
  let status = "saved";

  /** @param {Status} now @param {any} [data] */
  function tell(now, data) {
    status = now;
    parts.told(now, data);
  }

  /** @param {number} ms */
  function plan(ms) {
    parts.cancel(timer);
    timer = parts.later(() => { save(); }, ms);
  }

  async function once() {
    const upTo = changes;
    const body = { revision, document: parts.gather() };
    tell("saving");
    let reply;
    try {
      reply = await parts.send(body);
    } catch {
      reply = { status: 0, data: null };
    }
    if (status === "conflict") return; // settled meanwhile by hand
    if (reply.status === 200) {
      revision = reply.data.revision;
      kept = upTo;
      tries = 0;
      if (changes === upTo) {
        parts.local.drop();
        tell("saved", reply.data);
      } else {
        parts.local.put({ revision, document: parts.gather() });
        tell("changed", reply.data);
        plan(SOON);
      }
    } else if (reply.status === 409) {
      tell("conflict", reply.data);
    } else if (reply.status === 401) {
      tell("signedout", reply.data);
    } else if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
      tell("refused", reply.data);
    } else {
      tell("away", reply.data);
      plan(AGAIN[Math.min(tries++, AGAIN.length - 1)]);
    }
  }

  function save() {
    parts.cancel(timer);
    if (running) return running.then(() => (kept === changes || status === "conflict" ? undefined : save()));
    if (kept === changes) return Promise.resolve();
    running = once().finally(() => { running = null; });
    return running;
  }

  return {
    /** Something was written. */
    touch() {
      changes++;
      parts.local.put({ revision, document: parts.gather() });
      if (status === "conflict") return;
      if (status !== "saving") tell("changed");
      plan(SOON);
    },
    /** Sends what is not there yet, and waits for the answer. @returns {Promise<boolean>} Whether the server has everything. */
    async flush() {
      if (status !== "conflict") await save();
      return kept === changes && status !== "conflict";
    },
    /** Goes on with what is here, over what the other window saved. @param {number} theirs */
    keepMine(theirs) {
      revision = theirs;
      changes++;
      status = "changed";
      return save();
    },
    /** Goes on with what the other window saved. @param {number} theirs */
    takeTheirs(theirs) {
      revision = theirs;
      kept = changes;
      parts.local.drop();
      tell("saved");
    },
    revision: () => revision,
    status: () => status,
    whole: () => kept === changes,
  };
}

/** What this browser keeps of a draft until the server has it. @param {Storage} storage @param {string} script @param {number} version */
export function localDraft(storage, script, version) {
  const key = `script ${script} ${version}`;
  return {
    /** @param {{revision:number, document:any}} kept */
    put(kept) {
      try {
        storage.setItem(key, JSON.stringify(kept));
      } catch {
        // A full or forbidden store: the server is asked as soon as ever.
      }
    },
    drop: () => storage.removeItem(key),
    /** @returns {{revision:number, document:any}|null} */
    get() {
      try {
        return JSON.parse(storage.getItem(key) || "null");
      } catch {
        return null;
      }
    },
  };
}

/**
 * What to open with: the server's words, or words of ours that never reached it. Both are told apart where both have moved.
 * @param {{revision:number, document:any}} server @param {{revision:number, document:any}|null} ours
 * @returns {"server"|"ours"|"both"}
 */
export function opening(server, ours) {
  if (!ours || !ours.document || JSON.stringify(sorted(ours.document)) === JSON.stringify(sorted(server.document))) return "server";
  return ours.revision === server.revision ? "ours" : "both";
}

/** Keys in one order: the database keeps none. @param {any} v @returns {any} */
export function sorted(v) {
  if (Array.isArray(v)) return v.map(sorted);
  if (v === null || typeof v !== "object") return v;
  return Object.fromEntries(Object.keys(v).sort().map((k) => [k, sorted(v[k])]));
}
