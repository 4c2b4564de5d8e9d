import { daysLater, momentsOf, utcOf, wallTimeAt, type WallTime } from './zone-time.ts';

/** When a change may begin: not before `opensAt`, not at or after `closesAt`. Epoch milliseconds. */
export interface ChangeWindow {
  readonly opensAt: number;
  readonly closesAt: number;
}

/** A value, or why there is none. */
export type Read<T, F = string> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: F };

const ok = <T>(value: T) => ({ ok: true, value }) as const;
const failed = <F>(failure: F) => ({ ok: false, failure }) as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** So long a start without an end stays good: what could not begin by then would come as a surprise. */
export const OPEN_FOR_MS = 4 * HOUR_MS;
const MOST_AHEAD_DAYS = 60;
const LONGEST_DAYS = 7;
const LONGEST_TEXT = 80;

const UNITS = { s: 1000, sec: 1000, m: MINUTE_MS, min: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const LONG_WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const DAY = String.raw`\d{4}-\d{2}-\d{2}|today|tomorrow|sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?`;
const TIME = String.raw`\d{1,2}:\d{2}`;
const WINDOW = new RegExp(
  String.raw`^(?:(?<day>${DAY}),? )?(?<start>${TIME})(?: ?(?:-|to|until) ?(?:(?<endDay>\d{4}-\d{2}-\d{2}) )?(?<end>${TIME}))?$`,
);
const RELATIVE = /^in (?<count>\d{1,4}) ?(?<unit>sec|min|[smhd])$/;

/** Whether a word can begin what {@link parseWindow} reads: tells an option from the end of a site's name. */
export function beginsWindow(word: string): boolean {
  const text = word.toLowerCase();
  return /^\d/.test(text) || new RegExp(`^(?:${DAY}),?$`).test(text);
}

/**
 * Reads when a change may begin: `22:00`, `22:00-04:00`, `Sat 22:00`, `tomorrow 22:00`, `2026-11-26 22:00-04:00`, `in 2h`, as wall time of the
 * zone. A time without a date is the next one; with an end, also the one that is going on. Without an end it is good for four hours. A
 * minute that clocks leave out is refused; of one that they show twice, the first is meant. The failure is a sentence for the person.
 */
export function parseWindow(text: string, zone: string, now: number): Read<ChangeWindow> {
  const plain = normalised(text);
  const relative = RELATIVE.exec(plain)?.groups;
  if (relative) {
    const opensAt = now + Number(relative['count']) * UNITS[relative['unit'] as keyof typeof UNITS];
    return withinLimits({ opensAt, closesAt: opensAt + OPEN_FOR_MS }, now);
  }
  const parts = WINDOW.exec(plain)?.groups;
  const start = timeOf(parts?.['start']);
  const end = timeOf(parts?.['end']);
  if (!parts || !start || (parts['end'] !== undefined && !end)) return failed(unreadable(zone));
  const { day, endDay } = parts;
  const wanted: Wanted = {
    start,
    ...(end && { end }),
    ...(endDay !== undefined && { endDay: dateOf(endDay) }),
  };
  if (day !== undefined && /^\d/.test(day)) {
    const window = windowOn({ ...dateOf(day), ...start }, wanted, zone);
    return window.ok ? withinLimits(window.value, now) : failed(window.failure.why);
  }
  return nextWindow(day, wanted, zone, now);
}

interface Wanted {
  readonly start: Time;
  readonly end?: Time;
  readonly endDay?: Day;
}
type Time = Pick<WallTime, 'hour' | 'minute'>;
type Day = Pick<WallTime, 'year' | 'month' | 'day'>;

/** The first day of the wanted name, from today on, whose window is still to come; with an end, also one that is going on. */
function nextWindow(day: string | undefined, wanted: Wanted, zone: string, now: number): Read<ChangeWindow> {
  const today = { ...wallTimeAt(zone, now), ...wanted.start };
  const first = day === 'today' ? 0 : day === 'tomorrow' ? 1 : -1;
  const last = day === 'today' ? 0 : day === 'tomorrow' ? 1 : 8;
  for (let away = first; away <= last; away += 1) {
    const wall = daysLater(today, away);
    if (!isDay(wall, day)) continue;
    const window = windowOn(wall, wanted, zone);
    if (!window.ok) {
      if (window.failure.about > now) return failed(window.failure.why);
    } else if (window.value.opensAt > now || (wanted.end && window.value.closesAt > now)) {
      return withinLimits(window.value, now);
    }
  }
  return failed(OVER);
}

/** Why there is no such window, and about when it would be. */
interface NoWindow {
  readonly why: string;
  readonly about: number;
}

function windowOn(start: WallTime, wanted: Wanted, zone: string): Read<ChangeWindow, NoWindow> {
  const opens = momentOf(start, zone);
  if (!opens.ok) return opens;
  if (!wanted.end) return ok({ opensAt: opens.value, closesAt: opens.value + OPEN_FOR_MS });
  const sameDay = { ...start, ...wanted.endDay, ...wanted.end };
  const isNextDay = wanted.endDay === undefined && utcOf(sameDay) <= utcOf(start);
  const closes = momentOf(isNextDay ? daysLater(sameDay, 1) : sameDay, zone);
  if (!closes.ok) return closes;
  if (closes.value <= opens.value) return failed({ why: ENDS_FIRST, about: opens.value });
  return ok({ opensAt: opens.value, closesAt: closes.value });
}

function momentOf(wall: WallTime, zone: string): Read<number, NoWindow> {
  const [first] = momentsOf(zone, wall);
  if (first !== undefined) return ok(first);
  const isDate = new Date(utcOf(wall)).getUTCDate() === wall.day;
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${wall.year}-${two(wall.month)}-${two(wall.day)}`;
  const why = isDate
    ? `${two(wall.hour)}:${two(wall.minute)} does not exist on ${date} in ${zone}: clocks are put forward over it. Choose another time.`
    : `${date} is not a date.`;
  return failed({ why, about: utcOf(wall) });
}

function withinLimits(window: ChangeWindow, now: number): Read<ChangeWindow> {
  const { opensAt, closesAt } = window;
  if (closesAt <= now) return failed(OVER);
  if (opensAt - now > MOST_AHEAD_DAYS * DAY_MS)
    return failed(`A change can be planned ${MOST_AHEAD_DAYS} days ahead at most.`);
  if (closesAt - opensAt > LONGEST_DAYS * DAY_MS)
    return failed(`A window can be ${LONGEST_DAYS} days long at most.`);
  return ok(window);
}

function normalised(text: string): string {
  return text
    .slice(0, LONGEST_TEXT)
    .trim()
    .toLowerCase()
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/(\d{4}-\d{2}-\d{2})t(?=\d)/g, '$1 ')
    .replace(/\s+/g, ' ');
}

function timeOf(text: string | undefined): Time | undefined {
  const [hour = NaN, minute = NaN] = (text ?? '').split(':').map(Number);
  return hour <= 23 && minute <= 59 ? { hour, minute } : undefined;
}

function dateOf(text: string): Day {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return { year, month, day };
}

function isDay(wall: WallTime, name: string | undefined): boolean {
  if (name === undefined || name === 'today' || name === 'tomorrow') return true;
  return LONG_WEEKDAYS[weekdayOf(wall)]?.startsWith(name) === true;
}

/** 0 is Sunday. */
export function weekdayOf(wall: WallTime): number {
  return new Date(utcOf(wall)).getUTCDay();
}

/** `Thu`, as cards write it. */
export function weekdayName(wall: WallTime): string {
  const name: string = WEEKDAYS[weekdayOf(wall)] ?? '';
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function unreadable(zone: string): string {
  return `Write when it may start, such as 22:00, Sat 22:00-04:00, 2026-11-26 22:00 or in 2h. Times are those of ${zone}.`;
}

const OVER = 'That window is over already.';
const ENDS_FIRST = 'The window ends before it begins.';
