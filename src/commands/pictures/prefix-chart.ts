import type { RouteReport } from '../../flows/routes/route-report.ts';
import { FONT } from './topology-dot.ts';

const WIDTH = 560;
const BAR = 22;
const GAP = 8;
const LEFT = 56;
const TOP = 44;
const RIGHT = 80;

/** A bar for each prefix length, as SVG. Pure; its texts are numbers and one escaped name. */
export function prefixChart({ site, byLength, total }: RouteReport): string {
  const most = Math.max(1, ...byLength.map(({ count }) => count));
  const height = TOP + byLength.length * (BAR + GAP) + 16;
  const bars = byLength.map(({ length, count }, at) => {
    const y = TOP + at * (BAR + GAP);
    const width = Math.max(2, Math.round(((WIDTH - LEFT - RIGHT) * count) / most));
    return [
      `<text x="${LEFT - 8}" y="${y + 16}" text-anchor="end" font-size="14" fill="#1d2430">/${length}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="3" fill="#3b6ea5"/>`,
      `<text x="${LEFT + width + 8}" y="${y + 16}" font-size="14" fill="#1d2430">${count}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="${FONT}">`,
    `<text x="16" y="26" font-size="16" font-weight="bold" fill="#1d2430">${escapeXml(site.name)}: ${total} learned prefixes by length</text>`,
    ...bars,
    '</svg>',
  ].join('');
}

/** The same in words, for whoever cannot see it. */
export function prefixChartText({ byLength, site }: RouteReport): string {
  const parts = byLength.map(({ length, count }) => `${count} of length ${length}`);
  return `Learned prefixes of ${site.name}: ${parts.join(', ') || 'none'}`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').slice(0, 60);
}
