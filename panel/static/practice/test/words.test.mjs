// @ts-check
// Practice says nothing that it cannot say in Spanish, and asks nobody outside of its own page.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const here = new URL("../", import.meta.url);
const files = readdirSync(here).filter((f) => f.endsWith(".js"));
const text = (/** @type {string} */ f) => readFileSync(new URL(f, here), "utf8");
const known = JSON.parse(readFileSync(new URL("../words/es/practice.json", here), "utf8"));

test("every sentence of practice has its Spanish, with the same names in it", () => {
  for (const file of files) {
    for (const [, sentence] of text(file).matchAll(/\bt\("((?:[^"\\]|\\.)*)"/g)) assert.ok(known[sentence], `${file}: ${sentence}`);
  }
  for (const [en, es] of Object.entries(known)) {
    const names = (/** @type {string} */ s) => [...s.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
    assert.deepEqual(names(es), names(en), en);
  }
});

test("only the line fetches, once, and only to read; nothing keeps what was said", () => {
  for (const file of files) {
    const code = text(file).replace(/\/\/.*$|\/\*[\s\S]*?\*\//gm, "");
    assert.equal((code.match(/\bfetch\(/g) || []).length, file === "line.js" ? 1 : 0, file);
    assert.doesNotMatch(code, /XMLHttpRequest|WebSocket|EventSource|sendBeacon|indexedDB|sessionStorage|innerHTML|\beval\(|new Function|https?:/, file);
    assert.ok((code.match(/localStorage/g) || []).length <= 1, file);
  }
});
