// @ts-check
// The board works without this file. With it, the buttons say how many lines are ticked.

import { count, speak, t } from "./words.js";

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("ticked"));

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

if (form) {
  await speak(document.documentElement.lang, ["board"]);
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
  for (const tick of ticks("")) tick.addEventListener("change", tell);
  addEventListener("pageshow", tell); // a browser that comes back has kept the ticks
  tell();
}
