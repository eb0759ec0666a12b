// @ts-check
// A page as a function of its state: h describes an element, render makes the document match and leaves alone what is
// right already, so focus, caret and scroll stay where they are.

/** @typedef {{tag:string, props:Record<string, any>, kids:(VNode|string)[]}} VNode */
/** @typedef {VNode|string|number|null|undefined|false|any[]} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag "button.btn.pri" @param {Record<string, any>|null} [props] @param {...Child} kids
 * @returns {VNode}
 */
export function h(tag, props, ...kids) {
  const [name, ...classes] = tag.split(".");
  const all = { ...props };
  if (classes.length) all.class = [...classes, all.class].filter(Boolean).join(" ");
  return { tag: name, props: all, kids: flat(kids) };
}

/** @param {Child[]} kids @returns {(VNode|string)[]} */
function flat(kids) {
  /** @type {(VNode|string)[]} */
  const out = [];
  for (const kid of kids) {
    if (kid === null || kid === undefined || kid === false || kid === "") continue;
    if (Array.isArray(kid)) out.push(...flat(kid));
    else out.push(typeof kid === "number" ? String(kid) : kid);
  }
  return out;
}

/** @param {Element} parent @param {Child[]} wanted */
export function render(parent, wanted) {
  const svg = parent.namespaceURI === SVG;
  const old = Array.from(parent.childNodes);
  const keyed = new Map(old.flatMap((n) => (keys.has(n) ? [[keys.get(n), n]] : [])));
  const free = old.filter((n) => !keys.has(n));
  /** @type {Set<Node>} */
  const kept = new Set();
  let at = 0;
  for (const want of flat(wanted)) {
    const key = typeof want === "string" ? undefined : want.props.key;
    let node = key === undefined ? takeLike(free, want) : keyed.get(key);
    if (node && !alike(node, want)) node = undefined;
    if (!node) node = create(want, svg);
    kept.add(node);
    if (key !== undefined) keys.set(node, key);
    if (typeof want === "string") {
      if (node.nodeValue !== want) node.nodeValue = want;
    } else {
      update(/** @type {Element} */ (node), want);
    }
    const here = parent.childNodes[at] || null;
    if (here !== node) parent.insertBefore(node, here);
    at++;
  }
  for (const node of old) if (!kept.has(node)) node.remove();
}

/** @type {WeakMap<Node, any>} */
const keys = new WeakMap();
/** @type {WeakMap<Element, Record<string, any>>} */
const had = new WeakMap();

/** @param {Node} node @param {VNode|string} want */
function alike(node, want) {
  if (typeof want === "string") return node.nodeType === Node.TEXT_NODE;
  return node.nodeType === Node.ELEMENT_NODE && node.nodeName.toLowerCase() === want.tag.toLowerCase();
}

/** @param {ChildNode[]} free @param {VNode|string} want */
function takeLike(free, want) {
  const i = free.findIndex((n) => alike(n, want));
  return i < 0 ? undefined : free.splice(0, i + 1)[i];
}

/** @param {VNode|string} want @param {boolean} svg @returns {ChildNode} */
function create(want, svg) {
  if (typeof want === "string") return document.createTextNode(want);
  return svg || want.tag === "svg" ? document.createElementNS(SVG, want.tag) : document.createElement(want.tag);
}

/** @param {Element} el @param {VNode} want */
function update(el, want) {
  const before = had.get(el) || {};
  had.set(el, want.props);
  for (const name of Object.keys(before)) if (!(name in want.props)) set(el, name, undefined);
  for (const [name, value] of Object.entries(want.props)) if (before[name] !== value || name === "value") set(el, name, value);
  render(el, want.kids);
}

/** @param {any} el @param {string} name @param {any} value */
function set(el, name, value) {
  if (name === "key") return;
  if (name.startsWith("on")) {
    el[name] = value || null;
  } else if (name === "value") {
    // What someone is typing is theirs: it is never put back to what we last knew.
    if (el.value !== (value ?? "") && document.activeElement !== el) el.value = value ?? "";
  } else if (name === "open" || name === "checked" || name === "disabled" || name === "inert") {
    el[name] = Boolean(value);
  } else if (value === undefined || value === null || value === false) {
    el.removeAttribute(name);
  } else {
    el.setAttribute(name, value === true ? "" : String(value));
  }
}

/** @param {string} name An icon of the sprite; it says nothing to a screen reader. */
export const icon = (name) => h("svg.i", { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("use", { href: `#icon-${name}` }));

/** Takes the sprite into the page, so that icons are there when the internet is not. @param {string} url */
export async function loadIcons(url) {
  const doc = new DOMParser().parseFromString(await (await fetch(url)).text(), "image/svg+xml");
  for (const symbol of doc.querySelectorAll("symbol")) symbol.id = `icon-${symbol.id}`;
  const sprite = document.importNode(doc.documentElement, true);
  sprite.style.display = "none"; // "hidden" means nothing on an svg: it would take up room below the page
  document.body.append(sprite);
}
