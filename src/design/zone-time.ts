/** What a clock on a wall shows, to the minute; `month` counts from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No change of a clock is larger: Samoa left out a whole day in 2011. */
const WIDEST_CHANGE_MS = 2 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

/** How far the zone's clock is ahead of UTC at this moment, in milliseconds. `zone` is an IANA name; others throw `RangeError`. */
export function offsetAt(zone: string, at: number): number {
  const seconds = Math.floor(at / 1000) * 1000;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(seconds)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}

/** What the zone's clocks show at this moment. */
export function wallTimeAt(zone: string, at: number): WallTime {
  const shown = new Date(at + offsetAt(zone, at));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
  };
}

/**
 * The moments at which the zone's clocks begin to show this minute, earliest first: one as a rule, none where clocks are put forward over it,
 * two where they are put back. A date that no calendar has (30 February) has none either.
 */
export function momentsOf(zone: string, wall: WallTime): readonly number[] {
  const asUtc = utcOf(wall);
  const offsets = new Set(
    [-WIDEST_CHANGE_MS, -DAY_MS, 0, DAY_MS, WIDEST_CHANGE_MS].map((away) => offsetAt(zone, asUtc + away)),
  );
  return [...offsets]
    .map((offset) => asUtc - offset)
    .filter((at) => isSame(wallTimeAt(zone, at), wall))
    .toSorted((a, b) => a - b);
}

/** The same as if it were shown in UTC: for counting days and comparing wall times with each other. */
export function utcOf({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** The wall time so many days later by the calendar, whatever clocks do in between. */
export function daysLater(wall: WallTime, days: number): WallTime {
  const shifted = new Date(utcOf(wall) + days * DAY_MS);
  return {
    ...wall,
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
  };
}

/** `UTC+2`, `UTC-3:30`, `UTC`. */
export function offsetWords(offsetMs: number): string {
  if (offsetMs === 0) return 'UTC';
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const rest = minutes % 60 === 0 ? '' : `:${String(minutes % 60).padStart(2, '0')}`;
  return `UTC${offsetMs < 0 ? '-' : '+'}${Math.floor(minutes / 60)}${rest}`;
}

function isSame(a: WallTime, b: WallTime): boolean {
  return (
    a.year === b.year && a.month === b.month && a.day === b.day && a.hour === b.hour && a.minute === b.minute
  );
}
