// @ts-check
// Somebody says that they were threatened or punished for standing up: they are heard first, and a coordinator knows at once.

import { t } from "../../../js/words.js";
import { say } from "../../script.js";
import { curly } from "../../slots.js";
import { h, icon } from "../../dom.js";

const HEARD = {
  en: "I'm sorry that happened. You're not alone with it. Are you safe right now?",
  es: "Siento mucho que te haya pasado. No estás sin apoyo: aquí estamos. ¿Estás a salvo en este momento?",
};

/** @param {any} m */
export function threatSheet(m) {
  return [
    h("p.say.sm", { key: "say", lang: m.walk.locale }, "“", curly(say(HEARD, m.walk.locale)), "”"),
    h("form.stack", { key: "form", onsubmit: (/** @type {any} */ e) => { e.preventDefault(); m.act.threatened(e.target.elements.words.value.trim()); } },
      h("div.field", null, h("label", { for: "threat-words" }, t("What happened, when, and who did it?")),
        h("textarea.input", { id: "threat-words", name: "words", rows: 3, maxlength: 2000, value: m.walk.retaliation, readonly: !m.holder }),
        h("p.hint", null, t("A few words are enough. A coordinator sees it now and gets back to them with a plan. Ask them to keep letters and photos."))),
      m.walk.retaliation && h("p.saved", null, icon("check"), h("span", null, t("A coordinator knows already. You can add to it."))),
      h("div.foot", null, h("button.btn", { type: "button", onclick: () => m.act.close() }, t("Go back")),
        h("button.btn.pri", { type: "submit", disabled: !m.holder }, t("Tell a coordinator")))),
  ];
}
