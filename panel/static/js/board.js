// @ts-check
// The board works without this file. With it, the buttons say how many lines are ticked, and single keys do what hands do.

import { KEYS, handle, step } from "./boardkeys.js";
import { count, speak, t } from "./words.js";

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("ticked"));
const rows = /** @type {HTMLTableRowElement[]} */ ([...document.querySelectorAll(".boardrows tbody tr")]);

/** @param {string} selector */
const ticks = (selector) => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(`input[form="ticked"]${selector}`)]);

function tell() {
  const lines = ticks(":checked").length;
  const calls = ticks("[data-call]:checked").length;
  const head = form?.querySelector("[data-ticked]");
  const wave = form?.querySelector("[data-wave]");
  if (head) head.textContent = lines ? t("With the {lines} you ticked", { lines: count(lines, "line", "lines") }) : t("With those you ticked");
  if (wave) wave.textContent = calls ? t("Make a wave from {n}", { n: String(calls) }) : t("Make a wave");
}

// ---- keys ----

const hint = document.getElementById("keyhint");
const said = document.getElementById("keysaid");
const list = /** @type {HTMLDialogElement|null} */ (document.getElementById("keylist"));
const switched = /** @type {HTMLInputElement|null} */ (document.getElementById("keyson"));

/** The same switch as in a talk: whoever turns single keys off there means them here too. */
const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };

let last = -1;
const current = () => { const at = rows.findIndex((r) => r.contains(document.activeElement)); return at < 0 ? last : at; };
/** @param {string} words */
const say = (words) => { if (said) said.textContent = words; };

/** @param {number} by */
function move(by) {
  const inside = rows.some((r) => r.contains(document.activeElement));
  const at = current();
  last = inside || at < 0 ? step(rows.length, at, by) : at; // coming back from elsewhere, it is the line that was left
  const link = /** @type {HTMLElement|null} */ (rows[last]?.querySelector(".rowlink"));
  if (!link) return say(t("No line stands here."));
  say("");
  link.focus();
  rows[last].scrollIntoView({ block: "nearest" });
}

function tick() {
  const at = current();
  if (at < 0) return move(1);
  const name = rows[at].querySelector(".rowlink")?.textContent || "";
  const box = /** @type {HTMLInputElement|null} */ (rows[at].querySelector("input[name=tick]"));
  if (!box) return say(t("{name}: this is their promise. Open it and say how it went.", { name }));
  box.checked = !box.checked;
  tell();
  const lines = count(ticks(":checked").length, "line", "lines");
  say(box.checked ? t("{name} is ticked. {lines} in all.", { name, lines }) : t("{name} is not ticked any more. {lines} in all.", { name, lines }));
}

/** Giving away is a choice of a name: the focus goes there, and the press stays with the hands. */
function give() {
  if (!ticks(":checked").length) return say(t("Tick a line first, with X."));
  const names = /** @type {HTMLElement|null} */ (document.getElementById("give_to"));
  names?.scrollIntoView({ block: "center" });
  names?.focus();
}

function showKeys() {
  if (!list) return;
  if (switched) switched.checked = keysOn();
  list.showModal();
}

function ready() {
  const shown = keysOn();
  document.documentElement.classList.toggle("singlekeys", shown);
  if (hint) hint.hidden = false;
}

function keys() {
  list?.querySelector("dl")?.replaceChildren(...KEYS.map(([key, words]) => {
    const line = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd"), kbd = document.createElement("kbd");
    kbd.textContent = key;
    dt.append(kbd);
    dd.textContent = t(words);
    line.append(dt, dd);
    return line;
  }));
  rows.forEach((row, i) => row.querySelector(".rowlink")?.setAttribute("aria-describedby", ["[data-what]", ".due"].map((part, n) => {
    const cell = row.querySelector(part);
    if (cell && !cell.id) cell.id = `row${i}-${n}`;
    return cell?.id || "";
  }).join(" ").trim())); // who arrives by a key hears what it is about, not the name alone
  switched?.addEventListener("change", () => {
    try { localStorage.setItem("keys", switched.checked ? "on" : "off"); } catch { /* it holds for this page alone */ }
    ready();
  });
  document.querySelector("[data-keys]")?.addEventListener("click", showKeys);
  document.addEventListener("focusin", () => { const at = rows.findIndex((r) => r.contains(document.activeElement)); if (at >= 0) last = at; });
  document.addEventListener("keydown", (e) => {
    const hands = {
      move, tick, give, list: showKeys, on: keysOn, open: () => Boolean(document.querySelector("dialog[open]")),
      plan: () => /** @type {HTMLElement|null} */ (document.querySelector("[data-plan]"))?.click(),
      search: () => document.getElementById("q")?.focus(),
    };
    if (handle(e, hands)) e.preventDefault();
  });
  ready();
}

await speak(document.documentElement.lang, ["board", "gaps"]);
if (form) {
  const all = /** @type {HTMLButtonElement|null} */ (form.querySelector("[data-tickall]"));
  const calls = ticks("[data-call]");
  if (all && calls.length) {
    all.hidden = false;
    all.onclick = () => {
      const on = calls.some((c) => !c.checked);
      for (const c of calls) c.checked = on;
      tell();
    };
  }
  for (const one of ticks("")) one.addEventListener("change", tell);
  addEventListener("pageshow", tell); // a browser that comes back has kept the ticks
  tell();
}
keys();
