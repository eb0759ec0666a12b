// @ts-check
// One talk in this browser: what the server knows, what was pressed here since, and the walk that follows from both.

import { NO_ASK, replay } from "./walk.js";

/** @typedef {import("./walk.js").TalkEvent} TalkEvent */

/**
 * The server's events, then those that it has not shown us yet, each once.
 * @param {TalkEvent[]} theirs @param {TalkEvent[]} ours
 */
export function merge(theirs, ours) {
  const known = new Set(theirs.map((e) => e.id));
  return [...theirs, ...ours.filter((e) => !known.has(e.id))];
}

/** What was settled before the talk. No ask from the server means that nothing is asked today. @param {any} server */
export const startOf = (server) => ({ ask: server.ask ? server.ask.id : server.ask === null ? NO_ASK : undefined, locale: server.conversation.locale, at: server.conversation.started_at });

/** The script with the session's ask in it, should a coordinator have added one. @param {any} server */
export function scriptOf(server) {
  const { script, ask } = server;
  if (!ask || (script.asks || []).some((/** @type {any} */ a) => a.id === ask.id)) return script;
  return { ...script, asks: [{ kind: "other", rung: 0, ...ask, when: undefined }, ...(script.asks || [])] };
}

/** @param {any} server @param {TalkEvent[]} events */
export const walkOf = (server, events) => replay(scriptOf(server), startOf(server), events);

/** When the quiet began, by the last time it was opened. @param {TalkEvent[]} events @param {number} otherwise */
export function quietSince(events, otherwise) {
  for (let i = events.length - 1; i >= 0; i--) {
    const e = events[i];
    if (e.type === "silence" && e.data.phase === "open") return Date.parse(e.at || "") || otherwise;
  }
  return otherwise;
}
