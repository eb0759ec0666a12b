// @ts-check
// Talking to our own server. A reply is a reply, whatever its status; only a failed network throws.

/** @typedef {import("./outbox.js").Reply} Reply */

/** @param {string} method @param {string} path @param {any} [body] @returns {Promise<Reply>} */
export async function request(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? { accept: "application/json" } : { accept: "application/json", "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
    signal: AbortSignal.timeout(15000),
  });
  let data = null;
  try {
    data = await response.json();
  } catch {
    // A page instead of JSON, for example from a proxy: the status says enough.
  }
  return { status: response.status, data };
}

/** @param {Reply} reply */
export const ok = (reply) => reply.status >= 200 && reply.status < 300;

/** What to tell the volunteer when something was refused. @param {Reply} reply */
export const sentence = (reply) => (reply.data && (reply.data.detail || reply.data.title)) || "That didn't work, and it's on our side. Try again.";

/**
 * Follows what changes: told by the stream, else asked for every twenty seconds, so a lost stream is only slower.
 * @param {string} topic @param {() => void} changed
 */
export function follow(topic, changed) {
  /** @type {EventSource|null} */
  let source = null;
  const connect = () => {
    source = new EventSource(`/live?topics=${encodeURIComponent(topic)}`);
    source.addEventListener("topic", changed);
    source.onopen = changed;
  };
  connect();
  setInterval(() => {
    if (!source || source.readyState === EventSource.CLOSED) connect();
    if (!source || source.readyState !== EventSource.OPEN) changed();
  }, 20000);
}

/**
 * An id for this tab that outlives a reload. A duplicated tab copies its storage, so the id is claimed with a lock and
 * a copy takes a new one.
 * @param {() => string} fresh @returns {Promise<string>}
 */
export async function claimTab(fresh) {
  let id = sessionStorage.getItem("tab") || fresh();
  const claim = (/** @type {string} */ name) => new Promise((done) => {
    if (!navigator.locks) return done(true);
    navigator.locks.request(`tab-${name}`, { ifAvailable: true }, (lock) => {
      done(Boolean(lock));
      return lock ? new Promise(() => {}) : undefined;
    });
  });
  if (!(await claim(id))) {
    id = fresh();
    await claim(id);
  }
  sessionStorage.setItem("tab", id);
  return id;
}
