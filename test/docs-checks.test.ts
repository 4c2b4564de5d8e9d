import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHECK_IDS } from '../src/design/cross-checks/catalogue.ts';
import { inputsOf, plan } from './flows/support/asking.ts';
import { startRig } from './flows/support/rig.ts';

const GUIDE = readFileSync(new URL('../docs/guides/checks.md', import.meta.url), 'utf8');

/** `entra.profile.m365` is written as `entra.profile.*`. */
function isDescribed(id: string): boolean {
  const family = `${id.slice(0, id.lastIndexOf('.'))}.*`;
  return GUIDE.includes(`\`${id}\``) || GUIDE.includes(`\`${family}\``) || GUIDE.includes(`| ${id} `);
}

test('the guide names every cross-check and every rule of an ordinary preflight', async () => {
  const rig = await startRig({ start: false });
  const { preflight } = await plan(rig, await inputsOf(rig));
  const ids = [...CHECK_IDS, ...preflight.map(({ id }) => id)];
  expect(ids.filter((id) => !isDescribed(id))).toEqual([]);
});
