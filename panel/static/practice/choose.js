// @ts-check
// Who to practise with: seven made-up people, and what each is good for. One press starts; nothing is spoken before it.

import { language, t } from "../js/words.js";
import { h, icon, render } from "../talk/dom.js";
import { say } from "../talk/script.js";

/** Alone in a page of its own: in the script editor practice stands in a frame, and has nowhere to go. */
export const alone = () => window.top === window.self;

/**
 * @param {Object} page
 * @param {any} page.given What the server gave.
 * @param {string[]} page.locales The languages that the script speaks.
 * @param {{locale:string, aloud:boolean}} page.settings
 * @param {ReturnType<typeof import("./voice.js").speaker>} page.voice
 * @param {(who:any) => void} page.go
 * @param {() => void} page.draw
 */
export function choose({ given, locales, settings, voice, go, draw }) {
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  app.dataset.view = "choose";
  const people = given.personas.personas;
  const wanted = people.find((/** @type {any} */ p) => p.id === given.persona);
  const list = wanted ? [wanted] : people;
  render(app, [
    h("header.bar.pracbar", { key: "bar" }, h("p.brand", null, t("Practice")), alone() && h("a.btn.quiet.push", { href: given.home }, t("Back to my shift"))),
    h("main.choose", { key: "choose", id: "main", tabindex: "-1" },
      h("h1", null, t("Practice with somebody made up")),
      h("p.lead", null, t("It takes three minutes. Nobody is called, nothing is kept, and nobody else sees it.")),
      h("p.meta", null, given.live ? t("Script: {title}", { title: say(given.script.title, language) }) : t("Script: {title}, version {n}, not live", { title: say(given.script.title, language), n: given.script.version })),
      h("div.row.how", null,
        locales.length > 1 && h("fieldset.langrow", null, h("legend", null, t("They speak")), h("div.chips", null, locales.map((l) =>
          h("button.chip", { type: "button", key: l, lang: l, "aria-pressed": String(settings.locale === l), onclick: () => { settings.locale = l; draw(); } }, l === "es" ? "Español" : "English")))),
        voice.can(settings.locale)
          ? h("label.tick", { key: "aloud" }, h("input", { type: "checkbox", checked: settings.aloud, onchange: (/** @type {any} */ e) => { settings.aloud = e.target.checked; draw(); } }), t("Speak their words aloud"))
          : h("p.meta.novoice", { key: "novoice" }, t("This browser has no voice for it, so you'll read what they say."))),
      h("ul.partners", null, list.map((/** @type {any} */ who) => h("li", { key: who.id },
        h("button.card.partner", { type: "button", onclick: () => go(who) },
          h("span.pname", { lang: settings.locale }, say(who.name, settings.locale), h("span.meta", null, who.place)),
          h("span.teaches", null, say(who.teaches, language)),
          h("span.start", null, icon("phone"), t("Start")))))),
      wanted && h("p", null, h("button.btn.quiet", { type: "button", onclick: () => { given.persona = ""; draw(); } }, t("Somebody else"))),
      h("p.meta.foot", null, t("They are rules, not AI. Say each line out loud, press “I've said it”, and hear what comes back."))),
  ]);
  if (!app.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
}

/** Practice cannot begin. @param {string} words @param {(() => void)|null} retry */
export const trouble = (words, retry) => [h("main.stage.lonely", { key: "stage", id: "main" },
  h("p.banner.ours", { role: "alert" }, words),
  h("p.row", null, retry && h("button.btn.pri", { type: "button", onclick: retry }, t("Try again")), alone() && h("a.btn.quiet", { href: "/shift" }, t("Back to my shift"))))];
