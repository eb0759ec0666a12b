// @ts-check
// This browser's own store, IndexedDB: what was pressed and typed is here before it is anywhere else.

/** @typedef {import("./outbox.js").Item} Item */
/** @typedef {{key:string, conversation:string, name:string, value:string}} Draft */

const NAME = "phonebank";
const TABLES = { outbox: "id", drafts: "key", copies: "conversation" };

/** @param {IDBRequest} request @returns {Promise<any>} */
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** @param {IDBFactory} factory @returns {Promise<IDBDatabase>} */
function open(factory) {
  const request = factory.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const [table, key] of Object.entries(TABLES)) request.result.createObjectStore(table, { keyPath: key });
  };
  return done(request);
}

/**
 * @param {IDBFactory} factory
 * @returns {Promise<ReturnType<typeof tables>>}
 */
export async function openStore(factory) {
  const db = await open(factory);
  return tables((table, mode, work) => new Promise((resolve, reject) => {
    const tx = db.transaction(table, mode);
    const result = work(tx.objectStore(table));
    tx.oncomplete = () => resolve(result && result.result);
    tx.onabort = tx.onerror = () => reject(tx.error);
  }));
}

/**
 * @param {(table:string, mode:IDBTransactionMode, work:(s:IDBObjectStore) => IDBRequest|undefined) => Promise<any>} within
 */
function tables(within) {
  const each = (/** @type {string} */ table, /** @type {string[]} */ keys) => within(table, "readwrite", (s) => {
    for (const key of keys) s.delete(key);
    return undefined;
  });
  return {
    durable: true,
    /** @param {Item} item */
    put: (item) => within("outbox", "readwrite", (s) => s.put(item)),
    /** @returns {Promise<Item[]>} */
    all: () => within("outbox", "readonly", (s) => s.getAll()),
    /** @param {string[]} ids */
    remove: (ids) => each("outbox", ids),
    /** @param {Draft} draft */
    putDraft: (draft) => within("drafts", "readwrite", (s) => s.put(draft)),
    /** @param {string} conversation @returns {Promise<Draft[]>} */
    drafts: async (conversation) => (await within("drafts", "readonly", (s) => s.getAll())).filter((/** @type {Draft} */ d) => d.conversation === conversation),
    /** @param {string} key */
    removeDraft: (key) => each("drafts", [key]),
    /** The last state the server gave, for a reload while it is away. @param {string} conversation @param {any} state */
    putCopy: (conversation, state) => within("copies", "readwrite", (s) => s.put({ conversation, state })),
    /** @param {string} conversation */
    copy: async (conversation) => ((await within("copies", "readonly", (s) => s.get(conversation))) || {}).state,
    /** Forgets a talk that is safely with the server: a shared laptop keeps nobody's words. @param {string} conversation */
    async forget(conversation) {
      await each("copies", [conversation]);
      for (const d of await this.drafts(conversation)) await this.removeDraft(d.key);
    },
  };
}

/** A store for a browser that keeps nothing, as in some private windows. It lasts as long as the page. */
export function memoryStore() {
  /** @type {Record<string, Map<string, any>>} */
  const kept = { outbox: new Map(), drafts: new Map(), copies: new Map() };
  return {
    durable: false,
    put: async (/** @type {Item} */ item) => { kept.outbox.set(item.id, structuredClone(item)); },
    all: async () => [...kept.outbox.values()].map((i) => structuredClone(i)),
    remove: async (/** @type {string[]} */ ids) => { for (const id of ids) kept.outbox.delete(id); },
    putDraft: async (/** @type {Draft} */ d) => { kept.drafts.set(d.key, d); },
    drafts: async (/** @type {string} */ conversation) => [...kept.drafts.values()].filter((d) => d.conversation === conversation),
    removeDraft: async (/** @type {string} */ key) => { kept.drafts.delete(key); },
    putCopy: async (/** @type {string} */ conversation, /** @type {any} */ state) => { kept.copies.set(conversation, state); },
    copy: async (/** @type {string} */ conversation) => kept.copies.get(conversation),
    forget: async (/** @type {string} */ conversation) => { kept.copies.delete(conversation); },
  };
}
