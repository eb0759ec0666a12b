// @ts-check
// What stands above the form: which version this is, whether it is kept, what is to mend, and going live.

import { count, t } from "../../js/words.js";
import { h, icon } from "../../talk/dom.js";
import { say } from "../../talk/script.js";
import { chips, toBrackets } from "../chips.js";
import { blocking } from "../places.js";

/** @type {Record<string, string>} */
export const SECTIONS = { steps: "Steps", about: "About", words: "Words and facts", asks: "Asks", ladder: "Ladder and paths", endings: "Endings", file: "File" };

/** @param {any} m */
export function top(m) {
  return h("header.edtop", { key: "top" },
    h("div.edname", null, h("a.meta", { href: "/scripts" }, t("Scripts")), h("h1", null, say(m.doc.title, m.locale) || t("A script without a title")),
      h("p.edstate", null, h("span.badge", { class: m.state === "live" ? "go" : m.state === "draft" ? "slow" : "" }, stateWords(m)), kept(m))),
    h("div.edacts", null,
      m.doc.locales.length > 1 && h("div.chips", { role: "group", "aria-label": t("Language of the words") }, [...m.doc.locales.map((/** @type {string} */ l) => [l, l.toUpperCase()]), ["all", t("Both")]].map(([v, words]) =>
        h("button.chip", { type: "button", key: v, "aria-pressed": String(m.ui.language === v), onclick: () => m.set({ language: v }) }, words))),
      !m.readonly && h("button.btn", { type: "button", id: "undo", disabled: !m.canUndo(), onclick: () => m.act.undo() }, t("Undo")),
      !m.readonly && h("button.btn", { type: "button", disabled: !m.canRedo(), onclick: () => m.act.redo() }, t("Redo")),
      m.readonly ? h("form", { method: "post", action: `/scripts/${m.id}/next` }, h("button.btn.pri", null, t("Make a new version")))
        : h("button.btn.pri", { type: "button", id: "publish", onclick: () => m.act.askPublish() }, t("Publish version {n}", { n: m.version }))));
}

/** @param {any} m */
function stateWords(m) {
  if (m.state === "draft") return t("Version {n}, draft", { n: m.version });
  if (m.state === "retired") return t("Version {n}, retired", { n: m.version });
  return m.live > m.version ? t("Version {n}, replaced by {live}", { n: m.version, live: m.live }) : t("Version {n}, live", { n: m.version });
}

/** Whether the words are kept, always in words. @param {any} m */
function kept(m) {
  if (m.readonly) return h("span", null, m.since && t("Since {when}.", { when: m.since }), " ", t("Its words stay as they are: talks hold on to them."));
  /** @type {Record<string, string>} */
  const words = {
    saved: m.saved ? t("Saved here and with us, {at}", { at: m.saved }) : t("Saved here and with us"), changed: t("Saved in this browser, on its way to us"), saving: t("Saved in this browser, on its way to us"),
    away: t("Saved in this browser. We can't be reached right now; trying again."), conflict: t("Saved in this browser only, until you choose."), refused: m.ui.refused, signedout: t("Saved in this browser. Sign in again in another window, and it goes on."),
  };
  return h("span.keptline", { role: "status" }, icon(m.status === "saved" ? "check" : "cloud"), words[m.status]);
}

/** What is to mend, as sentences that lead there. @param {any} m */
export function problems(m) {
  const stuck = blocking(m.problems), looks = m.problems.length - stuck;
  if (m.readonly || !m.problems.length) return m.readonly ? null : h("p.allgood", { key: "problems" }, icon("check"), t("Nothing is to mend. It can go live."));
  const title = [stuck && count(stuck, "thing to mend before it can go live", "things to mend before it can go live"), looks && count(looks, "thing to look at", "things to look at")].filter(Boolean).join(", ");
  return h("details.problems", { key: "problems", open: m.ui.problemsOpen, ontoggle: (/** @type {any} */ e) => { m.ui.problemsOpen = e.target.open; } }, h("summary", { id: "problems" }, title),
    h("ul", null, m.problems.map((/** @type {any} */ p, /** @type {number} */ i) => h("li", { key: i }, h("button.problem", { type: "button", class: p.level, onclick: () => m.act.goTo(p) },
      h("span.badge", { class: p.level === "error" ? "slow" : "" }, p.level === "error" ? t("to mend") : t("to look at")), h("span", null, p.place && h("b", null, `${p.place}: `), toBrackets(p.sentence, chips(m.doc, m.locale))))))));
}

/** Two windows wrote the same draft. @param {any} m */
export function conflict(m) {
  if (m.status !== "conflict") return null;
  const c = m.ui.conflict;
  return h("div.banner.conflict", { key: "conflict", role: "alert" }, icon("warn"), h("div", null,
    h("p", null, h("b", null, t("This draft was saved from another window too.")), c ? t("{who} saved it at {at}. Choose which one goes on; the other one is one press of Undo away, and you can download it first.", { who: c.by || t("Somebody"), at: c.saved }) : t("Your words are kept here. Reading what the other window saved.")),
    c && c.parts.length > 0 && h("p.meta", null, t("They differ in: {parts}", { parts: c.parts.join(", ") })),
    c && h("div.row", null, h("button.btn.pri", { type: "button", onclick: () => m.act.keepMine() }, t("Go on with mine")), h("button.btn", { type: "button", onclick: () => m.act.takeTheirs() }, t("Take what they saved")),
      h("button.btn.quiet", { type: "button", onclick: () => m.act.download(m.doc, t("mine")) }, t("Download mine")), h("button.btn.quiet", { type: "button", onclick: () => m.act.download(c.document, t("theirs")) }, t("Download theirs")))));
}

/** Words that were written here and never reached the draft before it was published. @param {any} m */
export function leftOver(m) {
  if (!m.ui.left) return null;
  return h("div.banner.conflict", { key: "left", role: "alert" }, icon("warn"), h("div", null,
    h("p", null, h("b", null, t("Words of yours are not in this version.")), t("It was published before they reached us. They are still in this browser: download them, and bring the file in as the next version.")),
    h("div.row", null, h("button.btn.pri", { type: "button", onclick: () => m.act.download(m.ui.left, t("mine")) }, t("Download mine")), h("button.btn.quiet", { type: "button", onclick: () => m.act.dropLeft() }, t("I don't need them")))));
}

/** @param {any} m */
export function sectionTabs(m) {
  const all = [...Object.keys(SECTIONS), ...(m.narrow ? ["try"] : [])];
  const turn = (/** @type {KeyboardEvent} */ e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    e.preventDefault();
    const to = all[(all.indexOf(m.ui.section) + by + all.length) % all.length];
    m.act.section(to);
    m.focusOn(`section/${to}`);
  };
  return h("div.tabs.sections", { key: "sections", role: "tablist", "aria-label": t("Parts of the script"), onkeydown: turn }, all.map((name) => h("button.tab", {
    key: name, id: `section/${name}`, type: "button", role: "tab", "aria-selected": String(m.ui.section === name), "aria-controls": name === "try" ? "preview" : "section", tabindex: m.ui.section === name ? "0" : "-1", onclick: () => m.act.section(name),
  }, name === "try" ? t("Try it") : t(SECTIONS[name]))));
}

/** Going live, in words. @param {any} m */
export function publishSheet(m) {
  const stuck = blocking(m.problems);
  const s = m.ui.sheet;
  return [h("h2", { id: "sheet-title", key: "title" }, stuck ? t("Not yet") : t("Publish version {n}?", { n: m.version })),
    stuck ? h("p", { key: "why" }, stuck === 1 ? t("One thing must be mended first.") : t("{n} things must be mended first.", { n: stuck }))
      : h("div.stack", { key: "what" }, h("p", null, m.live ? t("From the next talk on, volunteers see version {n}. Talks that have begun stay with version {live}.", { n: m.version, live: m.live }) : t("From the next talk on, campaigns and sessions can use this script.")),
        h("p", null, t("Its words can't be changed after that. To change them, you make version {n}.", { n: m.version + 1 }))),
    s.problem && h("div.banner.ours", { key: "problem", role: "alert" }, h("p", null, s.problem)),
    h("div.foot", { key: "foot" }, h("button.btn", { type: "button", onclick: () => m.act.closeSheet() }, stuck ? t("Close") : t("Not now")),
      stuck ? h("button.btn.pri", { type: "button", onclick: () => m.act.firstProblem() }, t("Take me to the first")) : h("button.btn.pri", { type: "button", disabled: s.busy, onclick: () => m.act.publish() }, t("Publish version {n}", { n: m.version })))];
}
