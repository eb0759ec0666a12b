// @ts-check
// The file: the same document as text. What is pressed into the form changes it, what is applied here changes the form.

import { t } from "../../js/words.js";
import { h } from "../../talk/dom.js";

/** @param {any} m */
export function fileSection(m) {
  const f = m.ui.file;
  const base = `/scripts/${m.id}/${m.version}/script`;
  return h("div.card.stack", { key: "file" }, h("h3", null, t("The file")),
    h("p.hint", null, m.readonly ? t("This version as text.") : t("The form and this text are the same script. Change the text and press Apply, and the form follows.")),
    f.problem && h("div.banner", { key: "problem", role: "alert" }, h("p", null, f.problem)),
    f.problems.length > 0 && h("ul.wrongs", { key: "wrongs", id: "filewrongs" }, f.problems.map((/** @type {any} */ p, /** @type {number} */ i) => h("li", { key: i }, p.line ? h("button.linkish", { type: "button", onclick: () => m.act.showLine(p.line) }, wrong(p)) : wrong(p)))),
    h("label.vh", { for: "filetext" }, t("The script as text")),
    h("textarea.input.filetext", { id: "filetext", rows: "28", spellcheck: "false", wrap: "off", "aria-describedby": f.problems.length ? "filewrongs" : undefined, value: f.text, readonly: m.readonly, oninput: (/** @type {any} */ e) => m.act.fileTyped(e.target.value) }),
    h("div.row", null,
      !m.readonly && h("button.btn.pri", { type: "button", disabled: !f.typed || f.busy, onclick: () => m.act.applyFile() }, t("Apply")),
      !m.readonly && f.typed && h("button.btn.quiet", { type: "button", onclick: () => m.act.fileAgain() }, t("Leave it, show the form's text again")),
      h("a.btn", { href: `${base}.yaml`, download: true }, t("Download as YAML")), h("a.btn", { href: `${base}.json`, download: true }, t("Download as JSON"))));
}

/** @param {any} p */
const wrong = (p) => (p.place ? `${p.place}: ${p.sentence}` : p.sentence);
