// The calling hours once more, in another language and from another copy of the world's time zones: node's own (ICU), through
// Intl.DateTimeFormat. It shares nothing with the Go rule but the table of states, which comes in as JSON on standard input.
// It answers with the moments at which each zone's clocks change, and with every open interval of each list of places, both
// in minutes since 1970.

const DAY = 1440;
const minutes = (iso) => Date.parse(iso) / 60_000;

/** How far the clocks of a zone are ahead of UTC at a minute, as Intl writes the wall clock. */
function offsetReader(zone) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  });
  return (minute) => {
    const wall = {};
    for (const { type, value } of format.formatToParts(minute * 60_000)) wall[type] = Number(value);
    return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) / 60_000 - minute;
  };
}

/** Every change of a zone's clocks: [[minute, offset from then on], ...], the first at the beginning. */
function changes(zone, from, to) {
  const offset = offsetReader(zone);
  const list = [[from, offset(from)]];
  for (let a = from; a < to; a += 360) {
    let before = a, after = Math.min(a + 360, to);
    if (offset(before) === offset(after)) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    list.push([after, offset(after)]);
  }
  return list;
}

/** The hours of a weekday in a state: the latest opening and the earliest closing of all that is asked. */
function hours(table, state, weekday) {
  const asked = [table.house, table.federal, table.states.find((s) => s.state === state)].filter(Boolean)
    .map((rule) => (weekday === 0 ? rule.sunday : weekday === 6 ? rule.saturday : rule.week));
  return { open: Math.max(...asked.map((h) => h.open)), close: Math.min(...asked.map((h) => h.close)) };
}

const SUNDAY = 0, MONDAY = 1, FRIDAY = 5, SATURDAY = 6;
const weekdayOf = (day) => (day + 4) % 7; // day 0, the first of January 1970, was a Thursday
const dayOf = (year, month, date) => Date.UTC(year, month - 1, date) / 86_400_000;

/** Easter Sunday by Lichtenberg's form of Gauss's rule, counted from the first of March. */
function easterOf(year) {
  const century = Math.floor(year / 100), golden = year % 19;
  const moon = (19 * golden + 15 + Math.floor((3 * century + 3) / 4) - Math.floor((8 * century + 13) / 25)) % 30;
  const full = 21 + moon - Math.floor((moon + Math.floor(golden / 11)) / 29);
  const firstSunday = 7 - ((year + Math.floor(year / 4) + 2 - Math.floor((3 * century + 3) / 4)) % 7);
  return dayOf(year, 3, full + 7 - ((((full - firstSunday) % 7) + 7) % 7));
}

/** Every day on which a state keeps a holiday: the day itself and, of a date at a weekend, the weekday to which it may be moved. */
function quietDays(holidays, from, to) {
  const days = new Set();
  for (let year = new Date(from * 60_000).getUTCFullYear() - 1; year <= new Date(to * 60_000).getUTCFullYear() + 1; year++) {
    for (const { month, day, weekday } of holidays ?? []) {
      if (month === 0) {
        days.add(easterOf(year) + day);
        continue;
      }
      let kept = dayOf(year, month, day);
      if (weekday >= 0) {
        while (weekdayOf(kept) !== weekday) kept++;
        days.add(kept);
        continue;
      }
      days.add(kept);
      if (weekdayOf(kept) === SATURDAY) days.add(kept - (SATURDAY - FRIDAY)).add(kept + 2);
      if (weekdayOf(kept) === SUNDAY) days.add(kept + MONDAY);
    }
  }
  return days;
}

/** Whether the hours are open in a place, for every quarter of an hour: clocks stand apart by whole quarters everywhere. */
function quarters(table, place, clocks, from, to) {
  const [zone, state = ""] = place.split("@");
  const week = [0, 1, 2, 3, 4, 5, 6].map((weekday) => hours(table, state, weekday));
  const quiet = quietDays(table.states.find((s) => s.state === state)?.holidays, from, to);
  const list = clocks[zone], open = new Uint8Array((to - from) / 15);
  let next = 0, offset = 0;
  for (let i = 0; i < open.length; i++) {
    const minute = from + i * 15;
    while (next < list.length && list[next][0] <= minute) offset = list[next++][1];
    const wall = minute + offset, day = Math.floor(wall / DAY);
    const today = week[weekdayOf(day)];
    const hour = Math.floor((wall % DAY) / 60);
    open[i] = hour >= today.open && hour < today.close && !quiet.has(day) ? 1 : 0;
  }
  return open;
}

const input = [];
for await (const chunk of process.stdin) input.push(chunk);
const ask = JSON.parse(Buffer.concat(input).toString());
const from = minutes(ask.from), to = minutes(ask.to);

const clocks = {}, unknown = [];
for (const zone of ask.zones) {
  try {
    clocks[zone] = changes(zone, from, to);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    unknown.push(zone); // this copy does not know the zone at all
  }
}
const odd = Object.entries(clocks).filter(([, list]) => list.some(([minute, offset]) => minute % 15 || offset % 15)).map(([zone]) => zone);
if (odd.length) throw new Error(`clocks that do not stand apart by whole quarters of an hour: ${odd.join(" ")}`);

const known = {};
const quartersOf = (place) => (known[place] ??= quarters(ask.table, place, clocks, from, to));
const intervals = {};
for (const list of ask.lists) {
  const places = list.split(",");
  if (places.some((place) => !clocks[place.split("@")[0]])) continue;
  const all = places.map(quartersOf), found = [];
  let begun = -1;
  for (let i = 0; i <= all[0].length; i++) {
    const open = i < all[0].length && all.every((one) => one[i]);
    if (open && begun < 0) begun = i;
    if (!open && begun >= 0) {
      found.push(from + begun * 15, from + i * 15);
      begun = -1;
    }
  }
  intervals[list] = found;
}
process.stdout.write(JSON.stringify({ tz: process.versions.tz, clocks, unknown, intervals }));
