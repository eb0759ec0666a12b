// @ts-check
// [their stake] in the field is {their_stake} in the document: for every line of every script that ships.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { BUILTINS, chips, finish, matching, toBraces, toBrackets, typing, unknown } from "../chips.js";

const dir = new URL("../../../../script/testdata/scripts/", import.meta.url);
const scripts = readdirSync(dir).map((f) => JSON.parse(readFileSync(new URL(f, dir), "utf8"))).filter((s) => s.format === "pb.script/1");

/** @param {any} v @param {(words:any) => void} visit */
function eachText(v, visit) {
  if (v === null || typeof v !== "object") return;
  for (const [k, x] of Object.entries(v)) {
    if (["text", "summarize", "first_line", "say"].includes(k) && x && !Array.isArray(x)) visit(x);
    eachText(x, visit);
  }
}

test("every line survives the field, in every language", () => {
  let lines = 0;
  for (const script of scripts) {
    for (const locale of script.locales) {
      const list = chips(script, locale);
      assert.equal(new Set(list.map((c) => c.label)).size, list.length, `${script.id} in ${locale}: labels are told apart`);
      eachText(script, (words) => {
        const line = typeof words === "string" ? words : words[locale];
        if (!line) return;
        lines++;
        const shown = toBrackets(line, list);
        assert.doesNotMatch(shown, /[{}]/, "a brace never reaches the coordinator");
        assert.equal(toBraces(shown, list), line);
        assert.deepEqual(unknown(shown, list), []);
      });
    }
  }
  assert.ok(lines > 100);
});

const script = { locales: ["en", "es"], slots: { their_stake: { label: { en: "Their stake", es: "Por qué les importa" } }, odd: { label: { en: "a [strange] one" } } }, facts: { by_date: { label: { en: "by when", es: "para cuándo" } } } };

test("a label in the language of the line, with its fallback", () => {
  assert.equal(toBrackets("Because {their_stake|it matters}.", chips(script, "es")), "Because [por qué les importa|it matters].");
  assert.equal(toBraces("[THEIR STAKE ]", chips(script, "en")), "{their_stake}");
  assert.equal(toBraces("[their_stake]", chips(script, "en")), "{their_stake}", "the name itself does too");
});

test("labels that would be mistaken for each other, or hold a bracket, give way", () => {
  const list = chips(script, "en");
  assert.equal(list.find((c) => c.name === "by_date")?.label, "by when");
  assert.notEqual(list.find((c) => c.name === "by_when")?.label, "by when");
  assert.equal(list.find((c) => c.name === "odd")?.label, "odd");
  for (const name of BUILTINS) assert.ok(list.some((c) => c.name === name), name);
});

test("what nobody knows stays as it was written, and is told", () => {
  const list = chips(script, "en");
  assert.equal(toBraces("I hear [their dream] in that", list), "I hear [their dream] in that");
  assert.deepEqual(unknown("I hear [their dream] and [their stake]", list), ["their dream"]);
});

test("the menu opens at a bracket that is open, and closes with it", () => {
  assert.equal(typing("because ["), "");
  assert.equal(typing("because [Their st"), "their st");
  assert.equal(typing("because [their stake]"), null);
  assert.equal(typing("because"), null);
  assert.equal(typing("because [their stake|it"), null, "a fallback is free text");
  assert.equal(matching(chips(script, "en"), "their s")[0].name, "their_stake");
});

test("a chosen word is finished where the caret is", () => {
  const chip = /** @type {any} */ ({ name: "their_stake", label: "their stake" });
  assert.deepEqual(finish("Because [th, right?", 11, chip), { line: "Because [their stake], right?", caret: 21 });
  assert.deepEqual(finish("Because [", 9, chip), { line: "Because [their stake]", caret: 21 });
  assert.deepEqual(finish("Because [st] and [name]", 11, chip), { line: "Because [their stake] and [name]", caret: 21 });
});
