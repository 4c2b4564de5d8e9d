import { fileURLToPath } from 'node:url';
import { FONT } from './topology-dot.ts';

const FONT_FILES = ['LiberationSans-Regular.ttf', 'LiberationSans-Bold.ttf'].map((name) =>
  fileURLToPath(new URL(`fonts/${name}`, import.meta.url)),
);

/** Pixels for each point, so that small labels stay sharp. */
const ZOOM = 2;

let queue: Promise<unknown> = Promise.resolve();

/**
 * Draws DOT as PNG. Loads what it draws with at the first call, and draws one picture at a time: the rasteriser's memory grows with every
 * picture that is under way. Rejects where the text cannot be drawn.
 */
export function drawPicture(dot: string): Promise<Uint8Array> {
  return next(async () => rasterise(await drawVector(dot)));
}

/** The same for a picture that is SVG already. */
export function drawSvg(svg: string): Promise<Uint8Array> {
  return next(() => rasterise(svg));
}

function next(work: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const drawn = queue.then(work);
  queue = drawn.catch(() => undefined);
  return drawn;
}

/** The vector form on the way to the PNG, with text as text. */
export async function drawVector(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  return graphviz.layout(dot, 'svg', 'dot').replaceAll('font-family="Arial"', `font-family="${FONT}"`);
}

async function rasterise(svg: string): Promise<Uint8Array> {
  const { renderAsync } = await import('@resvg/resvg-js');
  const image = await renderAsync(svg, {
    // Without a font file the rasteriser leaves all text out and says nothing.
    font: { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: FONT },
    fitTo: { mode: 'zoom', value: ZOOM },
    background: '#ffffff',
  });
  return image.asPng();
}
