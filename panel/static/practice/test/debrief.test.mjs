// @ts-check
// The debrief of each partner: what was marked beside what was true.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { apply, begin } from "../../talk/walk.js";
import { factsOf, remarks } from "../debrief.js";
import { rehearsal } from "../rehearsal.js";

const read = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../../../../script/testdata/${name}`, import.meta.url), "utf8"));
const all = read("persona/personas.json");
const script = read("scripts/heat-recruitment.json");

/**
 * A whole talk: "say stake/open", "ask ask", "wait 6" and "light ask green" are what hands do.
 * @param {string} id @param {string[]} presses @param {Partial<import("../../talk/walk.js").State>} [marked] @param {string} [lang]
 */
function after(id, presses, marked = {}, lang = "en") {
  let now = 0;
  const who = all.personas.find((/** @type {any} */ p) => p.id === id);
  const talk = rehearsal({ all, who, locale: lang, now: () => now });
  const walk = begin(script);
  const settle = (/** @type {any} */ place) => { for (let i = 0; i < 60; i++) { now += 100; talk.tick(place); } };
  talk.pickup();
  for (const press of presses) {
    const [kind, where, more] = press.split(" ");
    const [step, line = ""] = where.split("/");
    const at = { step, type: (script.steps.find((/** @type {any} */ s) => s.id === step) || { type: "" }).type };
    if (kind === "wait") {
      for (let i = 0; i < Number(where) * 10; i++) { now += 100; talk.tick(more || "asked"); }
    } else if (kind === "light") {
      apply(script, walk, { type: "visit", data: { step } });
      apply(script, walk, { type: "light", data: { step, colour: more, ...(step === "ask" && more === "green" ? { sign: "named_day" } : {}), ...(more === "yellow" ? { id: step === "ask" ? "unsure" : "keep" } : {}), ...(more === "not_now" && step === "ask" ? { id: "hard" } : {}) } });
    } else if (kind === "stop") {
      apply(script, walk, { type: "engine", data: { what: "stop" } });
    } else {
      apply(script, walk, { type: "visit", data: { step } });
      talk.said(/** @type {any} */ (kind), line, "Why is that?", at);
      settle("");
    }
  }
  Object.assign(walk, marked);
  return remarks(all, who, factsOf(talk.account(), who, script, walk), lang);
}

/** @param {{said:string[]}} r @param {RegExp} words */
const says = (r, words) => assert.ok(r.said.some((s) => words.test(s)), `${words} in:\n${r.said.join("\n")}`);
/** @param {{said:string[]}} r @param {RegExp} words */
const hushes = (r, words) => assert.ok(!r.said.some((s) => words.test(s)), `no ${words} in:\n${r.said.join("\n")}`);

const ASKED = ["say intro/open", "light intro green", "say stake/open", "ask ask/question"];

test("story behind the story: a soft yes taken for a clear one", () => {
  const r = after("story_behind_the_story", [...ASKED, "light ask green"]);
  says(r, /soft yes. Did you hear the pause/);
  assert.equal(r.truth, "unsure");
  assert.equal(r.marked, "clear_yes");
  assert.deepEqual(r.hidden.map((x) => x.told), [false, false]);
  assert.match(r.tryNext, /count to five/);
});

test("story behind the story: the pause was heard", () => {
  const r = after("story_behind_the_story", [...ASKED, "light ask yellow"]);
  says(r, /Well heard/);
  hushes(r, /soft yes/);
});

test("story behind the story: told, and a clear yes", () => {
  const r = after("story_behind_the_story", ["say stake/open", "probe stake/wand", "probe stake/why", "light stake green", "ask ask/question", "light ask green"]);
  says(r, /clear yes/);
  says(r, /told you about her mother/);
  hushes(r, /weather/);
  assert.deepEqual(r.hidden.map((x) => x.told), [true, true]);
});

test("story behind the story: weather marked as a story", () => {
  says(after("story_behind_the_story", ["say stake/open", "light stake green"]), /weather/);
});

test("soft yes: the trap, and not falling into it", () => {
  const fell = after("soft_yes", [...ASKED, "light ask green"]);
  says(fell, /soft yes. Did you hear the pause/);
  const heard = after("soft_yes", [...ASKED, "light ask yellow"]);
  says(heard, /You heard it/);
  hushes(heard, /soft yes/);
  assert.match(heard.tryNext, /what could get in the way/);
  const found = after("soft_yes", [...ASKED, "probe ask/if_dont", "ask ask/question", "light ask green"]);
  says(found, /That one is real/);
  hushes(found, /soft yes/);
});

test("blames the neighbors: named, and not named", () => {
  const early = after("blames_neighbours", ["say agitate/open", "light agitate green", "ask ask/question", "light ask yellow"]);
  says(early, /named her neighbors/);
  says(early, /not sure, and you heard it/);
  const found = after("blames_neighbours", ["say stake/open", "say agitate/open", "probe agitate/block", "probe agitate/benefits", "probe agitate/others", "light agitate green", "ask ask/question", "light ask green"]);
  says(found, /got to the owner by herself/);
  says(found, /clear yes/);
  hushes(found, /She named her neighbors/);
});

test("doubts the plan: explained at, and asked", () => {
  const told = after("doubts_the_plan", ["say educate/a", "say educate/b", "light educate green", "ask ask/question", "light ask green"]);
  says(told, /worth a question/);
  says(told, /stays at home/);
  const asked = after("doubts_the_plan", ["say stake/open", "say educate/a", "wait 6 listening", "say educate/d", "ask ask/question", "light ask green"]);
  says(asked, /petition behind the doubt/);
  says(asked, /two neighbors with it/);
});

test("afraid of payback: the fear unnamed, and named", () => {
  const missed = after("afraid_of_payback", [...ASKED, "light ask yellow"]);
  says(missed, /wasn't the reason/);
  says(missed, /You noticed/);
  assert.match(missed.tryNext, /Say the worry first/);
  const met = after("afraid_of_payback", ["say inoculate/open", "probe inoculate/plan", "ask ask/question", "light ask yellow"]);
  says(met, /told you what she is afraid of/);
  hushes(met, /wasn't the reason/);
});

test("hard no: let be, pushed, and marked as something else", () => {
  const let_be = after("hard_no", [...ASKED, "light ask not_now"]);
  says(let_be, /let it be a no/);
  assert.match(let_be.tryNext, /as warmly as you would for a yes/);
  says(after("hard_no", ["ask ask/q", "ask ask/q", "ask ask/q"]), /three times/);
  says(after("hard_no", ["ask ask/q", "light ask yellow"]), /ring him again/);
  says(after("hard_no", ["ask ask/q", "light ask green"]), /kept a chair/);
});

test("take me off: at once, late, and not at all", () => {
  says(after("take_me_off", ["say intro/open", "stop x"]), /the first time they said it/);
  const late = after("take_me_off", ["say intro/open", "say stake/open", "stop x"]);
  says(late, /more than once/);
  hushes(late, /the first time/);
  const never = after("take_me_off", ["say intro/open", "say stake/open"]);
  says(never, /still on it/);
  assert.match(never.tryNext, /Don't contact me/);
});

test("every partner has one thing to try, whatever happened, in both languages", () => {
  for (const who of all.personas) {
    for (const lang of ["en", "es"]) {
      assert.ok(after(who.id, [], {}, lang).tryNext, who.id);
      const r = after(who.id, [...ASKED, "light ask yellow"], {}, lang);
      assert.ok(r.tryNext && r.story, who.id);
      assert.ok(r.said.length > 0, `${who.id} has nothing to say in ${lang}`);
    }
  }
});

test("an answer that was marked wrong is never passed over in silence", () => {
  const MARKS = { clear_yes: "light ask green", unsure: "light ask yellow", hard_no: "light ask not_now" };
  for (const who of all.personas.filter((/** @type {any} */ p) => p.id !== "take_me_off")) {
    for (const [mark, press] of Object.entries(MARKS)) {
      const r = after(who.id, [...ASKED, press]);
      assert.equal(r.marked, mark, who.id);
      assert.ok(r.said.length > 0, `${who.id}, ${mark} for ${r.truth}`);
      if (mark === "clear_yes" && r.truth !== "clear_yes") says(r, /yes/i);
    }
  }
});

test("the quiet: allowed, and broken", () => {
  says(after("soft_yes", ["ask ask/question", "wait 7 asked", "light ask yellow"]), /You let it be quiet/);
  let now = 0;
  const who = all.personas[1];
  const talk = rehearsal({ all, who, locale: "en", now: () => now });
  talk.said("ask", "question", "Can I count on you?", { step: "ask", type: "ask" });
  now = 2000;
  talk.tick("asked");
  talk.closed();
  assert.equal(talk.account().numbers.broke, 1, "the answer was still to come");
  talk.closed();
  assert.equal(talk.account().numbers.broke, 1, "after the answer nothing is broken off");
});

test("numbers are nobody's score: no remark holds one", () => {
  for (const x of [all.general, ...all.personas]) {
    for (const r of [...x.debrief, ...x.try]) for (const words of Object.values(r.say)) assert.doesNotMatch(String(words), /\d|score|points|puntos|ranking/i);
  }
});
