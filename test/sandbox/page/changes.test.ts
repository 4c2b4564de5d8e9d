import { expect, test } from 'vitest';
import { ChangeWatch, type Portals } from '../../../sandbox/page/changes.ts';

const QUIET = 20_000;

function watched(): { look: (at: number, json: unknown) => ReturnType<ChangeWatch['look']> } {
  let now = 0;
  const watch = new ChangeWatch(() => now);
  return {
    look(at, json) {
      now = at;
      const portals: Portals = { Mist: json === undefined ? [] : [{ name: 'Lyon', json }] };
      return watch.look(portals);
    },
  };
}

test('changes that follow closely are one, seen from before the first', () => {
  const { look } = watched();
  expect(look(0, { as: 1, keep: true })).toBeNull();
  look(1000, { as: 2, keep: true });
  const change = look(3000, { as: 3, keep: true, list: ['a', 'b'] });
  expect(change).toEqual({
    at: 3000,
    objects: [
      {
        side: 'Mist',
        name: 'Lyon',
        more: 0,
        lines: [
          { mark: '-', path: 'as', value: '1' },
          { mark: '+', path: 'as', value: '3' },
          { mark: '+', path: 'list', value: '["a","b"]' },
        ],
      },
    ],
  });
  expect(look(4000, { as: 3, keep: true, list: ['a', 'b'] })).toEqual(change);
});

test('a change after a while begins anew', () => {
  const { look } = watched();
  look(0, { as: 1 });
  look(1000, { as: 2 });
  const change = look(1000 + QUIET, { as: 3 });
  expect(change?.objects[0]?.lines).toEqual([
    { mark: '-', path: 'as', value: '2' },
    { mark: '+', path: 'as', value: '3' },
  ]);
});

test('what was taken back leaves nothing, what went away is shown as gone', () => {
  const { look } = watched();
  look(0, { as: 1 });
  look(1000, undefined);
  expect(look(2000, { as: 1 })?.objects).toEqual([]);
  expect(look(3000, undefined)?.objects[0]?.lines).toEqual([{ mark: '-', path: 'as', value: '1' }]);
});

test('entries of lists go by their name, empty values are values, and very long ones are cut', () => {
  const { look } = watched();
  look(0, { rules: [{ name: 'dns' }], off: {} });
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`k${at}`, at]));
  const change = look(1000, { rules: [{ name: 'sse', action: 'allow' }, { name: 'dns' }], off: {}, many });
  const [object] = change?.objects ?? [];
  expect(object?.lines.slice(0, 2)).toEqual([
    { mark: '+', path: 'rules / sse / name', value: '"sse"' },
    { mark: '+', path: 'rules / sse / action', value: '"allow"' },
  ]);
  expect(object?.lines).toHaveLength(200);
  expect(object?.more).toBe(52);
});
