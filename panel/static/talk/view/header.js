// @ts-check
// The bar: whom I am talking to, how to say the name, how the call stands, and the way out, which needs two places.

import { t } from "../../js/words.js";
import { beforeTalk, callLine, canEnd } from "../call.js";
import { callLive, offLine } from "../model.js";
import { h, icon } from "../dom.js";

/** @param {any} m */
export function header(m) {
  const { person, call, help } = m.server;
  const inbound = call && call.direction === "inbound" && callLive(call);
  const sub = [person.place, (person.languages || []).join(", "), person.time_there && t("{time} there", { time: person.time_there })].filter(Boolean).join(" · ");
  return h("header.bar.talkbar", { key: "bar", "aria-label": t("This conversation") },
    h("div.who", null,
      h("div.names", null,
        h("h1", { class: "person" }, person.name),
        h("p.sub", { class: inbound ? "inbound" : "" }, inbound ? t("They are calling you back") : sub)),
      person.say_name ? sayName(person.say_name) : null),
    h("div.call", { role: "group", "aria-label": t("The call"), class: m.ui.arming && canEnd(call) ? "asking" : "" },
      callState(m),
      m.ui.arming && canEnd(call) ? sure(m) : controls(m, help)));
}

/** @param {string} respelling Capitals carry the stress. */
function sayName(respelling) {
  const stressed = (/** @type {string} */ s) => s.split(/([A-Z]{2,})/).filter(Boolean).map((p) => (/^[A-Z]{2,}$/.test(p) ? h("b", null, p) : p));
  const [first, ...rest] = respelling.split(" ");
  return h("p.hear", null, icon("say"), h("span.vh", null, t("Say the name:"), " "), h("span", null, stressed(first), rest.length > 0 && h("span.rest", null, " ", stressed(rest.join(" ")))));
}

/** @param {any} m */
function callState(m) {
  if (m.text && m.text.on()) return m.text.callState(m);
  const { conversation, call, line } = m.server;
  if (!call) return h("p.state", { role: "status" }, h("span", null, m.kit ? t("Practice. Nothing is counted.") : conversation.channel === "in_person" ? t("Face to face") : t("No call")));
  const c = callLine(call, m.now);
  const where = callLive(call) && line ? (line.joined ? line.words || t("Your phone is connected") : t("Your phone is not on the line")) : "";
  return h("p.state", null,
    h("span.lamp", { class: c.tone, "aria-hidden": "true" }),
    h("span.words", { role: "status" }, c.words),
    c.time && h("b.num", { role: "timer" }, c.time),
    where && h("span.where", null, where));
}

/** @param {any} m @param {boolean} help */
function controls(m, help) {
  if (m.text && m.text.on()) return m.screen === "talk" ? m.text.controls(m) : [];
  const { call } = m.server;
  const live = callLive(call);
  const locked = !m.holder;
  return [
    live && h("button.btn.tool", { type: "button", "aria-pressed": String(call.muted), class: call.muted ? "on" : "", disabled: locked || m.busy("mute"), onclick: () => m.act.mute(!call.muted) },
      icon(call.muted ? "mic-off" : "mic"), h("span.lbl", null, call.muted ? t("Muted") : t("Mute"))),
    !offLine(m) && h("button.btn.tool", { type: "button", "aria-pressed": String(Boolean(help)), class: help ? "on" : "", disabled: locked || m.busy("help"), onclick: () => m.act.help(!help) },
      icon("hand"), h("span.lbl", null, help ? t("Help is coming") : t("Help"))),
    canEnd(call) && h("button.btn.end.arm", { type: "button", key: "arm", disabled: locked, onclick: () => m.act.arm(true) }, icon("end"), h("span", null, m.kit ? t("End practice") : t("End call"))),
    offLine(m) && m.screen === "talk" && h("button.btn.pri", { type: "button", key: "towrap", disabled: locked, onclick: () => m.act.wrapUp() }, t("Wrap up")),
  ];
}

/** "Stay on" lies where "End call" was, so a second press in the same place changes nothing. @param {any} m */
function sure(m) {
  return h("div.sure", { key: "sure", role: "group", "aria-label": m.kit ? t("End the practice?") : t("End the call?") },
    h("span.q", null, m.kit ? t("End the practice?") : t("End the call?")),
    h("button.btn.end.solid", { type: "button", key: "endnow", disabled: m.busy("hangup"), onclick: () => m.act.hangup() }, t("End now")),
    h("button.btn.stay", { type: "button", key: "stay", id: "stay", onclick: () => m.act.arm(false) }, t("Stay on")));
}

/** What may be in the way right now, as sentences above the script. @param {any} m */
export function banners(m) {
  const { server, ui, status } = m;
  const out = [];
  if (!m.holder) {
    out.push(h("div.banner.plain", { key: "held", role: "status" }, icon("people"),
      h("p", null, h("b", null, t("This talk is open in another tab or on another device.")), t("You can read along here. Nothing you press here is sent.")),
      h("button.btn.pri.push", { type: "button", disabled: m.busy("hold"), onclick: () => m.act.take() }, t("Use this one instead"))));
  }
  if (status.phase === "offline" || (m.cut && !m.kit)) {
    out.push(h("div.banner", { key: "net", role: "status" }, icon("cloud"),
      h("p", null, h("b", null, callLive(server.call) ? t("Your internet dropped. The call is still on.") : t("Your internet dropped.")),
        t("Keep going. What you type is safe here and will send itself when you're back."))));
  }
  if (server.paused) out.push(h("p.banner.plain", { key: "paused", role: "status" }, icon("pause"), h("span", null, t("{who} paused new calls at {when}. This talk goes on.", { who: server.paused.who, when: server.paused.when }))));
  if (server.fetching && !(m.text && m.text.on())) out.push(h("p.banner.plain", { key: "fetching", role: "status" }, icon("clock"), h("span", null, server.fetching, " ", t("A call that you start now waits for that."), callLive(server.call) && [" ", t("This talk goes on.")])));
  if (callLive(server.call) && server.line && !server.line.joined) {
    out.push(h("p.banner.ours", { key: "leg", role: "alert" }, icon("phone"), h("span", null, h("b", null, t("Your own phone is not on the line.")), t("Pick up when it rings. It is ringing you now, or will in a moment."))));
  }
  if (ui.problem) {
    out.push(h("div.banner.ours", { key: "problem", role: "alert" }, icon("warn"), h("p", null, ui.problem),
      h("button.btn.quiet.push", { type: "button", onclick: () => m.act.set({ problem: "" }) }, t("OK"))));
  }
  if (beforeTalk(server.call, m.walk)) out.push(pickup(m));
  return out;
}

/** While it rings and just after: the two things that may turn out instead of a talk. @param {any} m */
function pickup(m) {
  const { call, person } = m.server;
  const ringing = call.state === "placing" || call.state === "ringing";
  const title = ringing
    ? (call.direction === "inbound" ? t("{name} is calling you back. You'll be connected.", { name: person.first_name }) : t("Ringing {name} at {number}. Your first line is ready below.", { name: person.first_name, number: person.number }))
    : t("They picked up. Say hello.");
  return h("div.banner.plain.pickup", { key: "pickup" }, icon("phone"), h("p", null, title),
    h("span.row.push", null,
      call.direction !== "inbound" && h("button.btn", { type: "button", disabled: !m.holder || m.busy("voicemail"), onclick: () => m.act.voicemail() }, t("It's a voicemail")),
      !ringing && h("button.btn", { type: "button", disabled: !m.holder || m.busy("not-connected"), onclick: () => m.act.notConnected() }, t("We never connected"))));
}
