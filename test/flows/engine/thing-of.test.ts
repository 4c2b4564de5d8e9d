import { expect, it } from 'vitest';
import { thingOf } from '../../../src/flows/engine/thing-of.ts';

it.each([
  ['Create device link Lyon-wan0', 'device link Lyon-wan0'],
  ['Write connectors and BGP groups to lyon-ssr120', 'connectors and BGP groups on lyon-ssr120'],
  ['Cutover: add application policy p to lyon-ssr120', 'application policy p on lyon-ssr120'],
  ['Use existing remote network Lyon, as it matches', 'remote network Lyon (used as found)'],
  ['Prove that nothing stands', 'Prove that nothing stands'],
])('%s makes %s', (what, thing) => {
  expect(thingOf(what)).toBe(thing);
});
