// @ts-check
// The script as the form changes it: one plain document, changed in place. What the form does not know stays as it is.

/** @typedef {import("../talk/script.js").Script} Script */
/** @typedef {(string|number)[]} Path */
/** @typedef {Record<string, any>} Doc */

export const COLOURS = /** @type {const} */ (["green", "yellow", "not_now"]);

/** What stands at a path. @param {any} doc @param {Path} path */
export const at = (doc, path) => path.reduce((o, k) => (o == null ? undefined : o[k]), doc);

/** The same path as a pointer, which names a field. @param {Path} path */
export const pointer = (path) => "/" + path.join("/");

/**
 * Puts a value at a path and makes what is missing on the way; undefined takes it away.
 * @param {any} doc @param {Path} path @param {any} value
 */
export function put(doc, path, value) {
  let o = doc;
  path.slice(0, -1).forEach((k, i) => {
    if (o[k] == null) o[k] = typeof path[i + 1] === "number" ? [] : {};
    o = o[k];
  });
  const last = path[path.length - 1];
  if (value === undefined && !Array.isArray(o)) delete o[last];
  else o[last] = value;
}

/** Words in exactly one language; plain words belong to the first one. @param {any} words @param {string} locale @param {string[]} locales */
export function wordsIn(words, locale, locales) {
  if (words == null) return "";
  if (typeof words === "string") return locale === locales[0] ? words : "";
  return words[locale] || "";
}

/**
 * Words with those of one language changed.
 * @param {any} words @param {string} locale @param {string} text @param {string[]} locales
 */
export function withWords(words, locale, text, locales) {
  /** @type {Record<string, string>} */
  const by = typeof words === "string" ? (words ? { [locales[0]]: words } : {}) : { ...words };
  if (text.trim()) by[locale] = text;
  else delete by[locale];
  return by;
}

/** @param {any} v Nothing was written here. */
const blank = (v) => v === "" || v == null || (typeof v === "object" && !Array.isArray(v) && Object.keys(v).length === 0);

/**
 * The document as it is kept: lines nobody has written yet, and empty words, are the form's own business.
 * @param {any} v @returns {any}
 */
export function tidy(v) {
  if (Array.isArray(v)) return v.filter((x) => !(x && typeof x === "object" && "text" in x && blank(tidy(x.text)))).map(tidy).filter((x) => !blank(x));
  if (v === null || typeof v !== "object") return v;
  /** @type {Doc} */
  const out = {};
  for (const [k, x] of Object.entries(v)) {
    const t = tidy(x);
    if (x === null || !blank(t)) out[k] = t;
  }
  return out;
}

/** A name for something new: plain letters, with a number where it is taken. @param {string} words @param {(name:string) => boolean} taken @param {string} [dash] */
export function nameFor(words, taken, dash = "_") {
  let base = words.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, dash).replace(/^[^a-z]+|[_-]+$/g, "").slice(0, 40);
  if (!base) base = "new";
  let name = base;
  for (let n = 2; taken(name); n++) name = `${base}${dash}${n}`;
  return name;
}

/** @param {{id?:string}[]|undefined} list @param {string} base */
export const idFor = (list, base) => nameFor(base, (id) => (list || []).some((x) => x.id === id));

/** Our words in every language that the script has. @param {Record<string, string>} words @param {string[]} locales */
const inAll = (words, locales) => Object.fromEntries(locales.map((l) => [l, words[l] || words.en]));

/** What a new step of each type is called and what it begins with. @type {Record<string, {name:Record<string,string>, goal:Record<string,string>}>} */
const BEGINNINGS = {
  purpose: { name: { en: "Purpose", es: "Propósito" }, goal: { en: "Say why you set this talk up.", es: "Di por qué pediste esta conversación." } },
  intro: { name: { en: "Introduction", es: "Presentación" }, goal: { en: "Say who you are and why you're calling.", es: "Di quién eres y por qué llamas." } },
  listen: { name: { en: "Ask and listen", es: "Pregunta y escucha" }, goal: { en: "Find what they care about, and why.", es: "Descubre qué les importa y por qué." } },
  agitate: { name: { en: "Agitation", es: "Agitación" }, goal: { en: "Ask who is responsible.", es: "Pregunta quién es responsable." } },
  educate: { name: { en: "Plan to win", es: "Plan para ganar" }, goal: { en: "Show that it can change, and how.", es: "Muestra que puede cambiar y cómo." } },
  inoculate: { name: { en: "What they'll say", es: "Lo que dirán" }, goal: { en: "Be honest about push-back.", es: "Habla con franqueza de la presión." } },
  ask: { name: { en: "The ask", es: "La petición" }, goal: { en: "Ask once, clearly. Then wait.", es: "Pide una vez, con claridad. Luego espera." } },
  next: { name: { en: "Next steps", es: "Próximos pasos" }, goal: { en: "Agree what, by when, and how you'll follow up.", es: "Acuerden qué, para cuándo y cómo darás seguimiento." } },
  debrief: { name: { en: "How it went", es: "Cómo te fue" }, goal: { en: "Hear how it went since you last talked.", es: "Escucha cómo les fue desde la última vez." } },
  coach: { name: { en: "Coaching", es: "Acompañar" }, goal: { en: "Find what is in the way, and plan for it together.", es: "Descubran qué estorba y planéenlo juntos." } },
  recognize: { name: { en: "Recognition", es: "Reconocimiento" }, goal: { en: "Name what they did, and what it changed.", es: "Nombra lo que hicieron y lo que cambió." } },
};

export const STEP_TYPES = Object.keys(BEGINNINGS);

/** A step of a type, with a first line to write and one light that leads on. @param {Doc} doc @param {string} type @param {string} to */
export function newStep(doc, type, to) {
  const all = (/** @type {Record<string, string>} */ w) => inAll(w, doc.locales);
  /** @type {Doc} */
  const step = {
    id: idFor(doc.steps, type), type, name: all(BEGINNINGS[type].name), goal: all(BEGINNINGS[type].goal),
    say: [{ id: type === "ask" ? "question" : "open", text: {} }], lights: { green: [{ label: all({ en: "Ready to go on", es: "Quiere seguir" }), goto: to }] }, skip: { ok: type !== "intro" && type !== "purpose" },
  };
  if (type === "ask") {
    step.say[0] = { id: "question", text: all({ en: "Can I count on you to {ask}?", es: "¿Puedo contar contigo para {ask}?" }), then: "silence" };
    step.silence = { show: "count_up", calm_after_s: 4, nudge_after_s: 15 };
    step.lights = {
      green: [{ label: all({ en: "Clear yes", es: "Sí claro" }), sets: { answer: "clear_yes" }, goto: to }],
      yellow: [{ id: "unsure", label: all({ en: "Not sure", es: "Con dudas" }), sets: { answer: "unsure" }, goto: "self" }],
      not_now: [{ id: "hard", label: all({ en: "Hard no", es: "No firme" }), sets: { answer: "hard_no" }, goto: endFor(doc, "no_thanks") || "self", ask_which: ["wrong_ask", "wrong_time"] }],
    };
  }
  if (type === "next") step.fields = ["what", "by_when", "follow_how", "follow_when"];
  return step;
}

/** @param {Doc} doc @param {string} outcome */
function endFor(doc, outcome) {
  const e = (doc.endings || []).find((/** @type {any} */ x) => x.outcome === outcome);
  return e ? `end(${e.id})` : "";
}

/** Adds a step after another one; its light leads where the route goes on. @param {Doc} doc @param {string} type @param {number} after */
export function addStep(doc, type, after) {
  const following = doc.steps[after + 1];
  const step = newStep(doc, type, following ? following.id : endFor(doc, "connected") || endFor(doc, "commitment") || "self");
  doc.steps.splice(after + 1, 0, step);
  return step.id;
}

/** @param {Doc} doc @param {number} i */
export function duplicateStep(doc, i) {
  const copy = structuredClone(doc.steps[i]);
  copy.id = idFor(doc.steps, copy.id);
  for (const l of doc.locales) {
    const was = wordsIn(copy.name, l, doc.locales);
    if (was) copy.name = withWords(copy.name, l, `${was} (${l === "es" ? "copia" : "copy"})`, doc.locales);
  }
  doc.steps.splice(i + 1, 0, copy);
  return copy.id;
}

/**
 * Takes a step out. Lights that led there lead to the step that followed it, so that nobody is left standing.
 * @param {Doc} doc @param {number} i @returns {number} How many lights were turned.
 */
export function removeStep(doc, i) {
  const gone = doc.steps[i].id;
  doc.steps.splice(i, 1);
  const instead = doc.steps[i] ? doc.steps[i].id : "self";
  let turned = 0;
  for (const step of doc.steps) {
    for (const colour of COLOURS) {
      for (const light of step.lights?.[colour] || []) {
        const to = without(light.goto, gone, instead === step.id ? "self" : instead);
        if (to !== light.goto) turned++;
        light.goto = to;
      }
    }
  }
  for (const name of Object.keys(doc.paths || {})) doc.paths[name] = doc.paths[name].filter((/** @type {string} */ id) => id !== gone);
  for (const r of doc.resources || []) if (r.steps) r.steps = r.steps.filter((/** @type {string} */ id) => id !== gone);
  return turned;
}

/** @param {string} to @param {string} gone @param {string} instead */
function without(to, gone, instead) {
  if (to === gone) return instead;
  if (!to.startsWith("pick(")) return to;
  const rest = to.slice(5, -1).split(",").filter((t) => t !== gone);
  return rest.length > 1 ? `pick(${rest.join(",")})` : rest[0] || instead;
}

/** Moves a thing of a list up or down by one. @param {any[]} list @param {number} i @param {number} by */
export function move(list, i, by) {
  if (i + by < 0 || i + by >= list.length) return i;
  const [one] = list.splice(i, 1);
  list.splice(i + by, 0, one);
  return i + by;
}

/** Moves a step; paths that went through both in their order still do. @param {Doc} doc @param {number} i @param {number} by */
export function moveStep(doc, i, by) {
  const order = (/** @type {string} */ id) => doc.steps.findIndex((/** @type {any} */ s) => s.id === id);
  const inOrder = Object.keys(doc.paths || {}).filter((n) => doc.paths[n].every((/** @type {string} */ id, /** @type {number} */ k) => !k || order(doc.paths[n][k - 1]) < order(id)));
  const now = move(doc.steps, i, by);
  for (const n of inOrder) doc.paths[n].sort((/** @type {string} */ a, /** @type {string} */ b) => order(a) - order(b));
  return now;
}

/** How often a name is used in what is said, asked and sent. @param {Doc} doc @param {string} name */
export function uses(doc, name) {
  const pattern = new RegExp(`\\{${name}(\\||\\})`, "g");
  return (JSON.stringify(doc.steps).match(pattern) || []).length;
}
