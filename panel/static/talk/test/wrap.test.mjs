// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { savedWords } from "../call.js";
import { merge } from "../talk.js";
import { apply, begin } from "../walk.js";
import { localIn, nextWeekday, plusDays, plusMinutes } from "../when.js";
import { bodyOf, editsOf, formOf, movedRow, promised, readBack, unready } from "../wrap.js";

const script = JSON.parse(readFileSync(new URL("../../../../script/testdata/scripts/heat-recruitment.json", import.meta.url), "utf8"));
const NOW = "2026-11-24T17:46";

/** @param {any[]} events @param {any} [more] */
function talk(events, more = {}) {
  const walk = begin(script);
  for (const [type, data] of events) assert.ok(apply(script, walk, { type, data }), JSON.stringify(data));
  const builtins = { first_name: "Xiomara", volunteer: "Dana", org: "Alder Tenants" };
  return { script, walk, sources: { script, locale: walk.locale, ask: walk.ask, conversation: walk.slots, builtins }, nowLocal: NOW, demo: false, textAllowed: true, textOk: false, ...more };
}
const slot = (/** @type {string} */ name, /** @type {string} */ value) => ["slot", { name, value }];
const yes = [["visit", { step: "ask" }], ["light", { step: "ask", colour: "green", sign: "named_day" }], slot("what", "come to the tenants' meeting"), slot("by_when", "2026-12-03T18:30")];
const texted = [...yes, slot("follow_how", "text"), slot("follow_when", "2026-12-02T18:00"), slot("text_ok", "yes")];
const ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

test("a clear yes is a commitment with a reminder before and a question after, and both say exactly what is sent", () => {
  const c = talk(texted);
  const body = bodyOf(c, formOf(c, {}), ID, "next");
  assert.equal(body.outcome, "commitment");
  assert.deepEqual(body.commitment, { what: "come to the tenants' meeting", by_when: "2026-12-03T18:30" });
  assert.deepEqual(body.follow_ups.map((f) => [f.channel, f.reason, f.local]), [["text", "before_commitment", "2026-12-02T18:00"], ["text", "after_commitment", "2026-12-04T18:00"]]);
  assert.equal(body.follow_ups[0].body, "Hi Xiomara, it's Dana from Alder Tenants. The plan is: come to the tenants' meeting, Thu Dec 3, 6:30 pm. Still good? If anything changed, tell me here.");
  assert.deepEqual(body.text_ok, { words: "Can I text you a reminder at this number?" });
});

test("a recap goes only when a person pressed Send", () => {
  const c = talk(texted);
  assert.equal(bodyOf(c, formOf(c, {}), ID, "next").recap, null);
  const sent = bodyOf(c, formOf(c, { recap: "See you “Thursday”", recap_send: true }), ID, "next").recap;
  assert.deepEqual(sent, { body: 'See you "Thursday"', send: true });
  assert.equal(bodyOf({ ...c, textAllowed: false }, formOf(c, { recap_send: true }), ID, "next").recap, null, "never to a number that takes no texts");
});

test("without a yes to texts nothing sends itself", () => {
  const c = talk([...yes, slot("follow_how", "text"), slot("follow_when", "2026-12-02T18:00")]);
  assert.ok(promised(c, formOf(c, {})).every((p) => !p.auto));
  const texts = (/** @type {any} */ context) => promised(context, formOf(c, {})).filter((p) => p.channel === "text");
  assert.ok(texts({ ...c, textOk: true }).every((p) => p.auto), "a yes from before counts");
  assert.ok(texts({ ...c, textOk: true, byHand: true }).every((p) => !p.auto), "two promises missed in a row");
  assert.ok(promised({ ...c, textOk: true }, formOf(c, { text_ok: "no" })).every((p) => !p.auto), "today's no wins");
});

test("a number that takes no texts is called instead", () => {
  const c = talk(texted, { textAllowed: false });
  assert.ok(promised(c, formOf(c, {})).every((p) => p.channel === "call" && p.body === ""));
});

test("a promise without a follow-up time still gets the day before and the day after", () => {
  const c = talk(yes);
  assert.deepEqual(promised(c, formOf(c, {})).map((p) => [p.reason, p.local]), [["before_commitment", "2026-12-02T18:00"], ["after_commitment", "2026-12-04T18:00"]]);
});

test("what the volunteer leaves out is left out, what they reword is reworded", () => {
  const c = talk(texted);
  const body = bodyOf(c, formOf(c, { off: { after_commitment: true }, bodies: { before_commitment: "See you tomorrow" } }), ID, "next");
  assert.deepEqual(body.follow_ups.map((f) => f.body), ["See you tomorrow"]);
});

test("in the demo, a time a minute away is a minute away when it is saved", () => {
  const c = talk([...yes, slot("follow_how", "text"), slot("follow_when", plusMinutes(NOW, 1))], { demo: true });
  assert.deepEqual(bodyOf(c, formOf(c, {}), ID, "next").follow_ups[0], { channel: "text", reason: "before_commitment", in_minutes: 1, body: promised(c, formOf(c, {}))[0].body });
});

test("not sure is a good talk, and any agreed call stands whatever the ending", () => {
  const c = talk([["visit", { step: "ask" }], ["light", { step: "ask", colour: "yellow", id: "unsure" }], slot("follow_how", "call"), slot("follow_when", "2026-11-25T18:00")]);
  const body = bodyOf(c, formOf(c, {}), ID, "break");
  assert.deepEqual([body.outcome, body.answer, body.commitment, body.then], ["connected", "unsure", null, "break"]);
  assert.deepEqual(body.follow_ups, [{ channel: "call", reason: "scheduled_call", local: "2026-11-25T18:00" }]);
});

test("a hard no that agreed to hear from us again is revisited", () => {
  const c = talk([["visit", { step: "ask" }], ["light", { step: "ask", colour: "not_now", id: "hard" }], slot("follow_when", "2027-03-01T18:00")]);
  assert.deepEqual(bodyOf(c, formOf(c, {}), ID, "next").follow_ups.map((f) => f.reason), ["revisit"]);
});

test("don't contact me leaves nothing to promise, text or remember to text", () => {
  const c = talk([...texted, ["engine", { what: "stop" }]]);
  const body = bodyOf(c, formOf(c, { recap_send: true }), ID, "next");
  assert.deepEqual([body.outcome, body.commitment, body.follow_ups, body.text_ok, body.recap], ["opt_out", null, [], null, null]);
});

test("call me later needs a time before it can be saved; another language gets one of its own", () => {
  const later = talk([["engine", { what: "call_later" }]]);
  assert.match(unready(formOf(later, {})), /when to call back/);
  assert.equal(unready(formOf(later, { follow_when: "2026-11-25T18:00" })), "");
  const other = talk([["engine", { what: "another_language", language: "Spanish" }]]);
  const body = bodyOf(other, formOf(other, {}), ID, "next");
  assert.deepEqual([body.outcome, body.language, body.follow_ups.length], ["needs_language", "Spanish", 1]);
});

test("a recap never has a hole in it: a sentence that misses a word is left out", () => {
  const c = talk([]);
  assert.equal(formOf(c, {}).recap, "Great talking, Xiomara! Call or text me here. Dana, Alder Tenants");
});

test("times: days, weekdays, minutes over midnight, and a person's own zone", () => {
  assert.equal(plusDays("2026-12-31T09:00", 1, "18:00"), "2027-01-01T18:00");
  assert.equal(plusMinutes("2026-12-31T23:59", 1), "2027-01-01T00:00");
  assert.equal(nextWeekday("2026-11-28T09:00", 6, "11:00"), "2026-12-05T11:00", "Saturday on a Saturday is next week's");
  assert.equal(localIn(Date.parse("2026-12-02T23:00:00Z"), "America/New_York"), "2026-12-02T18:00");
  assert.equal(localIn(Date.parse("2026-07-01T04:00:00Z"), "Asia/Kathmandu"), "2026-07-01T09:45");
});

test("events of the server and of this browser are one list, each once", () => {
  const e = (/** @type {string} */ id) => ({ id, type: "note", data: {} });
  assert.deepEqual(merge([e("1"), e("2")], [e("2"), e("3")]).map((x) => x.id), ["1", "2", "3"]);
});

test("saved, offline and whose fault are always words", () => {
  const s = (/** @type {any} */ phase, call = null) => savedWords({ phase, waiting: 1, savedAt: Date.parse("2026-11-24T17:46:00"), detail: "Too long." }, call, true).words;
  assert.equal(s("saved"), "Saved here and with us, 5:46 pm");
  assert.equal(s("offline", /** @type {any} */ ({ state: "bridged" })), "Saved here. No internet: it will go when you're back. The call is still on.");
  assert.match(s("server"), /our fault/);
  assert.match(s("refused"), /only saved here\. Too long\./);
});

test("what we said we'd find out is a call tomorrow evening, theirs, unless the volunteer says otherwise", () => {
  const c = talk([["find_out", { id: "q1", text: "Can they raise the rent?" }], ["find_out", { id: "q2", text: "Who pays the lawyer?" }]]);
  assert.deepEqual(bodyOf(c, formOf(c, {}), ID, "next").follow_ups, [
    { channel: "call", reason: "find_out", local: "2026-11-25T18:00", body: "Can they raise the rent?" },
    { channel: "call", reason: "find_out", local: "2026-11-25T18:00", body: "Who pays the lawyer?" },
  ]);
  const moved = bodyOf(c, formOf(c, { found: { q1: "2026-11-27T10:00" }, off: { "find_out-q2": true } }), ID, "next").follow_ups;
  assert.deepEqual(moved, [{ channel: "call", reason: "find_out", local: "2026-11-27T10:00", body: "Can they raise the rent?" }]);
  const stopped = talk([["find_out", { id: "q1", text: "Can they raise the rent?" }], ["engine", { what: "stop" }]]);
  assert.deepEqual(bodyOf(stopped, formOf(stopped, {}), ID, "next").follow_ups, [], "nothing is promised to somebody who asked us to stop");
});

test("how the name is said is sent only when it was put in other words", () => {
  const c = { ...talk(texted), sayName: "see-oh-MAH-rah" };
  assert.equal(bodyOf(c, formOf(c, {}), ID, "next").say_name, "");
  assert.equal(bodyOf(c, formOf(c, { say_name: " sho-MA-ra " }), ID, "next").say_name, "sho-MA-ra");
});

test("what got in the way and who comes along are taken from the talk", () => {
  const c = talk([...yes, slot("barrier", "works nights"), slot("buddy", "Luz from 4B")]);
  const body = bodyOf(c, formOf(c, {}), ID, "next");
  assert.deepEqual([body.barrier, body.buddy], ["works nights", "Luz from 4B"]);
});

test("a wrap-up that was taken back is mended, not typed again", () => {
  const c = talk([["visit", { step: "ask" }], ["light", { step: "ask", colour: "yellow", id: "unsure" }]]);
  const saved = { ...bodyOf(c, formOf(c, { outcome: "commitment", answer: "clear_yes", what: "bring a cake", by_when: "2026-12-03T18:30", follow_how: "text", follow_when: "2026-12-02T18:00", leader: true, leader_why: "knows everybody", learned: { place: "a key" }, feeling: "good", text_ok: "yes" }), ID, "next") };
  const again = bodyOf(c, formOf(c, editsOf(c, saved)), ID, "next");
  assert.deepEqual({ ...again, recap: null }, { ...saved, recap: null });
  assert.deepEqual(editsOf(c, null), {});
});

test("the yes to texts is kept in the words and the language in which it was asked for", () => {
  const c = talk([["locale", { locale: "es" }], ...texted]);
  assert.deepEqual(bodyOf(c, formOf(c, {}), ID, "next").text_ok, { words: "¿Puedo mandarte un recordatorio por mensaje a este número?" });
});

const rows = (/** @type {any} */ c, /** @type {any} */ edits = {}) => promised(c, formOf(c, edits)).filter((p) => !p.off).map((p) => `${p.channel} ${p.reason} ${p.local}`);

test("any plan with a day brings its whole chain: a reminder, a check-in, a call if nobody answers", () => {
  assert.deepEqual(rows(talk(texted)), ["text before_commitment 2026-12-02T18:00", "text after_commitment 2026-12-04T18:00", "call unanswered_text 2026-12-05T18:00"]);
  assert.deepEqual(rows(talk([...yes, slot("follow_how", "call"), slot("follow_when", "2026-12-04T18:00"), slot("text_ok", "yes")])),
    ["text before_commitment 2026-12-02T18:00", "call after_commitment 2026-12-04T18:00"], "a reminder by text where they agreed to it, and the call that was agreed");
  assert.deepEqual(rows(talk([...yes, slot("follow_how", "call"), slot("follow_when", "2026-12-04T18:00")])), ["call before_commitment 2026-12-02T18:00", "call after_commitment 2026-12-04T18:00"]);
  for (const outcome of ["connected", "callback"]) {
    const c = talk(texted);
    assert.equal(promised(c, formOf(c, { outcome, what: "bring a neighbor", by_when: "2026-12-10T18:00", follow_when: "2026-11-25T18:00" })).length > 1, true, outcome);
  }
});

test("a plan for tomorrow morning is reminded on the evening, one for today three hours before or not at all", () => {
  const by = (/** @type {string} */ when) => rows(talk([yes[0], yes[1], yes[2], slot("by_when", when)])).filter((r) => r.includes("before"));
  assert.deepEqual(by("2026-11-25T11:00"), ["call before_commitment 2026-11-24T18:00"]);
  assert.deepEqual(by("2026-11-24T22:30"), ["call before_commitment 2026-11-24T19:30"]);
  assert.deepEqual(by("2026-11-24T20:30"), [], "a reminder that would come before the line is cold");
});

test("each row of the chain can be moved and left out before it is saved", () => {
  const c = talk(texted);
  assert.deepEqual(rows(c, { times: { before_commitment: "2026-12-01T10:00", after_commitment: "2026-12-05T11:00" } }), ["text before_commitment 2026-12-01T10:00", "text after_commitment 2026-12-05T11:00", "call unanswered_text 2026-12-06T11:00"]);
  const sent = bodyOf(c, formOf(c, { off: { unanswered_text: true } }), ID, "next").follow_ups;
  assert.deepEqual(sent.map((f) => [f.reason, f.no_call]), [["before_commitment", undefined], ["after_commitment", true]]);
  assert.deepEqual(rows(c, { off: { after_commitment: true } }), ["text before_commitment 2026-12-02T18:00"], "no check-in, no call about its answer");
  assert.equal(editsOf(c, { outcome: "commitment", leader: {}, commitment: { what: "come to the tenants' meeting", by_when: "2026-12-03T18:30" }, follow_ups: sent }).off.unanswered_text, true, "an undone wrap-up keeps what was left out");
});

test("what was agreed is read back in sentences to say, in the language of the talk", () => {
  const c = talk(texted);
  const says = (/** @type {any} */ edits) => readBack(c, formOf(c, edits));
  assert.equal(says({}), "So: you'll come to the tenants' meeting, Thursday Dec 3, 6:30 pm. I'll text you Wednesday Dec 2 at 6 pm, and again Friday Dec 4 to hear how it went. If I don't hear back, I'll call.");
  assert.equal(says({ follow_how: "call", follow_when: "2026-12-04T18:00" }), "So: you'll come to the tenants' meeting, Thursday Dec 3, 6:30 pm. I'll text you Wednesday Dec 2 at 6 pm, and call you Friday Dec 4 at 6 pm to hear how it went.");
  assert.match(says({ off: { before_commitment: true } }), /6:30 pm\. I'll text you Friday Dec 4 to hear how it went\. If/);
  assert.match(says({ off: { after_commitment: true } }), /6:30 pm\. I'll text you Wednesday Dec 2 at 6 pm\.$/);
  assert.match(says({ off: { before_commitment: true, after_commitment: true } }), /6:30 pm\.$/);
  c.walk.locale = "es";
  assert.equal(says({ what: "venir a la reunión" }), "Entonces: vas a venir a la reunión, jueves 3 dic, 18:30. Te escribo el miércoles 2 dic a las 18:00, y otra vez el viernes 4 dic para saber cómo te fue. Si no me contestas, te llamo.");
  assert.equal(says({ what: "", outcome: "connected" }), "");
});

/** The row of a reason, as it stands under these edits. @param {any} c @param {any} edits @param {string} reason */
const rowOf = (c, edits, reason) => /** @type {any} */ (promised(c, formOf(c, edits)).find((p) => p.reason === reason));

test("the agreed row moved to another hour is what the sentence, the read-back and the plan's text say", () => {
  const c = talk(texted);
  const edits = movedRow(formOf(c, {}), rowOf(c, {}, "before_commitment"), "2026-12-01T20:30");
  const f = formOf(c, edits);
  assert.equal(f.follow_when, "2026-12-01T20:30");
  assert.match(f.recap, /I'll text you Tue Dec 1, 8:30 pm\./);
  assert.match(readBack(c, f), /I'll text you Tuesday Dec 1 at 8:30 pm/);
  assert.equal(bodyOf(c, { ...f, recap_send: true }, ID, "next").follow_ups[0].local, "2026-12-01T20:30");
  const check = movedRow(f, rowOf(c, edits, "after_commitment"), "2026-12-05T11:00");
  assert.deepEqual(check, { times: { after_commitment: "2026-12-05T11:00" } }, "a row that nobody agreed on in words moves alone");
});

test("the plan's text does not promise what was left out", () => {
  const c = talk(texted);
  assert.doesNotMatch(formOf(c, { off: { before_commitment: true } }).recap, /I'll text you/);
});

test("a reminder cannot come after what was promised, nor the question how it went before it", () => {
  const c = talk(texted);
  const moved = (/** @type {string} */ reason, /** @type {string} */ local) => formOf(c, movedRow(formOf(c, {}), rowOf(c, {}, reason), local));
  assert.match(unready(moved("before_commitment", "2026-12-05T18:00")), /reminder has to come before/);
  assert.match(unready(moved("before_commitment", "2026-12-03T18:30")), /reminder has to come before/, "nor in the same minute");
  assert.equal(unready(moved("before_commitment", "2026-12-03T18:29")), "");
  assert.match(unready(moved("after_commitment", "2026-12-03T12:00")), /has to come after/);
  const late = moved("before_commitment", "2026-12-05T18:00");
  assert.equal(unready({ ...late, ...movedRow(late, rowOf(c, { times: late.times }, "before_commitment"), "2026-12-02T10:00") }), "", "the next hour mends it");
  assert.equal(unready({ ...late, off: { before_commitment: true } }), "", "left out it is in nobody's way");
});

test("an undone wrap-up keeps the words, the hours and the rows as they were changed", () => {
  const c = talk([...yes, slot("follow_how", "call"), slot("follow_when", "2026-12-04T18:00"), slot("text_ok", "yes"), ["find_out", { id: "q1", text: "Can they raise the rent?" }], ["find_out", { id: "q2", text: "Who pays?" }]]);
  const edits = { bodies: { before_commitment: "See you “tomorrow”" }, times: { before_commitment: "2026-12-01T10:00" }, found: { q1: "2026-11-27T10:00" }, off: { "find_out-q2": true }, recap: "Our plan, in my words." };
  const saved = bodyOf(c, formOf(c, { ...edits, recap_send: true }), ID, "next");
  const back = editsOf(c, saved);
  assert.deepEqual(bodyOf(c, formOf(c, { ...back, recap_send: true }), ID, "next"), saved);
  assert.equal(formOf(c, back).follow_when, "2026-12-04T18:00", "the agreed call, not the reminder");
  assert.deepEqual(back.times, { before_commitment: "2026-12-01T10:00" });
  const texts = talk(texted);
  const moved = bodyOf(texts, formOf(texts, { follow_when: "2026-12-01T20:30" }), ID, "next");
  assert.deepEqual(bodyOf(texts, formOf(texts, editsOf(texts, moved)), ID, "next"), moved);
  assert.equal(formOf(texts, editsOf(texts, moved)).follow_when, "2026-12-01T20:30");
});
