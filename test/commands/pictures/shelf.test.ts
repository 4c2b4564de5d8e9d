import { expect, test, vi } from 'vitest';
import { createLog } from '../../../src/base/log.ts';
import { createPictureShelf, type PictureFile } from '../../../src/commands/pictures/shelf.ts';
import { topologyOf } from '../../../src/flows/topology.ts';
import { goldenDesign } from './support.ts';

const topology = topologyOf(goldenDesign('single-wan'));
const other = topologyOf(goldenDesign('dual-wan'));

function shelfWith(upload: (file: PictureFile) => Promise<string>, pausesMs: readonly number[] = [1, 1]) {
  const ready: string[] = [];
  const shelf = createPictureShelf({
    upload,
    log: createLog({ level: 'silent' }),
    draw: (dot) => Promise.resolve(Buffer.from(dot)),
    pausesMs,
  });
  const find = (card: string, what = topology) =>
    shelf.find(what, { id: card, ready: () => ready.push(card) });
  return { shelf, find, ready };
}

test('a card is not kept waiting, is told once, and the next card of the same content finds the same file', async () => {
  const upload = vi.fn((_: PictureFile) => Promise.resolve('F0TOPOLOGY'));
  const { find, ready } = shelfWith(upload);
  expect(find('a')).toBeUndefined();
  expect(find('a')).toBeUndefined();
  expect(find('b')).toBeUndefined();
  await vi.waitFor(() => expect(ready).toEqual(['a', 'b']), 30_000);
  expect(find('c')).toMatchObject({
    file: 'F0TOPOLOGY',
    altText: expect.stringContaining('203.0.113.10') as string,
  });
  expect(upload).toHaveBeenCalledTimes(1);
  expect(upload.mock.calls[0]?.[0]).toMatchObject({ name: 'topology-Lyon.png', title: 'Topology of Lyon' });
});

test('an upload that fails is tried again, and the card is told when it has worked', async () => {
  const upload = vi.fn(() => Promise.reject(new Error('away')));
  upload.mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce('F1' as never);
  const { find, ready } = shelfWith(upload);
  find('a');
  await vi.waitFor(() => expect(ready).toEqual(['a']), 30_000);
  expect(find('a')).toMatchObject({ file: 'F1' });
});

test('what never works ends after some tries, and is begun again by the next card', async () => {
  const upload = vi.fn((_: PictureFile) => Promise.reject<string>(new Error('away')));
  const { find, ready } = shelfWith(upload);
  find('a');
  await vi.waitFor(() => expect(upload).toHaveBeenCalledTimes(3), 30_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(upload).toHaveBeenCalledTimes(3);
  expect(ready).toEqual([]);
  find('a');
  await vi.waitFor(() => expect(upload).toHaveBeenCalledTimes(6), 30_000);
});

test('a file that Slack refuses is offered again after a pause, and after the last one no more', async () => {
  const { shelf, find, ready } = shelfWith(() => Promise.resolve('F1'));
  find('a');
  for (const times of [1, 2, 3]) {
    await vi.waitFor(() => expect(ready).toHaveLength(times), 30_000);
    expect(find('a')).toMatchObject({ file: 'F1' });
    shelf.refused('F1');
    expect(find('a')).toBeUndefined();
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(ready).toHaveLength(3);
  expect(find('a')).toBeUndefined();
});

test('pictures of different content do not get mixed up, and old ones are forgotten', async () => {
  const shelf = createPictureShelf({
    upload: ({ altText }) => Promise.resolve(altText.includes('wan1') ? 'F2' : 'F1'),
    log: createLog({ level: 'silent' }),
    draw: (dot) => Promise.resolve(Buffer.from(dot)),
    capacity: 1,
  });
  const shown = (what: typeof topology) =>
    vi.waitFor(() => {
      const picture = shelf.find(what, { id: 'a', ready: () => undefined });
      if (!picture) throw new Error('not ready');
      return picture.file;
    }, 30_000);
  expect(await shown(topology)).toBe('F1');
  expect(await shown(other)).toBe('F2');
  expect(shelf.find(topology, { id: 'a', ready: () => undefined })).toBeUndefined();
});
