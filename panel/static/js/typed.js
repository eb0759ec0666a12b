// @ts-check
// What somebody has typed stays theirs when the server draws a part of the page anew: in its field, or, where that is gone,
// beside what is there now, until there is a field for it again.

const FIELDS = "textarea, select, input:not([type=hidden])";

/** @typedef {{id:string, value:string, checked:boolean, words:boolean, at:boolean, from:number|null, to:number|null}} Typed */

/**
 * Every field of a part in which something stands that the server has not put there for everybody.
 * @param {ParentNode} part @param {Element|null} active What has the focus. @returns {Typed[]}
 */
export function typedIn(part, active) {
  const failed = Boolean(part.querySelector("[data-problem]")); // what the server gave back is somebody's typing too
  /** @type {Typed[]} */
  const list = [];
  for (const el of part.querySelectorAll(FIELDS)) {
    const f = /** @type {any} */ (el);
    const at = active === el;
    const theirs = changed(f) || failed || "given" in f.dataset;
    if (f.id && (theirs || at)) {
      list.push({ id: f.id, value: f.value, checked: f.checked, words: theirs && f.tagName === "TEXTAREA" && f.value.trim() !== "", at, from: at && "selectionStart" in f ? f.selectionStart : null, to: at && "selectionEnd" in f ? f.selectionEnd : null });
    }
  }
  return list;
}

/** @param {any} f */
function changed(f) {
  if (f.type === "radio" || f.type === "checkbox") return f.checked !== f.defaultChecked;
  if (f.tagName === "SELECT") return [...f.options].some((o) => o.selected !== o.defaultSelected);
  return f.value !== f.defaultValue;
}

/**
 * Puts it back, and answers with the words whose field is gone.
 * @param {Typed[]} list @param {(id:string) => any} find A field of the part as it is now. @returns {Typed[]}
 */
export function giveBack(list, find) {
  const homeless = [];
  for (const was of list) {
    const f = find(was.id);
    if (!f) {
      if (was.words) homeless.push(was);
      continue;
    }
    if (f.type === "radio" || f.type === "checkbox") f.checked = was.checked;
    else f.value = was.value;
    if (was.at) f.focus({ preventScroll: true });
    if (was.at && was.from !== null) f.setSelectionRange(was.from, was.to);
  }
  return homeless;
}
