// @ts-check
// The script editor: reads the document, draws the form and the panel beside it, and keeps what is written.

import { language, speak, t } from "../js/words.js";
import { ok, request, sentence } from "../talk/api.js";
import { h, loadIcons, render } from "../talk/dom.js";
import { say } from "../talk/script.js";
import { at, nameFor, pointer, put, tidy } from "./document.js";
import { keeper, localDraft, opening, sorted } from "./keep.js";
import { nearest, placeOf } from "./places.js";
import { history } from "./undo.js";
import { fileSection } from "./view/file.js";
import { preview } from "./view/preview.js";
import { aboutSection, asksSection, endingsSection, ladderSection, wordsSection } from "./view/sections.js";
import { stepsSection } from "./view/steps.js";
import { SECTIONS, conflict, leftOver, problems, publishSheet, sectionTabs, top } from "./view/top.js";

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("sheet"));
const aloud = /** @type {HTMLElement} */ (document.getElementById("said"));
const id = main.dataset.script || "", version = Number(main.dataset.version);
const base = `/scripts/${id}/${version}`;
const narrow = matchMedia("(max-width: 1099px)");

await speak(document.documentElement.lang, ["talk", "editor"]);
loadIcons(new URL("../icons.svg", import.meta.url).href).catch(() => {}); // without pictures every button still has its words

const first = await request("GET", `${base}/document`).catch(() => null);
if (!first || !ok(first)) {
  render(main, [h("p.lonely", { role: "alert" }, first ? sentence(first) : t("We can't be reached right now. Reload this page in a moment; nothing is lost."))]);
  throw new Error("the script was not read"); // nothing below can work without it
}

/** @type {any} */
const m = {
  ...first.data, id, version, doc: first.data.document, readonly: first.data.state !== "draft", status: "saved", panes: [{ src: "" }, { src: "" }], front: 0, locale: "en", langs: ["en"], narrow: narrow.matches,
  ui: {
    section: "steps", step: first.data.document.steps?.[0]?.id || "", tab: "say", language: language, size: narrow.matches ? "phone" : "laptop", partner: first.data.partners[0]?.id || "", trying: false, gaps: false, newType: "listen", aboutStep: false,
    folds: {}, menu: null, left: null, problemsOpen: false, refused: "", conflict: null, sheet: null, file: { text: "", typed: false, problems: [], problem: "", busy: false },
  },
};
m.doc.locales = m.doc.locales || ["en"];
m.doc.steps = m.doc.steps || [];
m.doc.endings = m.doc.endings || [];

const local = localDraft(localStorage, id, version);
// Words of ours that never reached the server come back. Where the server has moved on meanwhile, it refuses the revision
// that they were written over, and both are there to choose from.
const ours = local.get();
const found = opening({ revision: m.revision, document: m.doc }, ours);
const past = history(() => m.doc, (doc) => { m.doc = doc; });
const keep = keeper({
  revision: !m.readonly && ours && found === "both" ? ours.revision : m.revision, gather: () => tidy(m.doc), local, later: (run, ms) => setTimeout(run, ms), cancel: (timer) => clearTimeout(timer),
  send: (body) => request("POST", `${base}/document`, body),
  told(status, data) {
    m.status = status;
    if (data && data.problems) Object.assign(m, { problems: data.problems, shown: data.shown, saved: data.saved });
    if (status === "refused") m.ui.refused = sentence({ status: 422, data });
    if (status === "conflict") readTheirs();
    draw();
  },
});

// ---- what the views call ----

/** Changes what is in front of the coordinator, not the script. @param {Record<string, any>} ui @param {string} [focus] */
m.set = (ui, focus) => {
  Object.assign(m.ui, ui);
  draw();
  if (focus) m.focusOn(focus);
};
/** A field was typed in. @param {import("./document.js").Path} path @param {any} value @param {string} field */
m.put = (path, value, field) => {
  past.before(field);
  put(m.doc, path, value);
  written();
};
/** Puts a value without a step of its own in the history; within m.change. */
m.place = (/** @type {any[]} */ path, /** @type {any} */ value) => put(m.doc, path, value);
/** A press that changes the script. @param {() => void} how @param {{focus?:string, say?:string, open?:string}} [then] @param {string} [what] */
m.change = (how, then = {}, what = "") => {
  past.before(what);
  how();
  if (then.open) m.ui.folds[then.open] = true;
  written();
  if (then.say) m.tell(then.say);
  if (then.focus) m.focusOn(then.focus);
};
/** Says something to those who listen to the page. @param {string} words */
m.tell = (words) => { aloud.textContent = words; };
/** @param {string} to */
m.focusOn = (to) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const el = document.getElementById(to);
  if (el) el.focus();
}));
m.later = (/** @type {() => void} */ run) => setTimeout(run, 150);
m.open = (/** @type {string} */ step) => m.set({ step, tab: "say" });
m.showAll = () => { m.ui.language = m.doc.locales.length > 1 ? "all" : m.doc.locales[0]; };
m.canUndo = past.canUndo;
m.canRedo = past.canRedo;

function written() {
  keep.touch();
  if (!m.ui.file.typed) m.ui.file.text = "";
  draw();
}

/** @param {() => boolean} go */
function travel(go) {
  if (!go()) return;
  if (!m.doc.steps.some((/** @type {any} */ s) => s.id === m.ui.step)) m.ui.step = m.doc.steps[0]?.id || "";
  // A field under the cursor is somebody's typing and is left alone; here the step back is what they asked for.
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches("textarea, input")) document.activeElement.blur();
  written();
}

m.act = {
  undo: () => travel(past.undo),
  redo: () => travel(past.redo),
  /** @param {string} section */
  section(section) {
    m.set({ section });
    if (section === "file" && !m.ui.file.typed) fileText();
    if (section === "try") fit();
  },
  /** To where a problem is mended. @param {any} problem */
  goTo(problem) {
    const to = placeOf(problem, m.doc);
    const step = to.step >= 0 ? m.doc.steps[to.step] : null;
    const [, list, name] = to.pointer.split("/");
    if (list === "slots" || list === "facts") m.ui.folds[`${list}/${name}`] = true;
    m.ui.aboutStep = m.ui.aboutStep || /^\/steps\/\d+\/(name|goal|minutes|type|skip|you_do|they_do|tips)/.test(to.pointer);
    m.set({ section: to.section, tab: to.tab, ...(step ? { step: step.id } : {}), problemsOpen: m.ui.problemsOpen });
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const fields = [...main.querySelectorAll("[id^='f/']")].map((el) => el.id.slice(1));
      const el = document.getElementById(`f${nearest(fields, to.pointer)}`) || (step && document.getElementById(`step/${step.id}`)) || document.getElementById(`section/${to.section}`);
      if (!el) return;
      el.closest("details")?.setAttribute("open", "");
      el.scrollIntoView({ block: "center" });
      /** @type {HTMLElement} */ (el).focus({ preventScroll: true });
    }));
  },
  firstProblem() {
    m.act.closeSheet();
    m.act.goTo(m.problems[0]);
  },
  /** Words in brackets become something that people tell us. @param {string} word @param {any} field */
  newSlot(word, field) {
    const name = nameFor(word, (n) => n in (m.doc.slots || {}) || n in (m.doc.facts || {}));
    m.change(() => {
      m.place(["slots", name], { label: { [field.locale]: word }, from: "conversation", type: "text", keep: "person" });
      const step = m.doc.steps.find((/** @type {any} */ s) => s.id === m.ui.step);
      if (step && m.ui.section === "steps") step.capture = [...(step.capture || []), name];
      field.change(field.text.replace(`[${word}]`, `{${name}}`));
    }, { focus: field.id, say: t("“{word}” is something they tell us now, and this step keeps it. Both can be changed: under “Words and facts”, and under “Listen for”.", { word }) });
  },

  // ---- the file ----
  /** @param {string} text */
  fileTyped(text) {
    Object.assign(m.ui.file, { text, typed: true });
    draw();
  },
  fileAgain() {
    Object.assign(m.ui.file, { typed: false, problems: [], problem: "" });
    fileText();
  },
  async applyFile() {
    const f = m.ui.file;
    Object.assign(f, { busy: true, problems: [], problem: "" });
    draw();
    const reply = await request("POST", `${base}/from-file`, { text: f.text }).catch(() => null);
    f.busy = false;
    if (!reply || !ok(reply)) f.problem = reply ? sentence(reply) : t("We can't be reached right now. Your text stays here; press Apply again in a moment.");
    else if (!reply.data.document) Object.assign(f, { problems: reply.data.problems, problem: t("This text isn't a script yet. It stays as you wrote it.") });
    else takeFile(reply.data.document);
    draw();
  },
  /** @param {number} line */
  showLine(line) {
    const el = /** @type {HTMLTextAreaElement} */ (document.getElementById("filetext"));
    const lines = el.value.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    el.focus();
    el.setSelectionRange(from, from + (lines[line - 1] || "").length);
    el.scrollTop = Math.max(0, (line - 6) * (el.scrollHeight / lines.length));
  },

  // ---- two windows ----
  keepMine() {
    const c = m.ui.conflict;
    past.before("");
    const mine = m.doc;
    m.doc = c.document; // what they saved becomes a step of the history, one press of Undo away
    past.before("");
    m.doc = mine;
    m.ui.conflict = null;
    keep.keepMine(c.revision);
  },
  takeTheirs() {
    const c = m.ui.conflict;
    past.before("");
    m.doc = c.document;
    Object.assign(m, { problems: c.problems, shown: c.shown, saved: c.saved });
    m.ui.conflict = null;
    keep.takeTheirs(c.revision);
  },
  /** @param {any} doc @param {string} whose */
  download(doc, whose) {
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([JSON.stringify(tidy(doc), null, 2)], { type: "application/json" }));
    a.download = `${id}-v${version}-${whose}.json`;
    a.click();
    URL.revokeObjectURL(a.href);
  },

  dropLeft() {
    local.drop();
    m.set({ left: null }, "main");
  },

  // ---- going live ----
  async askPublish() {
    await keep.flush();
    if (m.status === "conflict") return m.focusOn("main");
    m.set({ sheet: { busy: false, problem: "" } });
    if (!dialog.open) dialog.showModal();
  },
  async publish() {
    const s = m.ui.sheet;
    s.busy = true;
    s.problem = "";
    draw();
    const reply = (await keep.flush()) ? await request("POST", `${base}/publish`, { revision: keep.revision() }).catch(() => null) : null;
    if (reply && ok(reply)) return location.assign(reply.data.next);
    s.busy = false;
    s.problem = reply ? sentence(reply) : t("We can't be reached right now, so nothing was published. Your words are kept here.");
    draw();
  },
  closeSheet() {
    m.ui.sheet = null;
    dialog.close();
    draw();
    m.focusOn("publish");
  },

  // ---- the panel beside the form ----
  /** @param {string} partner */
  showOn(partner) {
    m.ui.partner = partner;
    if (m.ui.trying) point(talkAddress());
    draw();
  },
  tryIt() {
    point(talkAddress());
    m.set({ trying: true });
  },
  stopTrying() {
    m.set({ trying: false });
    m.focusOn(`step/${m.ui.step}`);
  },
  showAgain() {
    point(`${talkAddress()}&again=${Date.now()}`);
    draw();
  },
  alone: () => talkAddress(),
  /** A pane has its page; it comes to the front once the panel is drawn in it, so that nothing flickers. @param {number} i @param {any} pane */
  loaded(i, pane) {
    const src = m.panes[i].src;
    const look = (/** @type {number} */ left) => {
      if (m.panes[i].src !== src || i === m.front) return;
      if (left && !pane.contentDocument?.querySelector("#app > :not(.lonely)")) return void setTimeout(look, 100, left - 1);
      m.panes[i].drawn = true;
      m.front = i;
      draw();
      if (m.ui.trying) requestAnimationFrame(() => requestAnimationFrame(() => pane.focus()));
    };
    look(30);
  },
};

/** @param {any} doc What was applied keeps the head of this version: another id is another script. */
function takeFile(doc) {
  past.before("");
  m.doc = { ...doc, id, version, status: "draft" };
  Object.assign(m.ui.file, { typed: false, text: "" });
  written();
  fileText();
  m.tell(t("Applied. The form shows it now."));
}

async function fileText() {
  const reply = await request("POST", `${base}/as-file`, { document: tidy(m.doc) }).catch(() => null);
  if (m.ui.file.typed) return;
  if (reply && ok(reply)) Object.assign(m.ui.file, { text: reply.data.text, problem: "" });
  else m.ui.file.problem = reply ? sentence(reply) : t("We can't be reached right now, so the text can't be shown. The form goes on.");
  const el = /** @type {HTMLTextAreaElement|null} */ (document.getElementById("filetext"));
  if (el && document.activeElement !== el) el.value = m.ui.file.text;
  draw();
}

/** What the other window saved, to choose from. */
async function readTheirs() {
  const reply = await request("GET", `${base}/document`).catch(() => null);
  if (!reply || !ok(reply)) return void setTimeout(() => keep.status() === "conflict" && !m.ui.conflict && readTheirs(), 5000);
  if (reply.data.state !== "draft") return location.reload(); // published meanwhile: this browser still holds our words
  if (JSON.stringify(sorted(reply.data.document)) === JSON.stringify(sorted(tidy(m.doc)))) return keep.takeTheirs(reply.data.revision);
  m.set({ conflict: { ...reply.data, parts: differing(reply.data.document, tidy(m.doc)) } });
}

/** Where two documents differ, in words. @param {any} a @param {any} b */
function differing(a, b) {
  const same = (/** @type {any} */ x, /** @type {any} */ y) => JSON.stringify(sorted(x)) === JSON.stringify(sorted(y));
  const steps = [...new Map([...a.steps, ...b.steps].map((s) => [s.id, s])).values()].filter((s) => !same(a.steps.find((/** @type {any} */ x) => x.id === s.id), b.steps.find((/** @type {any} */ x) => x.id === s.id)));
  const parts = { title: t("Title"), purpose: t("Purpose"), slots: t("Words"), facts: t("Facts"), asks: t("Asks"), ladder: t("Ladder"), paths: t("Paths"), endings: t("Endings") };
  return [...steps.map((s) => say(s.name, m.locale) || s.id), ...Object.entries(parts).filter(([k]) => !same(a[k], b[k])).map(([, words]) => words)];
}

// ---- the panel ----

/** A practice talk with what is saved, from its beginning. */
const talkAddress = () => `/practice?${new URLSearchParams({ script: id, version: String(version), persona: m.ui.partner, saved: String(keep.revision()) })}`;

/** The same, at the step that is being written. */
const stepAddress = () => `${talkAddress()}&${new URLSearchParams({ at: m.ui.step || m.doc.steps[0]?.id || "", locale: m.locale })}`;

/** Loads a page in the pane behind; the one in front stays until that is drawn. @param {string} src */
function point(src) {
  if (m.panes[m.front].src === src) {
    m.panes[1 - m.front] = { src: "" };
    return;
  }
  const behind = m.panes[1 - m.front];
  if (behind.src !== src) m.panes[1 - m.front] = { src };
  else if (behind.drawn) m.front = 1 - m.front;
}

/** The panel is drawn at its own size and made small enough for the column. */
function fit() {
  const box = document.getElementById("pframe");
  for (const f of box ? box.querySelectorAll("iframe") : []) {
    const width = Number(f.getAttribute("width")), height = Number(f.getAttribute("height"));
    const scale = Math.min(1, (box?.clientWidth || width) / width);
    f.style.setProperty("transform", `scale(${scale})`);
    box?.style.setProperty("height", `${Math.round(height * scale)}px`);
  }
}

// ---- drawing ----

let drawing = 0;
function draw() {
  drawing = drawing || requestAnimationFrame(paint);
}

/** @type {Record<string, (m:any) => any>} */
const PARTS = { steps: stepsSection, about: aboutSection, words: wordsSection, asks: asksSection, ladder: ladderSection, endings: endingsSection, file: fileSection };

function paint() {
  drawing = 0;
  m.narrow = narrow.matches;
  if (!m.narrow && m.ui.section === "try") m.ui.section = "steps";
  if (m.doc.locales.length < 2) m.ui.language = m.doc.locales[0];
  m.langs = m.ui.language === "all" ? m.doc.locales : [m.ui.language];
  m.locale = m.ui.language === "all" ? (m.doc.locales.includes(language) ? language : m.doc.locales[0]) : m.ui.language;
  if (!m.ui.trying) {
    if (m.shown) point(stepAddress());
    else m.panes = [{ src: "" }, { src: "" }];
  }
  render(main, [top(m), conflict(m), leftOver(m), h("div.edcols", { key: "cols" },
    h("div.edform", { key: "form" }, problems(m), sectionTabs(m),
      h("div.gaprow", { key: "gaps", hidden: m.ui.section !== "steps" && m.ui.section !== "endings" }, h("label.tick", null, h("input", { type: "checkbox", id: "gaps", checked: m.ui.gaps, onchange: (/** @type {any} */ e) => m.set({ gaps: e.target.checked }) }), h("span", null, t("Show each line with its gaps, as before anything is known")))),
      h("div.section", { key: m.ui.section, id: "section", role: "tabpanel", "aria-labelledby": `section/${m.ui.section}`, hidden: m.ui.section === "try" }, h("h2.vh", { key: "heading" }, t(SECTIONS[m.ui.section] || "Try it")), PARTS[m.ui.section] && PARTS[m.ui.section](m))),
    preview(m))]);
  render(dialog, m.ui.sheet ? publishSheet(m) : []);
  fit();
}

dialog.addEventListener("cancel", (e) => {
  e.preventDefault();
  m.act.closeSheet();
});
narrow.addEventListener("change", draw);
new ResizeObserver(fit).observe(main);
addEventListener("online", () => { if (!keep.whole()) keep.flush(); });
addEventListener("pagehide", () => { if (!keep.whole()) local.put({ revision: keep.revision(), document: tidy(m.doc) }); });
document.addEventListener("keydown", (e) => {
  const typing = /** @type {HTMLElement} */ (e.target).matches("textarea, input");
  if (m.readonly || typing || !(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "z") return;
  e.preventDefault();
  if (e.shiftKey) m.act.redo();
  else m.act.undo();
});

if (found === "server") {
  local.drop();
} else if (ours && m.readonly) {
  m.ui.left = ours.document; // somebody published it before they reached us
} else if (ours) {
  past.before("");
  m.doc = ours.document;
  keep.touch();
  m.tell(t("Words of yours that had not reached us are back."));
}
draw();
