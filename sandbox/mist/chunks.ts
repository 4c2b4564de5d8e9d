/** How unkind the command stream is. All of it occurs in reality; a test may switch parts off. */
export interface StreamManners {
  /** From the POST to the first output. */
  startMs: number;
  /** Between two messages. */
  gapMs: number;
  /** Longest piece of output in one message; pieces grow with very long output. */
  maxChunk: number;
  /** Colour and erase sequences between and inside lines. */
  ansi: boolean;
  /** Output of other people's sessions in between. */
  strangers: boolean;
  /** How often `data` is a JSON string, from 0 to 1. */
  doubleEncoded: number;
}

export const MANNERS: StreamManners = {
  startMs: 30,
  gapMs: 2,
  maxChunk: 90,
  ansi: true,
  strangers: true,
  doubleEncoded: 0.3,
};

/** A small deterministic generator (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Output cut anywhere: inside words, numbers and escape sequences, never inside a character. */
export function cut(output: string, maxChunk: number, random: () => number): string[] {
  const longest = Math.max(maxChunk, Math.ceil(output.length / 2000));
  const chunks: string[] = [];
  for (let at = 0; at < output.length;) {
    const size = 1 + Math.floor(random() * longest);
    chunks.push(output.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const ESC = '\u001b';
const SEQUENCES = [`${ESC}[0m`, `${ESC}[K`, `${ESC}[1;32m`, `${ESC}[?25h`];

/** Puts escape sequences before, inside and after some of the lines. */
export function decorate(output: string, random: () => number): string {
  return output
    .split('\n')
    .map((line) => {
      if (random() > 0.15) return line;
      const at = Math.floor(random() * (line.length + 1));
      return line.slice(0, at) + (SEQUENCES[Math.floor(random() * SEQUENCES.length)] ?? '') + line.slice(at);
    })
    .join('\n');
}
