// @ts-check
// One step back, and forward again. Typing in one field is one step; so is every press.

const MOST = 60;

/** @param {() => any} read @param {(doc:any) => void} write */
export function history(read, write) {
  /** @type {string[]} */
  const back = [];
  /** @type {string[]} */
  const forth = [];
  let last = "";
  return {
    /** Call it before something changes. @param {string} what The same field again is the same step; "" is always a new one. */
    before(what) {
      if (what && what === last && back.length) return;
      last = what;
      back.push(JSON.stringify(read()));
      if (back.length > MOST) back.shift();
      forth.length = 0;
    },
    undo: () => swap(back, forth),
    redo: () => swap(forth, back),
    canUndo: () => back.length > 0,
    canRedo: () => forth.length > 0,
  };

  /** @param {string[]} from @param {string[]} to */
  function swap(from, to) {
    const doc = from.pop();
    if (doc === undefined) return false;
    to.push(JSON.stringify(read()));
    last = "";
    write(JSON.parse(doc));
    return true;
  }
}
