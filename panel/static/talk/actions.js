// @ts-check
// What a press does: it becomes an event, the walk moves, and the outbox sets it on its way.

import { t } from "../js/words.js";
import { endingOf, numbers, say, stepOf, askOf } from "./script.js";
import { blocked } from "./walk.js";

/**
 * @param {Object} page
 * @param {any} page.m The model.
 * @param {(type:string, data:Record<string, any>) => void} page.emit
 * @param {() => void} page.flush Everything half-typed becomes an event first.
 * @param {() => void} page.draw
 * @param {(words:string) => void} page.tell
 * @param {() => string} page.fresh An id of its own.
 */
export function talkActions({ m, emit, flush, draw, tell, fresh }) {
  const quiet = () => {
    if (m.walk.mode === "silence") emit("silence", { phase: "close", seconds: Math.round((m.now - m.ui.quietFrom) / 1000) });
  };
  const ready = () => {
    if (!m.holder) return false;
    flush();
    m.ui.blocked = "";
    m.ui.swap = false;
    return true;
  };

  /** A yes brings its own plan: what they said yes to, and when that is. */
  const plan = () => {
    const ask = askOf(m.script, m.walk.ask);
    if (m.walk.answer !== "clear_yes" || !ask) return;
    if (!m.walk.slots.what) emit("slot", { name: "what", value: say(ask.label, m.walk.locale) });
    if (!m.walk.slots.by_when && ask.when) emit("slot", { name: "by_when", value: ask.when });
  };

  return {
    /** @param {string} colour @param {string} id */
    press(colour, id) {
      const step = stepOf(m.script, m.walk.step);
      const light = step && (step.lights[/** @type {"green"} */ (colour)] || []).find((l) => (l.id || "") === id);
      if (!light || !ready()) return;
      quiet();
      const answer = light.sets && light.sets.answer !== "clear_yes" ? light.sets.answer : undefined;
      emit("light", { step: m.walk.step, colour, ...(id && { id }), goto: light.goto, ...(answer && { answer }) });
      const ending = endingOf(m.script, m.walk.ending);
      if (ending && ending.outcome === "opt_out") emit("engine", { what: "stop" });
      if (ending && ending.outcome === "bad_number") emit("engine", { what: "wrong_person" });
    },
    /** The nth light of a colour, for the keys. @param {string} colour @param {number} nth */
    pressNth(colour, nth) {
      const step = stepOf(m.script, m.walk.step);
      const light = step && (step.lights[/** @type {"green"} */ (colour)] || [])[nth];
      if (light && m.screen === "talk" && m.walk.mode !== "ended" && m.walk.mode !== "sign") this.press(colour, light.id || "");
    },
    /** @param {string} sign */
    sign(sign) {
      const step = stepOf(m.script, m.walk.step);
      const light = step && step.lights.green.find((l) => l.sets && l.sets.answer === "clear_yes");
      if (!light || !ready()) return;
      emit("light", { step: m.walk.step, colour: "green", ...(light.id && { id: light.id }), goto: light.goto, answer: sign === "neither" ? "unsure" : "clear_yes", sign });
      plan();
    },
    /** @param {string} id @param {string} which */
    which(id, which) {
      if (ready()) emit("light", { step: m.walk.step, colour: "not_now", ...(id && { id }), goto: "self", answer: "hard_no", which });
    },
    /** @param {string} step */
    visit(step) {
      if (!m.holder || (step === m.walk.step && m.walk.mode === "step")) return;
      const first = stepOf(m.script, blocked(m.script, m.walk, step));
      if (first) {
        m.ui.blocked = t("First: {step}. {why}", { step: say(first.name, m.walk.locale), why: say(first.skip.why, m.walk.locale) });
        return draw();
      }
      if (!ready()) return;
      quiet();
      m.ui.sheet = "";
      emit("visit", { step });
    },
    /** @param {number} n */
    step(n) {
      if (m.screen !== "talk") return;
      if (m.walk.mode === "sign") return this.sign(["named_day", "asked_details", "neither"][n - 1] || "");
      const found = [...numbers(m.script)].find(([, number]) => number === n);
      if (found) this.visit(found[0]);
    },
    again() {
      if (ready()) emit("visit", { step: m.walk.step });
    },
    /** @param {string} step @param {string} id @param {boolean} on */
    probe(step, id, on) {
      if (ready()) emit("probe", { step, id, on });
    },
    /** @param {string} step @param {string} id */
    line(step, id) {
      if (ready()) emit("line", { step, id });
    },
    /** @param {number} by */
    lineBy(by) {
      const step = stepOf(m.script, m.walk.step);
      if (m.screen !== "talk" || m.walk.mode !== "step" || !step || step.say.length < 2 || step.type === "ask") return;
      const at = Math.max(0, step.say.findIndex((l) => l.id === m.walk.lines[step.id]));
      const to = step.say[at + by];
      if (to) this.line(step.id, to.id);
    },
    /** @param {string} id */
    ending(id) {
      if (ready()) emit("ending", { id });
    },
    /** @param {string} id */
    smaller(id) {
      if (ready()) emit("ask", { id, reason: "smaller" });
    },
    /** Another ask, before the question is spoken, with why it fits better. @param {string} id @param {string} reason */
    swapAsk(id, reason) {
      if (!ready()) return;
      m.ui.swapTo = "";
      emit("ask", { id, reason });
    },
    asked() {
      const step = stepOf(m.script, m.walk.step);
      if (!step || step.type !== "ask" || m.walk.mode === "silence" || m.walk.ask === "none" || m.walk.closed_asks.includes(m.walk.ask) || !ready()) return false;
      m.ui.quietFrom = m.now;
      emit("silence", { phase: "open" });
      return true;
    },
    quietOver() {
      if (m.walk.mode !== "silence" || !ready()) return false;
      quiet();
      return true;
    },
    moment() {
      if (!ready()) return;
      emit("moment", { step: m.walk.step });
      tell(t("Moment marked."));
    },
    /** @param {string} locale */
    locale(locale) {
      if (ready()) emit("locale", { locale });
    },
    /** @param {string} name @param {string} value */
    slot(name, value) {
      if (!m.holder) return;
      delete m.ui.drafts[name];
      if (ready()) emit("slot", { name, value });
    },
    /** A fact card that was used in the talk; another card only opens. @param {import("./cards.js").Card} card */
    useCard(card) {
      const opened = m.ui.card === card.key;
      m.ui.card = opened ? "" : card.key;
      if (!opened && m.holder && card.kind === "fact" && !m.walk.facts.includes(card.id)) emit("fact", { id: card.id });
      if (!opened && m.holder && card.kind === "answer") emit("line", { step: card.step, id: card.id });
      draw();
    },
    /** A question that nobody could answer becomes a promise; no words take it back. @param {string} id @param {string} text */
    findOut(id, text) {
      if (!m.holder || (!id && !text)) return;
      emit("find_out", { id: id || fresh(), text });
      tell(text ? t("It goes on your list.") : t("Taken off your list."));
    },
    /** They were threatened or punished. A coordinator hears of it now; the talk goes on. @param {string} words */
    threatened(words) {
      if (!ready()) return;
      emit("retaliation", { words });
      m.ui.sheet = "";
      tell(t("A coordinator knows now."));
    },
    /** The line in the volunteer's own words, here and the next time; no words give it back to the script. @param {string} step @param {string} id @param {string} text */
    ownLine(step, id, text) {
      if (!ready()) return;
      emit("own_line", { step, id, text, locale: m.walk.locale });
      m.ui.sheet = "";
      tell(text ? t("Your words are kept for next time.") : t("Back to the script's words."));
    },
    /** @param {Record<string, any>} data Acted on by the server the moment it arrives. */
    engine(data) {
      if (!ready()) return;
      quiet();
      m.ui.sheet = "";
      delete m.ui.edits.outcome;
      delete m.ui.edits.answer;
      emit("engine", data);
      if (data.what === "call_later" && data.when_local) emit("slot", { name: "follow_when", value: data.when_local });
      if (data.what === "call_later") emit("slot", { name: "follow_how", value: "call" });
    },
  };
}
