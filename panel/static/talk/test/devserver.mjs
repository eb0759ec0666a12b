// @ts-check
// The panel on its own: static files, the page, and the talk API kept in memory, so that it can be looked at without
// the product: node panel/static/talk/test/devserver.mjs [port], then open /talk/stake or any other scene below; ?lang=es
// for the page in Spanish. A scene may name what is pressed once it stands.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { extname, normalize } from "node:path";

const root = new URL("../../../", import.meta.url);
const shared = new URL("../script/testdata/scripts/", root);
const script = JSON.parse(readFileSync(new URL("heat-recruitment.json", shared), "utf8"));
const library = JSON.parse(readFileSync(new URL("library.json", shared), "utf8"));
const TYPES = { ".json": "application/json", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2" };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ago = (/** @type {number} */ s) => new Date(Date.now() - s * 1000).toISOString();
const e = (/** @type {string} */ type, /** @type {any} */ data, s = 60) => ({ type, data, at: ago(s) });
const light = (/** @type {string} */ step, colour = "green", more = {}) => e("light", { step, colour, ...more });
const words = [e("slot", { name: "problem", value: "the cold in the kids' room" }), e("slot", { name: "their_stake", value: "your youngest was in hospital with pneumonia last February" }), e("note", { text: "Two boys, 4 and 7. Sleeps them in coats. Space heater tripped the breaker twice. Works nights Mon-Wed." })];
const toStake = [light("intro")];
const toAgitate = [...toStake, e("probe", { step: "stake", id: "wand", on: true }), e("slot", words[0].data), light("stake", "yellow", { id: "keep" }), ...words, light("stake")];
const toAsk = [...toAgitate, light("agitate"), light("educate"), light("inoculate")];
const yes = [...toAsk, light("ask", "green", { sign: "named_day", answer: "clear_yes" }), e("slot", { name: "what", value: "come to the tenants' meeting" }), e("slot", { name: "by_when", value: "2026-12-03T18:30" })];
const agreed = [...yes, e("slot", { name: "follow_how", value: "text" }), e("slot", { name: "follow_when", value: "2026-12-02T18:00" }), e("slot", { name: "text_ok", value: "yes" }), light("next")];
const bridged = { state: "bridged", result: "", answered_at: ago(252) };
const over = (/** @type {string} */ result, more = {}) => ({ state: "ended", result, answered_at: null, ended_at: ago(2), ...more });

let texts = 0;
const text = (/** @type {boolean} */ theirs, /** @type {string} */ body, /** @type {number} */ s) => ({ id: `text${texts++}`, theirs, body, at: ago(s), when: new Date(Date.now() - s * 1000).toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" }).toLowerCase(), who: "", note: theirs ? "" : "delivered", bad: false, media: "", by_hand: !theirs });
const out = (/** @type {string} */ body, /** @type {number} */ s) => text(false, body, s);
const back = (/** @type {string} */ body, /** @type {number} */ s) => text(true, body, s);

const wrapped = { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", outcome: "commitment", answer: "clear_yes", cut_short: false, support: "strong_yes", leader: { flag: false, why: "" }, commitment: { what: "come to the tenants' meeting", by_when: "2026-12-03T18:30" }, follow_ups: [{ channel: "text", reason: "before_commitment", local: "2026-12-02T18:00", body: "Still good?" }], text_ok: { words: "" }, recap: null, learned: [], language: "", note: "Two boys, 4 and 7.", feeling: "good", say_name: "", barrier: "", buddy: "" };
const faceToFace = { call: null, conversation: { channel: "in_person" } };
const question = e("find_out", { id: "q1", text: "Can they raise the rent for this?" });
const ended = { call: over("answered", { answered_at: ago(508) }) };

/** Every state of the panel. press: what is pressed once it stands, a button by its selector or "key /". @type {Record<string, {events?:any[], call?:any, server?:any, texts?:any[], thread?:any, press?:string[], fetching?:boolean}>} */
export const scenes = {
  ringing: { call: { state: "ringing" } },
  answered: { call: { state: "answered", answered_at: ago(3) } },
  inbound: { call: { state: "ringing", direction: "inbound" } },
  intro: { call: bridged, events: [e("moment", { step: "intro" })] },
  stake: { call: bridged, events: [...toStake, words[0], words[2], e("probe", { step: "stake", id: "wand", on: true })] },
  agitate: { call: bridged, events: toAgitate },
  educate: { call: bridged, events: [...toAgitate, light("agitate")] },
  doubt: { call: bridged, events: [...toAgitate, light("agitate"), light("educate", "yellow", { id: "doubt" })] },
  inoculate: { call: bridged, events: [...toAgitate, light("agitate"), light("educate")] },
  ask: { call: bridged, events: toAsk },
  silence: { call: bridged, events: [...toAsk, e("silence", { phase: "open" }, 7)] },
  sign: { call: bridged, events: [...toAsk, light("ask")] },
  unsure: { call: bridged, events: [...toAsk, light("ask", "yellow", { id: "unsure" })] },
  unsure2: { call: bridged, events: [...toAsk, light("ask", "yellow", { id: "unsure" }), e("visit", { step: "ask" }), light("ask", "yellow", { id: "unsure" })] },
  no: { call: bridged, events: [...toAsk, light("ask", "not_now", { id: "hard" })] },
  next: { call: bridged, events: yes },
  goodbye: { call: bridged, events: agreed },
  callback: { call: bridged, events: [light("intro", "yellow", { id: "busy" })] },
  wrap: { call: over("answered", { answered_at: ago(708) }), events: agreed },
  wrapno: { call: over("answered", { answered_at: ago(308) }), events: [...toAsk, light("ask", "not_now", { id: "hard" }), e("ending", { id: "kind_no" })] },
  wrapstop: { call: over("answered", { answered_at: ago(30) }), events: [e("engine", { what: "stop" })] },
  noanswer: { call: over("no_answer") },
  voicemail: { call: over("voicemail") },
  fault: { call: over("failed", { our_fault: true, sentence: "Our phone line dropped before it rang. Xiomara heard nothing." }) },
  held: { call: bridged, events: toAgitate, server: { holder: false } },
  text: { texts: [out("Hi Xiomara, it's Dana, your neighbor with Alder Tenants Union. How's the heat in your place this week? (Reply STOP to opt out)", 840), back("hi dana!! honestly terrible. kids room is freezing again, space heater popped the breaker AGAIN last nite", 720),
    out("That sounds rough. What's been the hardest part for you?", 500), back("my youngest was in the hospital w pneumonia in feb. i just cant do that again", 120)], events: [...toStake, e("line", { step: "stake", id: "sms:back" }), ...words] },
  textfirst: { texts: [] },
  textgap: { texts: [out("That sounds rough. What's been the hardest part for you?", 500), back("my youngest was in the hospital w pneumonia in feb. i just cant do that again", 120)], events: [...toStake, e("line", { step: "stake", id: "sms:back" }), words[0]] },
  textwait: { texts: [back("yes its freezing", 300), out("We're deciding this together Thu Dec 3, 6:30 pm. Can I count on you to come to the tenants' meeting?", 60)], events: [...toAsk, e("line", { step: "ask", id: "sms:done" }), e("silence", { phase: "open" }), e("silence", { phase: "close", seconds: 0 })] },
  textplan: { texts: [back("the landlord could fix it if he wanted", 90)], events: [...toAgitate, light("agitate")] },
  textnext: { texts: [back("yes! what time should i come", 60)], events: yes },
  textseems: { texts: [out("Still good for Thursday?", 200), back("can't, call me Friday at 6", 60)], events: toAgitate, thread: { seems: [{ id: "s1", text: "t", kind: "time", says: "It seems that it won't happen as planned, and they want a call: Fri Dec 4, 6:00 pm, their time.", doing: "I'll call then. Take off what is still to follow.", reply: "" }, { id: "s2", text: "t", kind: "ask", says: "They want to talk at another time. Ask which day and what time.", doing: "", reply: "Sure. Which day and what time suit you?" }] } },
  textstop: { texts: [out("Who do you think could actually fix this?", 200), back("STOP", 60)], events: toAgitate, thread: { why_not: "Xiomara asked us to stop. We never text somebody who said no." } },
  textfetching: { texts: [back("the landlord could fix it if he wanted", 90)], events: [...toAgitate, light("agitate")], fetching: true },
  fetching: { call: { ...over("no_answer") }, events: [], fetching: true },
  textend: { texts: [back("sorry no time for this", 60)], events: [light("intro", "not_now", { id: "no" })] },
  paused: { call: bridged, events: toAgitate, server: { paused: { who: "Ana", when: "6:12 pm" }, line: { joined: false, words: "Your phone is not connected" } } },
  swap: { call: bridged, events: toAsk, press: [".askrow .btn.quiet", ".swap .chip:nth-child(2)"] },
  noask: { call: bridged, events: toAsk, server: { ask: null } },
  endcall: { call: bridged, events: toAgitate, press: [".btn.arm"] },
  facts: { call: bridged, events: toAgitate, press: ["key /", ".factcard"] },
  findout: { call: bridged, events: [...toAgitate, question], press: ["key /"] },
  own: { call: bridged, events: toStake, press: [".ownbtn"] },
  ownline: { call: bridged, events: toStake, server: { own: [{ step: "stake", id: "open", locale: "en", text: "So how is this winter treating you and yours?" }, { step: "stake", id: "open", locale: "es", text: "¿Y cómo los trata este invierno en casa?" }] } },
  threat: { call: bridged, events: toAgitate, press: ["#said-threat"] },
  said: { call: bridged, events: toAgitate, press: [".saidopen"] },
  stop: { call: bridged, events: toAgitate, press: ["#said-stop"] },
  language: { call: bridged, events: toAgitate, press: ["#said-another_language"] },
  later: { call: bridged, events: toAgitate, press: ["#said-call_later"] },
  keys: { call: bridged, events: toAgitate, press: ["key ?"] },
  wraphard: { ...ended, events: [...agreed, question], press: ["[aria-labelledby=y] .opt:nth-child(3)"] },
  wrapedit: { ...ended, events: agreed, press: [".sent .pick:nth-of-type(2)"] },
  saved: { ...ended, events: agreed, server: { wrap: wrapped, undo_until: new Date(Date.now() + 480000).toISOString(), conversation: { state: "wrapped" } } },
  undone: { call: { ...ended.call, state: "wrapped" }, events: agreed, server: { undone: wrapped, conversation: { state: "ended" } } },
  inperson: { events: [...toStake, words[0]], server: faceToFace },
  wrapinperson: { events: agreed, server: faceToFace, press: [".talkbar .btn.pri"] },
};

/** @type {Map<string, any>} */
const talks = new Map();
let seq = 0;

/** @param {string} id A talk is named by its scene: stake, or stake-2 for another one. */
function talk(id) {
  const scene = scenes[id.split("-")[0]] || scenes.ringing;
  if (!talks.has(id)) {
    const events = (scene.events || []).map((x) => ({ ...structuredClone(x), id: `00000000000000000000${String(seq++).padStart(6, "0")}` }));
    talks.set(id, { lang: "en", texts: scene.texts && structuredClone(scene.texts), thread: scene.thread, events, help: false, tab: null, wrap: null, server: scene.server || {}, call: { id: "c1", direction: "outbound", result: "", our_fault: false, sentence: "", answered_at: null, ended_at: null, tries: 1, muted: false, ...scene.call } });
  }
  return talks.get(id);
}

/** @param {string} id */
function state(id) {
  const t = talk(id);
  const es = t.lang === "es"; // what the server says, it says in the volunteer's language
  return {
    undone: null, undo_until: null, own: [], fetching: fetching(id),
    holder: true,
    person: { id: "p1", name: "Xiomara Quiñones", first_name: "Xiomara", say_name: "see-oh-MAH-rah kee-NYO-ness", number: "(•••) •••-0123", place: "Apt 3C", languages: ["Spanish", "English"], time_there: es ? "17:46" : "5:46 pm", zone: "America/New_York", why: es ? "Le contó a Luis de la calefacción" : "Told Luis about the heat", text_allowed: !(t.thread && t.thread.why_not), text_ok: false },
    history: [{ at: "2026-09-14T22:10:00Z", day: es ? "14 sep" : "Sep 14", text: es ? "Luis le escribió de los radiadores. Respondió:" : "Luis texted about radiators. Reply:", quote: "every winter the same story" }, { at: "2026-09-02T22:10:00Z", day: es ? "2 sep" : "Sep 2", text: es ? "Llamada perdida, sin buzón" : "Missed call, no voicemail", quote: "" }, { at: "2026-08-09T22:10:00Z", day: es ? "9 ago" : "Aug 9", text: es ? "Se apuntó en la fiesta de la cuadra" : "Signed in at the block party", quote: "" }],
    volunteer: { name: "Dana", place: "412 Alder", stake: "my grandfather's oxygen failed the night our heat did" }, org: "Alder Tenants Union", our_number: "+12125550100", demo: true,
    call: t.call, line: { joined: true, words: es ? "Tu teléfono está conectado" : "Your phone is connected" }, script, library, slots: {},
    builtins: { first_name: "Xiomara", volunteer: "Dana", volunteer_place: "412 Alder", last_contact_by: "Luis", last_topic: "the radiators" },
    ask: { id: "meeting", label: "come to the tenants' meeting", when: "Thu Dec 3, 6:30 pm", where: "St. Mark's hall", smaller: "sign" },
    events: t.events, wrap: t.wrap, help: t.help, paused: null, now: new Date().toISOString(), ...t.server,
    conversation: { id, channel: t.texts ? "text" : "call", state: t.wrap ? "wrapped" : "open", started_at: ago(300), locale: t.lang, locales: ["en", "es"], ...t.server.conversation },
  };
}

/** @param {string} id */
const fetching = (id) => (!(scenes[id.split("-")[0]] || {}).fetching ? "" : talk(id).lang === "es" ? "Estamos trayendo lo que llegó mientras no estábamos. Un momento." : "We are fetching what came in while we were away. One moment.");

/** The thread of a talk by text. @param {string} id */
function thread(id) {
  const t = talk(id);
  const mine = t.texts.filter((/** @type {any} */ x) => !x.theirs), theirs = t.texts.filter((/** @type {any} */ x) => x.theirs);
  return {
    texts: t.texts, calls: [], draft: `${"0".repeat(20)}${String(mine.length).padStart(6, "0")}`, first: !mine.length, why_not: "", last_reply: theirs.length ? theirs.at(-1).at : null, host: true, fetching: fetching(id),
    waiting: [{ person: "Ofelia R.", since: ago(360), link: "/talk/textgap" }, { person: "Marcus T.", since: ago(660), link: "/talk/textplan" }], ...t.thread,
  };
}

/** @param {string} id @param {string} what @param {any} body @returns {any} */
function post(id, what, body) {
  const t = talk(id);
  switch (what) {
    case "hold":
      if (t.server.holder === false && !body.take) return { holder: false };
      if (body.take) { t.tab = body.tab; t.server = {}; }
      t.tab ||= body.tab;
      return { holder: t.tab === body.tab };
    case "events":
      for (const event of body.events) if (!t.events.some((/** @type {any} */ x) => x.id === event.id)) t.events.push(event);
      return { stored: body.events.map((/** @type {any} */ x) => x.id) };
    case "hangup": Object.assign(t.call, { state: "ended", result: "answered", ended_at: ago(0) }); return { ok: true };
    case "voicemail": Object.assign(t.call, over("voicemail")); return { ok: true };
    case "not-connected": Object.assign(t.call, over("failed", { our_fault: true, sentence: "It rang as answered, but nobody was there." })); return { ok: true };
    case "redial": case "retry": Object.assign(t.call, { state: "ringing", result: "", our_fault: false, ended_at: null, tries: t.call.tries + 1 }); return { ok: true };
    case "mute": t.call.muted = body.on; return { ok: true };
    case "help": t.help = body.on; return { ok: true };
    case "text":
      if (body.id === thread(id).draft) t.texts.push(out(body.body, 0));
      return thread(id);
    case "reply": t.texts.push(back(body.body, 0)); return { ok: true };
    case "wrap": t.wrap = body; return { next: "/shift" };
  }
  return null;
}

/** Presses what a scene names, one after the other, once it is there; on a narrow window what they said is in a sheet. */
const pressing = `
const there = async (css) => { for (let i = 0; i < 40; i++) { const el = document.querySelector(css); if (el) return el; await new Promise((r) => setTimeout(r, 50)); } return null; };
await there(".talkbar");
for (const one of todo) {
  if (one.startsWith("key ")) document.dispatchEvent(new KeyboardEvent("keydown", { key: one.slice(4), bubbles: true }));
  else {
    if (one.startsWith("#said-") && !document.querySelector(one)) (await there(".saidopen"))?.click();
    (await there(one))?.click();
  }
  await new Promise((r) => setTimeout(r, 60));
}`;

const server = createServer(async (req, res) => {
  const url = new URL(req.url || "/", "http://localhost");
  const [, first, id, what] = url.pathname.split("/");
  const reply = (/** @type {number} */ code, /** @type {string} */ type, /** @type {any} */ body) => { res.writeHead(code, { "content-type": type, "content-security-policy": CSP, "cache-control": "no-store" }); res.end(body); };
  const json = (/** @type {any} */ value, code = 200) => reply(code, "application/json", JSON.stringify(value));
  if (first === "static") {
    const file = normalize(url.pathname.replace(/^\/static\/[^/]+\//, ""));
    if (file.startsWith("..")) return reply(404, "text/plain", "");
    try {
      return reply(200, /** @type {any} */ (TYPES)[extname(file)] || "text/plain", readFileSync(new URL(`static/${file}`, root)));
    } catch {
      return reply(404, "text/plain", "no such file");
    }
  }
  if (first === "live") {
    res.writeHead(200, { "content-type": "text/event-stream" });
    return void res.write("retry: 2000\n\n");
  }
  if (first === "sent") return json([...talks].map(([name, t]) => ({ name, events: t.events, wrap: t.wrap })));
  if (first === "press") return reply(200, "text/javascript", `const todo = ${JSON.stringify((scenes[id] || {}).press || [])};\n${pressing}`);
  if (first === "talk" && !what) {
    talk(id).lang = url.searchParams.get("lang") === "es" ? "es" : "en";
    const page = readFileSync(new URL("templates/talk.html", root), "utf8").replace(/\{\{define "talk"\}\}|\{\{end\}\}\s*$/g, "");
    return reply(200, "text/html; charset=utf-8", page.replace(/\{\{range \.Modules\}\}[^]*?\{\{end\}\}/, "").replace(/\{\{(if \.ByText|end)\}\}/g, "").replaceAll("{{.StaticVersion}}", "dev").replaceAll("{{.ConversationID}}", id).replaceAll("{{.Title}}", "Xiomara Quiñones").replaceAll("{{.Lang}}", talk(id).lang).replace(/\{\{t "([^"]*)"\}\}/g, "$1")
      .replace("</head>", (scenes[id.split("-")[0]] || {}).press ? `<script type="module" src="/press/${id.split("-")[0]}"></script></head>` : "</head>"));
  }
  if (first === "talk" && what === "state") return json(state(id));
  if (first === "talk" && what === "thread") return json(thread(id));
  if (first === "talk" && req.method === "POST") {
    let text = "";
    for await (const chunk of req) text += chunk;
    const answer = post(id, what, JSON.parse(text || "{}"));
    return answer ? json(answer) : json({ title: "Not found", detail: "There is no such thing.", status: 404 }, 404);
  }
  reply(200, "text/html", `<title>Shift</title><ul>${Object.keys(scenes).map((s) => `<li><a href="/talk/${s}">${s}</a>`).join("")}</ul>`);
});

// The test runner opens every file in this folder; there this one stays quiet.
if (!process.env.NODE_TEST_CONTEXT) server.listen(Number(process.argv[2] || 8099), "127.0.0.1", () => console.log(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`));
