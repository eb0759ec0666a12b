// @ts-check
// Every sentence of the editor is there in Spanish, with the same blanks.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../", import.meta.url);
const spanish = JSON.parse(readFileSync(new URL("../words/es/editor.json", root), "utf8"));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".js") && f !== "document.js"); // what that one says, it says in both languages

/** What is said in a file: t("…"), both forms of a count, and the lists of [value, "words"] and {key: "Words"}. */
const PATTERNS = [/\bt\("((?:[^"\\]|\\.)+)"/g, /count\([^,]+, "([^"]+)", "([^"]+)"\)/g, /(?<!\(m, |\(m\.doc, |place\(|fieldId\(|lang, )\["[a-z_]+", "([^"]+)"\]/g, /\b[a-z_]+: "([A-Z][^"]*)"/g, /\b(?:slot|fact|builtin): "([^"]+)"/g];

const NAMES = new Set(["Xiomara", "Luis"]);

test("every sentence has its Spanish", () => {
  for (const file of files) {
    const text = readFileSync(new URL(file, root), "utf8");
    for (const pattern of PATTERNS) {
      for (const [, ...said] of text.matchAll(pattern)) for (const s of said) assert.ok(s in spanish || NAMES.has(s), `${file}: ${s}`);
    }
  }
});

test("the blanks of a sentence are the same in both languages", () => {
  for (const [en, es] of Object.entries(spanish)) {
    const blanks = (/** @type {string} */ s) => (s.match(/\{\w+\}/g) || []).sort();
    assert.deepEqual(blanks(es), blanks(en), en);
    assert.ok(es.trim());
  }
});

test("nothing in the editor needs an inline style, an inline script or another host", () => {
  for (const file of files) assert.doesNotMatch(readFileSync(new URL(file, root), "utf8"), /innerHTML|insertAdjacentHTML|style:|https?:\/\/(?!www\.w3\.org|")/, file);
});
