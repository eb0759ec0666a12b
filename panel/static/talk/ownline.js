// @ts-check
// "Say it my way": a line as it is written with its places named in brackets, and back. Braces never reach a screen.

const PLACE = /\{([a-z][a-z0-9_]*)(?:\|[^{}]*)?\}/g;

/**
 * The line for the hand: "Hi [their name], it's [your name]".
 * @param {string} line @param {(slot:string) => string} named What a place is called.
 */
export const written = (line, named) => line.replace(PLACE, (_, slot) => `[${named(slot)}]`);

/**
 * The hand's line for the script: each bracket is the place that it names. What is named by no place of the line is
 * answered with, so that it can be put right; else the text has no bracket and no brace left.
 * @param {string} text @param {string} line The script's own line. @param {(slot:string) => string} named
 * @returns {{text:string, unknown:string}}
 */
export function spokenBy(text, line, named) {
  const places = new Map([...line.matchAll(PLACE)].map((m) => [named(m[1]).toLowerCase(), m[0]]));
  let unknown = "";
  const out = text.replace(/[{}]/g, "").replace(/\[([^[\]]*)\]/g, (whole, name) => {
    const place = places.get(name.trim().toLowerCase());
    if (!place) unknown ||= whole;
    return place || "";
  });
  return { text: out.replace(/\s+/g, " ").trim(), unknown };
}
