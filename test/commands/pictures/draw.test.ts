import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { drawPicture, drawVector } from '../../../src/commands/pictures/draw.ts';
import { topologyDot } from '../../../src/commands/pictures/topology-dot.ts';
import { topologyOf } from '../../../src/flows/topology.ts';
import { goldenDesign } from './support.ts';

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A PNG as pixels, by the same part that wrote it: a vector file that only shows it. */
function pixelsOf(png: Uint8Array, width: number, height: number): Buffer {
  const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${href}" width="${width}" height="${height}"/></svg>`;
  return new Resvg(svg).render().pixels;
}

function sizeOf(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Where the layout put each label, in points; the middle of its text. */
function labelsOf(svg: string): { labels: Label[]; left: number; top: number; points: number } {
  const [, dx = '0', dy = '0'] = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(svg) ?? [];
  const [, points = '0'] = /width="([\d.]+)pt"/.exec(svg) ?? [];
  const found = [
    ...svg.matchAll(
      /<text[^>]*text-anchor="(\w+)"[^>]* x="([-\d.]+)" y="([-\d.]+)"[^>]*font-size="([\d.]+)"[^>]*>([^<]+)</g,
    ),
  ];
  const labels = found.map(([, anchor, x, y, size, text = '']) => {
    const letters = text.replaceAll(/&[^;]+;/g, 'x').length;
    const half = anchor === 'start' ? (letters * Number(size)) / 4 : 0;
    return { text, x: Number(x) + half, y: Number(y) - Number(size) / 3 };
  });
  return { labels, left: Number(dx), top: Number(dy), points: Number(points) };
}

describe('a drawn topology', () => {
  test.each(['single-wan', 'dual-wan-zone-redundant', 'tunnel-per-zone'])(
    'has ink where each label of %s is',
    async (name) => {
      const dot = topologyDot(topologyOf(goldenDesign(name)));
      const [svg, png] = await Promise.all([drawVector(dot), drawPicture(dot)]);
      expect([...png.subarray(0, 8)]).toEqual(PNG);
      const { width, height } = sizeOf(png);
      const pixels = pixelsOf(png, width, height);
      const { labels, left, top, points } = labelsOf(svg);
      const scale = width / points;
      expect(labels.length).toBeGreaterThan(10);
      for (const label of labels) {
        const x = Math.round((label.x + left) * scale);
        const y = Math.round((label.y + top) * scale);
        expect({ label: label.text, ink: darkPixels(pixels, width, x, y) }).toEqual({
          label: label.text,
          ink: expect.toSatisfy((n: number) => n > 15) as number,
        });
      }
    },
  );

  test('without its fonts would have no ink in the labels, so the test above can fail', async () => {
    const svg = await drawVector(topologyDot(topologyOf(goldenDesign('single-wan'))));
    const image = new Resvg(svg, {
      font: { loadSystemFonts: false },
      fitTo: { mode: 'zoom', value: 2 },
      background: '#ffffff',
    }).render();
    const { labels, left, top, points } = labelsOf(svg);
    const scale = image.width / points;
    const lyon = labels.find(({ text }) => text === '203.0.113.10');
    const x = Math.round(((lyon?.x ?? 0) + left) * scale);
    const y = Math.round(((lyon?.y ?? 0) + top) * scale);
    expect(darkPixels(image.pixels, image.width, x, y)).toBe(0);
  });

  test('that cannot be drawn is refused, and the next one is drawn all the same', async () => {
    const good = topologyDot(topologyOf(goldenDesign('single-wan')));
    const [bad, next] = await Promise.allSettled([drawPicture('digraph {'), drawPicture(good)]);
    expect(bad.status).toBe('rejected');
    expect(next.status).toBe('fulfilled');
  });
});

/** Dark pixels in the box of a word's middle. */
function darkPixels(pixels: Buffer, width: number, x: number, y: number): number {
  let dark = 0;
  for (let row = y - 8; row < y + 8; row += 1) {
    for (let column = x - 20; column < x + 20; column += 1) {
      const at = (row * width + column) * 4;
      const [red = 255, green = 255, blue = 255] = pixels.subarray(at, at + 3);
      if (red + green + blue < 330) dark += 1;
    }
  }
  return dark;
}
