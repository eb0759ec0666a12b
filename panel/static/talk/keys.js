// @ts-check
// Single keys for hands that know the way. They can be turned off, they rest while someone types, a held key is one
// press, and no key ends a call.

/** @param {EventTarget|null} target */
const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/** @type {any} */ (target).readOnly && !["checkbox", "radio"].includes(/** @type {any} */ (target).type));

/** @typedef {{press:(colour:string, nth:number) => void, step:(n:number) => void, line:(by:number) => void, space:() => boolean, escape:() => boolean, moment:() => void, notes:() => void, words:() => void, help:() => void, mute:() => void, save:() => void, facts:() => void, list:() => void, on:() => boolean, open:() => boolean}} Hands */

/** @param {Hands} hands */
export function listen(hands) {
  document.addEventListener("keydown", (e) => {
    if (handle(e, hands)) e.preventDefault();
  });
}

/** @param {KeyboardEvent} e @param {Hands} hands @returns {boolean} Whether the key was ours. */
export function handle(e, hands) {
  if (e.repeat || e.isComposing) return false;
  if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) return hands.save(), true;
  if (e.altKey && !e.ctrlKey && e.code === "KeyM") return hands.mute(), true;
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || hands.open()) return false;
  if (e.key === "Escape") return hands.escape();
  if (!hands.on()) return false;
  // Space and Enter belong to the button that has the focus.
  if (e.key === " ") return !(e.target instanceof HTMLButtonElement || e.target instanceof HTMLAnchorElement) && hands.space();
  const nth = e.shiftKey ? 1 : 0;
  switch (e.key.toLowerCase()) {
    case "g": return hands.press("green", nth), true;
    case "y": return hands.press("yellow", nth), true;
    case "n": return hands.press("not_now", nth), true;
    case "m": return hands.moment(), true;
    case "t": return hands.notes(), true;
    case "w": return hands.words(), true;
    case "h": return hands.help(), true;
    case "/": return hands.facts(), true;
    case "?": return hands.list(), true;
    case "arrowleft": return hands.line(-1), true;
    case "arrowright": return hands.line(1), true;
  }
  if (/^[1-9]$/.test(e.key)) return hands.step(Number(e.key)), true;
  return false;
}
