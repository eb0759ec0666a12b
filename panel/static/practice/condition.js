// @ts-check
// The "if" of a partner's rule: it can compare, and ask, and nothing else. The same tiny language as the server's, held
// equal by shared vectors. Nothing in it is ever run as a script.

/** @typedef {{numbers?:Record<string, number>, words?:Record<string, string>, sets?:Record<string, string[]>, answers?:Record<string, Record<string, string>>}} Facts */
/** @typedef {{op:string, name?:string, text?:string, number?:number, kids?:Node[], sense:"number"|"text"|"bool"}} Node */

const NUMBERS = ["mood", "heard", "asked", "probes", "told", "share", "quiet", "broke", "after"];
const WORDS = ["step", "type"];
const SETS = ["revealed", "said", "probed", "noted", "visited"];
const ANSWERS = ["marked", "truth"];
const SIGNS = ["==", "!=", ">=", "<=", ">", "<"];
const LONGEST = 300;
const DEEPEST = 24;

/** @type {Map<string, Node>} */
const read = new Map();

/** Whether a condition holds. An empty one always does. @param {string|undefined} source @param {Facts} facts */
export function holds(source, facts) {
  if (!source) return true;
  let root = read.get(source);
  if (!root) read.set(source, root = parse(source));
  return truth(root, facts);
}

/** @param {string} source @returns {Node} It throws a sentence where it cannot be read. */
export function parse(source) {
  if (new TextEncoder().encode(source).length > LONGEST) throw new Error(`it is longer than ${LONGEST} characters`);
  const tokens = cut(source);
  let at = 0;
  let depth = 0;
  const next = () => tokens[at] ?? "";
  const take = (/** @type {string} */ want) => next() === want && (at++, true);
  const deeper = (/** @type {() => Node} */ part) => {
    if (++depth > DEEPEST) throw new Error("it goes too deep");
    const node = part();
    depth--;
    return node;
  };

  /** @param {string} op @param {string} sign @param {() => Node} part @returns {Node} */
  const chain = (op, sign, part) => {
    const kids = [part()];
    while (take(sign)) kids.push(part());
    if (kids.length === 1) return kids[0];
    if (kids.some((k) => k.sense !== "bool")) throw new Error(`${sign} joins what is true or false, nothing else`);
    return { op, kids, sense: "bool" };
  };
  /** @returns {Node} */
  const or = () => deeper(() => chain("or", "||", () => chain("and", "&&", not)));
  /** @returns {Node} */
  const not = () => {
    if (!take("!")) return compare();
    return deeper(() => {
      const kid = not();
      if (kid.sense !== "bool") throw new Error("only what is true or false can be turned round");
      return { op: "not", kids: [kid], sense: "bool" };
    });
  };
  /** @returns {Node} */
  const compare = () => {
    const left = term();
    const sign = next();
    if (!SIGNS.includes(sign)) return left;
    at++;
    const right = term();
    if (left.sense !== right.sense || left.sense === "bool" || (left.sense === "text" && sign !== "==" && sign !== "!=")) throw new Error(`the two sides of ${sign} cannot be compared`);
    return { op: "compare", name: sign, kids: [left, right], sense: "bool" };
  };
  /** @returns {Node} */
  const term = () => {
    const t = next();
    at++;
    if (t === "") throw new Error("it breaks off");
    if (t === "(") {
      const inside = or();
      if (!take(")")) throw new Error("a bracket is not closed");
      return inside;
    }
    if (t[0] === "'") return { op: "text", text: t.slice(1, -1), sense: "text" };
    if (digit(t[0])) {
      if (t.split(".").length > 2) throw new Error(`"${t}" is no number`);
      return { op: "number", number: Number(t), sense: "number" };
    }
    if (next() === "(") return call(t);
    if (NUMBERS.includes(t)) return { op: "name", name: t, sense: "number" };
    if (WORDS.includes(t)) return { op: "name", name: t, sense: "text" };
    throw new Error(`"${t}" is nothing it knows`);
  };
  /** @param {string} name @returns {Node} */
  const call = (name) => {
    const sense = ANSWERS.includes(name) ? "text" : SETS.includes(name) ? "bool" : "";
    if (!sense) throw new Error(`"${name}" is nothing it can ask`);
    at++;
    const text = next();
    at++;
    if (!text || !letter(text[0]) || !take(")")) throw new Error(`${name} asks about one name, in brackets`);
    return { op: "call", name, text, sense };
  };

  const root = or();
  if (at < tokens.length) throw new Error(`"${tokens[at]}" is in the way`);
  if (root.sense !== "bool") throw new Error("it is neither true nor false");
  return root;
}

const letter = (/** @type {string} */ c) => /[A-Za-z_]/.test(c);
const digit = (/** @type {string} */ c) => /[0-9]/.test(c);

/** @param {string} s @returns {string[]} */
function cut(s) {
  const tokens = [];
  for (let i = 0; i < s.length;) {
    if (s[i] === " ") { i++; continue; }
    const found = /^('[^']*'|[A-Za-z_][A-Za-z_0-9]*|[0-9][0-9.]*|==|!=|>=|<=|&&|\|\||[()!<>])/.exec(s.slice(i));
    if (!found) throw new Error(s[i] === "'" ? "a quote is not closed" : `"${s[i]}" is nothing it knows`);
    tokens.push(found[0]);
    i += found[0].length;
  }
  return tokens;
}

/** @param {Node} n @param {Facts} f @returns {boolean} */
function truth(n, f) {
  const kids = n.kids || [];
  switch (n.op) {
    case "not": return !truth(kids[0], f);
    case "and": return kids.every((k) => truth(k, f));
    case "or": return kids.some((k) => truth(k, f));
    case "compare": return compared(n.name || "", value(kids[0], f), value(kids[1], f));
  }
  return ((f.sets || {})[n.name || ""] || []).includes(n.text || "");
}

/** @param {Node} n @param {Facts} f @returns {string|number} */
function value(n, f) {
  if (n.op === "number") return /** @type {number} */ (n.number);
  if (n.op === "text") return n.text || "";
  if (n.op === "call") return own(own(f.answers || {}, n.name || "") || {}, n.text || "") || "";
  return n.sense === "number" ? own(f.numbers || {}, n.name || "") || 0 : own(f.words || {}, n.name || "") || "";
}

/** A name of ours, never something that every object has. @param {any} from @param {string} name */
const own = (from, name) => (Object.hasOwn(from, name) ? from[name] : undefined);

/** @param {string} sign @param {any} a @param {any} b */
function compared(sign, a, b) {
  switch (sign) {
    case "==": return a === b;
    case "!=": return a !== b;
    case ">=": return a >= b;
    case "<=": return a <= b;
    case ">": return a > b;
  }
  return a < b;
}
