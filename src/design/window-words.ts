import { weekdayName, type ChangeWindow } from './change-window.ts';
import { offsetAt, offsetWords, wallTimeAt, type WallTime } from './zone-time.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (n: number): string => String(n).padStart(2, '0');
const time = ({ hour, minute }: WallTime): string => `${two(hour)}:${two(minute)}`;
const date = ({ year, month, day }: WallTime): string => `${year}-${two(month)}-${two(day)}`;

/** A moment as a person reads it: `Thu 26 Nov 2026 22:00 (Europe/Berlin, UTC+1)`. The offset tells a repeated hour's two halves apart. */
export function momentWords(at: number, zone: string): string {
  return `${long(wallTimeAt(zone, at))} (${zoneWords(at, zone)})`;
}

/** `Thu 26 Nov 2026 22:00 to Fri 27 Nov 2026 02:00 (Europe/Berlin, UTC+1)`; the offset of each end where clocks change in between. */
export function windowWords({ opensAt, closesAt }: ChangeWindow, zone: string): string {
  const [opens, closes] = [wallTimeAt(zone, opensAt), wallTimeAt(zone, closesAt)];
  const [before, after] = [offsetAt(zone, opensAt), offsetAt(zone, closesAt)];
  const end = date(opens) === date(closes) ? time(closes) : long(closes);
  if (before === after) return `${long(opens)} to ${end} (${zoneWords(opensAt, zone)})`;
  return `${long(opens)} (${offsetWords(before)}) to ${end} (${offsetWords(after)}), ${zone}`;
}

/** The same as text that `parseWindow` reads again: `2026-11-26 22:00-2026-11-27 02:00`. */
export function windowText({ opensAt, closesAt }: ChangeWindow, zone: string): string {
  const [opens, closes] = [wallTimeAt(zone, opensAt), wallTimeAt(zone, closesAt)];
  return `${date(opens)} ${time(opens)}-${date(closes)} ${time(closes)}`;
}

function long(wall: WallTime): string {
  return `${weekdayName(wall)} ${wall.day} ${MONTHS[wall.month - 1] ?? ''} ${wall.year} ${time(wall)}`;
}

function zoneWords(at: number, zone: string): string {
  const offset = offsetWords(offsetAt(zone, at));
  return offset === zone ? zone : `${zone}, ${offset}`;
}
