// @ts-check
// Ids that sort in the order they were made, even within one millisecond and when the clock steps back. The first
// random letter keeps half its range free, so counting up never runs over.

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @param {() => number} now @param {(n:number) => Uint8Array} [random]
 * @returns {() => string}
 */
export function ulids(now, random = (n) => crypto.getRandomValues(new Uint8Array(n))) {
  let last = 0;
  /** @type {number[]} */
  let tail = [];
  return () => {
    const t = Math.max(now(), last);
    if (t === last && tail.length) increment(tail);
    else tail = Array.from(random(16), (b, i) => b & (i ? 31 : 15));
    last = t;
    let head = "";
    for (let i = 0, rest = t; i < 10; i++, rest = Math.floor(rest / 32)) head = LETTERS[rest % 32] + head;
    return head + tail.map((d) => LETTERS[d]).join("");
  };
}

/** @param {number[]} digits */
function increment(digits) {
  for (let i = digits.length - 1; i >= 0; i--) {
    if (digits[i] < 31) {
      digits[i]++;
      return;
    }
    digits[i] = 0;
  }
}
