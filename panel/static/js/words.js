// @ts-check
// Our own sentences in the language of whoever reads them. The English sentence is the key; static/words/es/*.json holds
// its Spanish. What a script says is the script's own and does not pass through here.

/** @type {Record<string, string>} */
let known = {};
/** The language that is spoken here: "en" or "es". */
export let language = "en";
/** Sentences that were asked for and are not known, for the tests. @type {Set<string>} */
export const missing = new Set();

/** Speaks a language from now on. @param {string} to @param {Record<string, string>} [catalog] */
export function learn(to, catalog = {}) {
  language = to;
  known = { ...known, ...catalog };
}

/**
 * Fetches what a page needs before it is drawn. Without the words it is drawn in English: better than not at all.
 * @param {string} to @param {string[]} files
 */
export async function speak(to, files) {
  language = to === "es" ? "es" : "en";
  if (language === "en") return;
  for (const body of await Promise.all(files.map(fetched))) learn(language, body);
}

/** @param {string} name */
async function fetched(name) {
  try {
    const reply = await fetch(new URL(`../words/es/${name}.json`, import.meta.url));
    return reply.ok ? await reply.json() : {};
  } catch {
    return {};
  }
}

/**
 * A sentence of ours. Names in braces are filled in: t("Ringing {name}", { name }).
 * @param {string} english @param {Record<string, string|number>} [values]
 */
export function t(english, values) {
  let sentence = english;
  if (language !== "en") {
    if (known[english] === undefined) missing.add(english);
    else sentence = known[english];
  }
  return values ? sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : sentence;
}

/** A number with what it counts: "1 text", "3 texts". @param {number} n @param {string} one @param {string} many */
export const count = (n, one, many) => `${n} ${t(n === 1 ? one : many)}`;
