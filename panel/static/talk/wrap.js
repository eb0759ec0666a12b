// @ts-check
// Wrap-up: what the talk already answers is set, what the volunteer changes wins, and every promise becomes a dated
// follow-up whatever the ending. Pure; what it builds is what the server is sent.

import { t } from "../js/words.js";
import { askOf, endingFor, say } from "./script.js";
import { fill, plain, smsText, straighten } from "./slots.js";
import { isTime, plusDays, plusMinutes, spokenWhen } from "./when.js";
import { outcome } from "./walk.js";

/** @typedef {import("./script.js").Script} Script */
/** @typedef {import("./walk.js").State} State */
/**
 * @typedef {Object} Form
 * @property {string} outcome
 * @property {string} answer
 * @property {boolean} cut_short
 * @property {string} support
 * @property {boolean} leader
 * @property {string} leader_why
 * @property {string} what
 * @property {string} by_when
 * @property {string} follow_how
 * @property {string} follow_when
 * @property {string} text_ok
 * @property {string} recap
 * @property {boolean} recap_send
 * @property {Record<string, string>} learned
 * @property {string} language
 * @property {string} say_name How they say their own name.
 * @property {string} barrier What could get in the way.
 * @property {string} buddy Who comes along.
 * @property {Record<string, string>} found When each question is answered that we promised to find out.
 * @property {string} note
 * @property {string} feeling
 * @property {string} [replaces] The wrap-up that was taken back before it was known to be saved.
 * @property {Record<string, boolean>} off
 * @property {Record<string, string>} bodies
 * @property {Record<string, string>} times Another hour for one of the rows that follow.
 */
/** @typedef {{script:Script, walk:State, sources:import("./slots.js").Sources, nowLocal:string, demo:boolean, textAllowed:boolean, textOk:boolean, byHand?:boolean, sayName?:string}} Context */
/** @typedef {{key:string, channel:string, reason:string, local?:string, in_minutes?:number, body:string, auto:boolean, off:boolean, waits?:boolean, agreed?:boolean}} Promised */

/** @type {Record<string, string>} What was asked, as it was said: it is kept with their yes. */
const CONSENT = { en: "Can I text you a reminder at this number?", es: "¿Puedo mandarte un recordatorio por mensaje a este número?" };
/** @param {string} locale */
export const consentWords = (locale) => CONSENT[locale.slice(0, 2)] || CONSENT.en;

/** The talk's own answers, under what the volunteer changed. @param {Context} c @param {Partial<Form>} edits @returns {Form} */
export function formOf(c, edits) {
  const s = c.walk.slots;
  /** @type {Form} */
  const form = {
    outcome: outcome(c.script, c.walk), answer: c.walk.answer, cut_short: false,
    support: s.support || "not_heard", leader: false, leader_why: "",
    what: s.what || "", by_when: s.by_when || "", follow_how: s.follow_how || "", follow_when: s.follow_when || "",
    text_ok: s.text_ok || "", recap: "", recap_send: false, learned: {}, language: c.walk.language, note: c.walk.note, feeling: "",
    say_name: c.sayName || "", barrier: s.barrier || "", buddy: s.buddy || "", found: {}, off: {}, bodies: {}, times: {}, ...edits,
  };
  if (form.outcome === "commitment" && !form.what) {
    const ask = askOf(c.script, c.walk.ask);
    form.what = ask ? say(ask.label, c.walk.locale) : "";
    form.by_when = form.by_when || (ask && ask.when) || "";
  }
  if (edits.recap === undefined) form.recap = recapText(c, form);
  return form;
}

/** @param {Form} f A stop and a wrong number leave nothing to promise. */
export const closed = (f) => f.outcome === "opt_out" || f.outcome === "bad_number";

/**
 * Keeps what a wrap-up said that was taken back, so that it is mended and not typed again. Which of its rows was the agreed
 * one is not written down: it is the one under which the fewest others were changed.
 * @param {Context} c @param {any} was The wrap-up as the server had it. @returns {Partial<Form>}
 */
export function editsOf(c, was) {
  if (!was) return {};
  const rows = (was.follow_ups || []).filter((/** @type {any} */ f) => f.reason !== "find_out");
  /** @type {Partial<Form>} */
  const told = {
    outcome: was.outcome, answer: was.answer, cut_short: was.cut_short, support: was.support || "not_heard", leader: was.leader.flag, leader_why: was.leader.why,
    ...(was.commitment && { what: was.commitment.what, by_when: was.commitment.by_when }), ...(was.text_ok && { text_ok: "yes" }),
    learned: Object.fromEntries((was.learned || []).map((/** @type {any} */ l) => [l.tag, l.words])), language: was.language, note: was.note, feeling: was.feeling,
    ...(was.say_name && { say_name: was.say_name }), barrier: was.barrier || "", buddy: was.buddy || "",
  };
  const agreed = [{}, ...rows.filter((/** @type {any} */ f) => f.local).map((/** @type {any} */ f) => ({ follow_how: f.channel, follow_when: f.local }))];
  const all = agreed.map((next) => ({ ...told, ...next, ...changedRows(c, { ...told, ...next }, was) }));
  const way = (/** @type {any} */ f) => `${f.channel} ${f.reason}`;
  const changes = (/** @type {Partial<Form>} */ e) => {
    const ways = promised(c, formOf(c, e)).filter((p) => !p.off).map(way);
    return [e.off, e.bodies, e.times, e.found].flatMap((x) => Object.keys(x || {})).length + rows.filter((/** @type {any} */ f) => !ways.includes(way(f))).length;
  };
  const edits = all.reduce((best, e) => (changes(e) < changes(best) ? e : best));
  return { ...edits, ...(was.recap && was.recap.body !== straighten(formOf(c, edits).recap) && { recap: was.recap.body }) };
}

/** What was changed in the rows that follow: left out, said in other words, at another hour. @param {Context} c @param {Partial<Form>} edits @param {any} was */
function changedRows(c, edits, was) {
  /** @type {{off:Record<string, boolean>, bodies:Record<string, string>, times:Record<string, string>, found:Record<string, string>}} */
  const changed = { off: {}, bodies: {}, times: {}, found: {} };
  for (const p of promised(c, formOf(c, edits))) {
    const same = (was.follow_ups || []).find((/** @type {any} */ f) => f.reason === (p.waits ? "after_commitment" : p.reason) && (p.reason !== "find_out" || f.body === straighten(p.body)));
    if (!same || (p.waits && same.no_call)) changed.off[p.key] = true;
    else if (p.reason === "find_out") same.local !== p.local && (changed.found[p.key.slice("find_out-".length)] = same.local);
    else if (!p.waits) {
      if (same.local && same.local !== p.local) changed.times[p.key] = same.local;
      if (p.channel === "text" && same.body && same.body !== straighten(p.body)) changed.bodies[p.key] = same.body;
    }
  }
  return changed;
}

/** Any talk with a what and a by-when makes a commitment. @param {Form} f */
export const committed = (f) => !closed(f) && f.outcome !== "no_thanks" && Boolean(f.what) && isTime(f.by_when);

/** @param {Context} c @param {Form} f @returns {import("./slots.js").Sources} */
const filledWith = (c, f) => ({
  ...c.sources,
  conversation: { ...c.sources.conversation, what: f.what, by_when: f.by_when, follow_how: f.follow_how, follow_when: f.follow_when },
});

/** @type {Record<string, string[]>} */
const RECAP = {
  en: ["Great talking, {first_name}!", "Plan: {what}, {by_when}.", "I'll {follow_how} you {follow_when}.", "Call or text me here. {volunteer}, {org}"],
  es: ["¡Qué gusto hablar, {first_name}!", "El plan: {what}, {by_when}.", "Te busco por {follow_how}: {follow_when}.", "Llama o escribe aquí. {volunteer}, {org}"],
};

/** The plan as a text. A sentence that still misses a word is left out, never sent with a hole. @param {Context} c @param {Form} f */
function recapText(c, f) {
  const lines = RECAP[c.walk.locale.slice(0, 2)] || RECAP.en;
  const agreed = promised(c, f).find((p) => p.agreed);
  const told = agreed && agreed.off ? { ...f, follow_how: "", follow_when: "" } : f; // what was left out is not promised either
  return lines.map((l) => smsText(fill(l, filledWith(c, told)))).filter((l) => l !== null).join(" ");
}

/** @type {Record<string, Record<string, string>>} */
const REMINDERS = {
  before_commitment: {
    en: "Hi {first_name}, it's {volunteer} from {org}. The plan is: {what}, {by_when}. Still good? If anything changed, tell me here.",
    es: "Hola {first_name}, soy {volunteer}, de {org}. El plan: {what}, {by_when}. ¿Sigue en pie?",
  },
  after_commitment: {
    en: "Hi {first_name}, {volunteer} from {org}. You planned to {what}. How did it go? I'd like to hear either way.",
    es: "Hola {first_name}, soy {volunteer}, de {org}. ¿Cómo te fue con: {what}? Cuéntame.",
  },
  other: {
    en: "Hi {first_name}, it's {volunteer} from {org}. Checking in, as we said. Is now a good time to text?",
    es: "Hola {first_name}, soy {volunteer}, de {org}. Te escribo como quedamos. ¿Es buen momento?",
  },
};

/** What a text of this reason will say: the script's own words, else the product's. @param {Context} c @param {Form} f @param {string} reason */
function bodyFor(c, f, reason) {
  const ending = endingFor(c.script, "commitment");
  let words;
  for (let u = ending && ending.follow_up; u; u = u.also) if (u.reason === reason && u.text) words = u.text;
  const text = say(words || REMINDERS[reason] || REMINDERS.other, c.walk.locale);
  return straighten(plain(fill(text, filledWith(c, f))));
}

/** @param {Context} c @param {Form} f @returns {string} */
function reasonOf(c, f) {
  if (f.outcome === "needs_language") return "needs_language";
  if (f.outcome === "callback") return "scheduled_call";
  if (f.outcome === "no_thanks") return "revisit";
  if (committed(f)) return f.follow_when < f.by_when ? "before_commitment" : "after_commitment";
  return f.follow_how === "text" ? "maintenance" : "scheduled_call";
}

/** Everything that will happen after this talk, in order. @param {Context} c @param {Form} f @returns {Promised[]} */
export function promised(c, f) {
  if (closed(f)) return [];
  /** @type {Omit<Promised, "body"|"auto"|"off"|"key">[]} */
  const list = [];
  const channel = f.follow_how === "text" && c.textAllowed ? "text" : "call";
  if (isTime(f.follow_when)) {
    // "In 1 minute" is a way to see a reminder arrive; a minute on paper may be over before it is saved.
    const soon = c.demo && f.follow_when <= plusMinutes(c.nowLocal, 2);
    list.push({ channel, reason: reasonOf(c, f), agreed: true, ...(soon ? { in_minutes: 1 } : { local: f.follow_when }) });
  } else if (f.outcome === "needs_language") {
    list.push({ channel: "call", reason: "needs_language", local: plusDays(c.nowLocal, 1, "18:00") });
  }
  if (committed(f)) {
    const has = (/** @type {string} */ reason) => list.some((p) => p.reason === reason);
    const before = reminderAt(f.by_when, c.nowLocal);
    // A reminder is a text where they said that texts are fine, also when the next talk is a call.
    if (!has("before_commitment") && before) list.unshift({ channel: f.follow_how !== "text" && mayRemind(c, f) ? "text" : channel, reason: "before_commitment", local: before });
    if (!has("after_commitment")) list.push({ channel, reason: "after_commitment", local: plusDays(f.by_when, 1, "18:00") });
  }
  const told = list.map((p) => ({
    ...p, key: p.reason, off: Boolean(f.off[p.reason]), ...(isTime(f.times[p.reason]) ? { local: f.times[p.reason], in_minutes: 0 } : {}),
    body: p.channel === "text" ? f.bodies[p.reason] ?? bodyFor(c, f, p.reason) : "",
    auto: p.channel === "text" && mayRemind(c, f) && !c.byHand && (p.reason === "before_commitment" || p.reason === "after_commitment"),
  }));
  const checkIn = told.find((p) => p.reason === "after_commitment" && p.channel === "text" && !p.off && p.local);
  if (checkIn && committed(f)) {
    told.push({ key: UNANSWERED, channel: "call", reason: UNANSWERED, local: plusDays(checkIn.local || "", 1), body: "", auto: false, off: Boolean(f.off[UNANSWERED]), waits: true });
  }
  return [...told, ...toFindOut(c, f)];
}

/** The call that the server plans where a check-in had no answer for a day. */
const UNANSWERED = "unanswered_text";

/** A reminder comes before what was promised, the question how it went after it. @param {Form} f @param {string} reason @param {string} local */
const misplaced = (f, reason, local) => committed(f) && ((reason === "before_commitment" && local >= f.by_when) || (reason === "after_commitment" && local < f.by_when));

/**
 * Another hour for a row. The agreed one is moved where it was agreed, so that the sentence, the plan's text and the row say
 * one thing; at an hour that cannot be it stays a row that asks for another.
 * @param {Form} f @param {Promised} p @param {string} local @returns {Partial<Form>}
 */
export function movedRow(f, p, local) {
  const { [p.reason]: _, ...times } = f.times;
  return p.agreed && !misplaced(f, p.reason, local) ? { follow_when: local, times } : { times: { ...times, [p.reason]: local } };
}

/** The evening before; where that is over, three hours before on the day itself, in hours. @param {string} by @param {string} now */
function reminderAt(by, now) {
  const evening = plusDays(by, -1, "18:00"), sameDay = plusMinutes(by, -180);
  return evening > now ? evening : sameDay > plusMinutes(now, 60) && sameDay.slice(11) >= "09:00" && sameDay.slice(0, 10) === by.slice(0, 10) ? sameDay : "";
}

/** @type {Record<string, Record<string, string>>} What was agreed, as it is said back. */
const BACK = {
  en: {
    start: "So: you'll {what}, {by}.", at: "{day} at {hour}", silent: "If I don't hear back, I'll call.",
    text: "I'll text you {before}.", call: "I'll call you {before}.",
    "text after": "I'll text you {day} to hear how it went.", "call after": "I'll call you {after} to hear how it went.",
    "text text": "I'll text you {before}, and again {day} to hear how it went.", "text call": "I'll text you {before}, and call you {after} to hear how it went.",
    "call call": "I'll call you {before}, and again {after} to hear how it went.", "call text": "I'll call you {before}, and text you {day} to hear how it went.",
  },
  es: {
    start: "Entonces: vas a {what}, {by}.", at: "el {day} a las {hour}", silent: "Si no me contestas, te llamo.",
    text: "Te escribo {before}.", call: "Te llamo {before}.",
    "text after": "Te escribo el {day} para saber cómo te fue.", "call after": "Te llamo {after} para saber cómo te fue.",
    "text text": "Te escribo {before}, y otra vez el {day} para saber cómo te fue.", "text call": "Te escribo {before}, y te llamo {after} para saber cómo te fue.",
    "call call": "Te llamo {before}, y otra vez {after} para saber cómo te fue.", "call text": "Te llamo {before}, y te escribo el {day} para saber cómo te fue.",
  },
};

/** @type {Record<string, string>} */
const WHOLE = { Mon: "Monday", Tue: "Tuesday", Wed: "Wednesday", Thu: "Thursday", Fri: "Friday", Sat: "Saturday", Sun: "Sunday", lun: "lunes", mar: "martes", "mié": "miércoles", jue: "jueves", vie: "viernes", "sáb": "sábado", dom: "domingo" };
/** @param {string} local @param {string} locale "Thursday Dec 3, 6:30 pm" */
const aloud = (local, locale) => spokenWhen(local, locale).replace(/^\S+/, (day) => WHOLE[day] || day);

/** Read back in the language of the talk; empty where nothing was agreed. @param {Context} c @param {Form} f */
export function readBack(c, f) {
  if (!committed(f)) return "";
  const locale = c.walk.locale, words = BACK[locale.slice(0, 2)] || BACK.en;
  const put = (/** @type {string} */ line, /** @type {Record<string, string>} */ values) => line.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const rows = promised(c, f).filter((p) => !p.off);
  const row = (/** @type {string} */ reason) => rows.find((p) => p.reason === reason);
  const before = row("before_commitment"), after = row("after_commitment");
  const day = (/** @type {Promised} */ p) => aloud(p.local || c.nowLocal, locale).split(", ");
  const at = (/** @type {Promised|undefined} */ p) => (p ? put(words.at, { day: day(p)[0], hour: day(p)[1] }) : "");
  const line = [before && before.channel, after && (before ? after.channel : `${after.channel} after`)].filter(Boolean).join(" ");
  return [
    put(words.start, { what: f.what, by: aloud(f.by_when, locale) }),
    line && put(words[line], { before: at(before), after: at(after), day: after ? day(after)[0] : "" }),
    row(UNANSWERED) && words.silent,
  ].filter(Boolean).join(" ");
}

/** What we said we would find out: a call tomorrow, unless the volunteer says otherwise. @param {Context} c @param {Form} f @returns {Promised[]} */
const toFindOut = (c, f) => c.walk.find_out.map(({ id, text }) => {
  const key = `find_out-${id}`;
  return { key, channel: "call", reason: "find_out", local: f.found[id] || plusDays(c.nowLocal, 1, "18:00"), body: text, auto: false, off: Boolean(f.off[key]) };
});

/** Reminders go by themselves only to a number that said yes to it. @param {Context} c @param {Form} f */
export const mayRemind = (c, f) => c.textAllowed && (f.text_ok ? f.text_ok === "yes" : c.textOk);

/** What is still missing before this can be saved, as a sentence, or empty. Only the outcome is required. @param {Form} f */
export function unready(f) {
  if (f.outcome === "callback" && !isTime(f.follow_when)) return t("Pick when to call back, or choose another ending.");
  if (f.follow_when && !isTime(f.follow_when)) return t("The follow-up time is not a time yet.");
  if (f.by_when && !isTime(f.by_when)) return t("The date of the plan is not a date yet.");
  const wrong = (/** @type {string} */ reason) => !f.off[reason] && isTime(f.times[reason]) && misplaced(f, reason, f.times[reason]);
  if (wrong("before_commitment")) return t("The reminder has to come before what they promised. Pick an earlier time for it.");
  if (wrong("after_commitment")) return t("“How did it go?” has to come after what they promised. Pick a later time for it.");
  return "";
}

/** The wrap-up as the server takes it. @param {Context} c @param {Form} f @param {string} id @param {"next"|"break"} then */
export function bodyOf(c, f, id, then) {
  return {
    id, outcome: f.outcome, answer: f.answer, cut_short: f.cut_short, support: f.support,
    leader: { flag: f.leader, why: f.leader ? f.leader_why : "" },
    commitment: committed(f) ? { what: f.what, by_when: f.by_when } : null,
    follow_ups: promised(c, f).filter((p) => !p.off && !p.waits).map(({ channel, reason, local, in_minutes, body }) => ({
      channel, reason, ...(in_minutes ? { in_minutes } : { local }), ...(channel === "text" || reason === "find_out" ? { body: straighten(body) } : {}),
      ...(reason === "after_commitment" && f.off[UNANSWERED] ? { no_call: true } : {}),
    })),
    text_ok: f.text_ok === "yes" && !closed(f) ? { words: consentWords(c.walk.locale) } : null,
    recap: c.textAllowed && f.recap_send && f.recap && !closed(f) ? { body: straighten(f.recap), send: true } : null,
    learned: Object.entries(f.learned).filter(([, words]) => words.trim()).map(([tag, words]) => ({ tag, words: words.trim() })),
    language: f.language, note: f.note, feeling: f.feeling, then,
    replaces: f.replaces || "", say_name: f.say_name === (c.sayName || "") ? "" : f.say_name.trim(), barrier: f.barrier.trim(), buddy: f.buddy.trim(),
  };
}
