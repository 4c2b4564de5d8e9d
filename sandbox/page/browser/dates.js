/** Slack's date tokens in the reader's own time zone (Slack "Formatting text for app surfaces", dates). */

const DAY_MS = 86_400_000;

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMATS = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  date_short: { year: 'numeric', month: 'short', day: 'numeric' },
  date_long: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

/**
 * Replaces the tokens of a format; one that is not known stays as it is.
 * @param {number} atMs
 * @param {string} format
 * @param {number} nowMs
 */
export function slackDate(atMs, format, nowMs) {
  return format.replace(/\{(\w+)\}/g, (whole, /** @type {string} */ token) => {
    const relative = token.endsWith('_pretty') ? nearDay(atMs, nowMs) : undefined;
    const options = FORMATS[token.replace(/_pretty$/, '')];
    return relative ?? (options ? new Date(atMs).toLocaleString('en-GB', options) : whole);
  });
}

/** @param {number} atMs @param {number} nowMs */
function nearDay(atMs, nowMs) {
  const days = Math.round(
    (new Date(atMs).setHours(0, 0, 0, 0) - new Date(nowMs).setHours(0, 0, 0, 0)) / DAY_MS,
  );
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[String(days)];
}
