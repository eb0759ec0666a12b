// @ts-check
// Single keys on the coordinators' board, for hands that know the way. They move the focus itself, so that a screen reader
// says where it is; they rest while someone types, and they can be turned off.

/** What each key does, as the list of keys says it. */
export const KEYS = [["J", "The next person"], ["K", "The person before"], ["X", "Tick this line"], ["Enter", "Open this person"], ["A", "Give the ticked lines to somebody"], ["N", "Plan a wave"], ["/", "Search by name"], ["?", "This list"]];

/** @typedef {{move:(by:number) => void, tick:() => void, give:() => void, plan:() => void, search:() => void, list:() => void, on:() => boolean, open:() => boolean}} Hands */

/** @param {any} target */
const typing = (target) => Boolean(target && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || target.tagName === "INPUT" && !["checkbox", "radio"].includes(target.type)));

/** @param {KeyboardEvent} e @param {Hands} hands @returns {boolean} Whether the key was ours. */
export function handle(e, hands) {
  if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || hands.open()) return false;
  const key = e.key.toLowerCase();
  if (key === "?") return e.repeat ? false : (hands.list(), true); // also where they are off: there they are turned on
  if (!hands.on()) return false;
  if (key === "j" || key === "k") return hands.move(key === "j" ? 1 : -1), true; // held, it goes on
  if (e.repeat) return false;
  const what = { x: hands.tick, a: hands.give, n: hands.plan, "/": hands.search }[key];
  if (!what) return false;
  what();
  return true;
}

/**
 * Which line a press of J or K leads to: from the line that has the focus, else from where it was last, never past an end.
 * @param {number} lines @param {number} at -1: none yet @param {number} by
 */
export const step = (lines, at, by) => (lines === 0 ? -1 : at < 0 ? 0 : Math.min(lines - 1, Math.max(0, at + by)));
