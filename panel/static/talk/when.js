// @ts-check
// Times as people say them. A promised time is kept as wall clock in the person's own zone: "2026-12-03T18:30".

/** @type {Record<string, {days:string[], months:string[]}>} */
const NAMES = {
  en: { days: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"], months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] },
  es: { days: ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"], months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"] },
};

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** @param {string|undefined} local @returns {Date|null} The wall clock as if it were UTC, for arithmetic only. */
function parse(local) {
  if (!local || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return null;
  const d = new Date(`${local}:00Z`);
  return Number.isNaN(d.getTime()) || format(d) !== local ? null : d;
}

/** @param {Date} d */
const format = (d) => `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}T${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;

/**
 * A kept time read aloud: "Thu Dec 3, 6:30 pm". What is not a time is left as it is: a person may have said "after the holidays".
 * @param {string} local @param {string} locale
 */
export function spokenWhen(local, locale) {
  const d = parse(local);
  if (!d) return local;
  const lang = locale.slice(0, 2) === "es" ? "es" : "en";
  const day = NAMES[lang].days[d.getUTCDay()], month = NAMES[lang].months[d.getUTCMonth()];
  if (lang === "es") return `${day} ${d.getUTCDate()} ${month}, ${d.getUTCHours()}:${two(d.getUTCMinutes())}`;
  return `${day} ${month} ${d.getUTCDate()}, ${clock(d.getUTCHours(), d.getUTCMinutes())}`;
}

/** @param {number} hours @param {number} minutes */
function clock(hours, minutes) {
  const half = hours >= 12 ? "pm" : "am";
  const h = hours % 12 || 12;
  return minutes ? `${h}:${two(minutes)} ${half}` : `${h} ${half}`;
}

/**
 * An instant as wall clock in a zone. An unknown zone falls back to this device's own.
 * @param {number} ms @param {string} zone
 */
export function localIn(ms, zone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const want = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  let parts;
  try {
    parts = new Intl.DateTimeFormat("en-CA", { ...want, timeZone: zone }).formatToParts(ms);
  } catch {
    parts = new Intl.DateTimeFormat("en-CA", want).formatToParts(ms);
  }
  const get = (/** @type {string} */ type) => (parts.find((p) => p.type === type) || { value: "00" }).value;
  return `${get("year")}-${get("month")}-${get("day")}T${get("hour")}:${get("minute")}`;
}

/** @param {number} ms The clock on this device, as in "5:46 pm". @param {string} [locale] */
export function clockHere(ms, locale = "en") {
  const d = new Date(ms);
  if (locale.slice(0, 2) === "es") return `${d.getHours()}:${two(d.getMinutes())}`;
  const h = d.getHours() % 12 || 12;
  return `${h}:${two(d.getMinutes())} ${d.getHours() >= 12 ? "pm" : "am"}`;
}

/**
 * The same clock some days on, or that day at another hour.
 * @param {string} local @param {number} days @param {string} [at] "18:00"
 */
export function plusDays(local, days, at) {
  const d = parse(local);
  if (!d) return "";
  d.setUTCDate(d.getUTCDate() + days);
  const out = format(d);
  return at ? `${out.slice(0, 11)}${at}` : out;
}

/** @param {string} local @param {number} minutes */
export function plusMinutes(local, minutes) {
  const d = parse(local);
  if (!d) return "";
  d.setUTCMinutes(d.getUTCMinutes() + minutes);
  return format(d);
}

/** @param {string} local @param {number} weekday 0 is Sunday @param {string} at The next such day, never today. */
export function nextWeekday(local, weekday, at) {
  const d = parse(local);
  if (!d) return "";
  return plusDays(local, (weekday - d.getUTCDay() + 6) % 7 + 1, at);
}

/** @param {string} local */
export const isTime = (local) => parse(local) !== null;

/** @param {number} ms How long a call has lasted: "4:12". */
export function lasted(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
