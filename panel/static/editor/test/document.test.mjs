// @ts-check
// The document as the form changes it, against the scripts that ship with the product.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addStep, at, duplicateStep, moveStep, nameFor, put, removeStep, tidy, uses, withWords, wordsIn } from "../document.js";
import { sorted } from "../keep.js";

const heat = () => JSON.parse(readFileSync(new URL("../../../../script/testdata/scripts/heat-recruitment.json", import.meta.url), "utf8"));

test("a script that nobody has touched is kept as it is", () => {
  assert.deepEqual(sorted(tidy(heat())), sorted(heat()));
});

test("words: plain ones belong to the first language, and an emptied one is gone", () => {
  assert.equal(wordsIn("Hello", "en", ["en", "es"]), "Hello");
  assert.equal(wordsIn("Hello", "es", ["en", "es"]), "");
  assert.deepEqual(withWords("Hello", "es", "Hola", ["en", "es"]), { en: "Hello", es: "Hola" });
  assert.deepEqual(withWords({ en: "Hello", es: "Hola" }, "es", " ", ["en", "es"]), { en: "Hello" });
});

test("a path that is not there yet is made, lists as lists", () => {
  const doc = {};
  put(doc, ["steps", 0, "sms", "first_line"], { en: "Hi" });
  assert.deepEqual(doc, { steps: [{ sms: { first_line: { en: "Hi" } } }] });
  put(doc, ["steps", 0, "sms", "first_line"], undefined);
  assert.deepEqual(tidy(doc), { steps: [] });
  assert.equal(at(doc, ["nothing", 3, "here"]), undefined);
});

test("lines that nobody has written yet stay in the form and out of the document", () => {
  const doc = heat();
  doc.steps[1].probes.push({ id: "question", text: {} });
  doc.steps[1].you_do.push({});
  doc.steps[1].sms.note = {};
  const kept = tidy(doc);
  assert.deepEqual(kept.steps[1].probes, heat().steps[1].probes);
  assert.deepEqual(kept.steps[1].you_do, heat().steps[1].you_do);
  assert.equal("note" in kept.steps[1].sms, false);
  const agenda = { steps: [{ ask: null, lights: { yellow: [] } }] };
  assert.deepEqual(tidy(agenda), agenda, "nothing that means something is tidied away");
});

test("a step that is taken out leaves no light leading nowhere", () => {
  const doc = heat();
  const i = doc.steps.findIndex((/** @type {any} */ s) => s.id === "agitate");
  const turned = removeStep(doc, i);
  assert.ok(turned >= 3, "its own green, and the picks of plan and ask");
  const text = JSON.stringify(doc);
  assert.equal(/"goto":"[^"]*agitate/.test(text), false);
  assert.equal(doc.steps.find((/** @type {any} */ s) => s.id === "stake").lights.green[0].goto, "educate");
  assert.equal(doc.steps.find((/** @type {any} */ s) => s.id === "ask").lights.yellow[0].goto, "pick(stake,educate)");
  assert.equal(doc.paths.full.includes("agitate"), false);
});

test("a pick of which one place is left is that place", () => {
  const doc = heat();
  doc.steps.find((/** @type {any} */ s) => s.id === "educate").lights.yellow[0].goto = "pick(self,stake)";
  removeStep(doc, doc.steps.findIndex((/** @type {any} */ s) => s.id === "stake"));
  assert.equal(doc.steps.find((/** @type {any} */ s) => s.id === "educate").lights.yellow[0].goto, "self");
});

test("a copy has its own id and says that it is one, in each language", () => {
  const doc = heat();
  assert.equal(duplicateStep(doc, 1), "stake_2");
  assert.equal(doc.steps[2].name.en, `${doc.steps[1].name.en} (copy)`);
  assert.equal(doc.steps[2].name.es, `${doc.steps[1].name.es} (copia)`);
  doc.steps[2].say[0].text.en = "Changed";
  assert.notEqual(doc.steps[1].say[0].text.en, "Changed");
});

test("a step that moves takes the paths along that went in order", () => {
  const doc = heat();
  doc.paths.odd = ["intro", "ask", "stake"];
  assert.equal(moveStep(doc, 2, -1), 1);
  assert.deepEqual(doc.paths.full.slice(0, 3), ["intro", "agitate", "stake"]);
  assert.deepEqual(doc.paths.odd, ["intro", "ask", "stake"], "a path with an order of its own keeps it");
  assert.equal(moveStep(doc, 0, -1), 0, "the first goes no higher");
});

test("a new step leads on to what follows it; an ask comes with its answers and its quiet", () => {
  const doc = heat();
  const id = addStep(doc, "ask", 1);
  const step = doc.steps[2];
  assert.equal(step.id, id);
  assert.equal(step.lights.green[0].goto, doc.steps[3].id);
  assert.deepEqual([step.lights.green[0].sets.answer, step.lights.yellow[0].sets.answer, step.lights.not_now[0].sets.answer], ["clear_yes", "unsure", "hard_no"]);
  assert.equal(step.say[0].then, "silence");
  assert.ok(step.name.es && step.silence.show);
  const last = addStep(doc, "next", doc.steps.length - 1);
  assert.match(doc.steps.find((/** @type {any} */ s) => s.id === last).lights.green[0].goto, /^end\(/);
});

test("names are plain letters, once", () => {
  assert.equal(nameFor("Por qué les importa", () => false), "por_que_les_importa");
  assert.equal(nameFor("3 things!", () => false), "things");
  assert.equal(nameFor("¿?", () => false), "new");
  assert.equal(nameFor("their dream", (n) => n === "their_dream"), "their_dream_2");
});

test("how often a word is used counts lines with a fallback too", () => {
  const doc = { steps: [{ say: [{ text: { en: "{dream} and {dream|that}", es: "{dream}" } }], name: { en: "{dreamy}" } }] };
  assert.equal(uses(doc, "dream"), 3);
});
