import { expect, test } from 'vitest';
import { checkBlocks, MAX_MESSAGE_TEXT, textLength } from '../../../sandbox/contracts/slack/surface.ts';
import { addOrgObject, seedId } from '../../../sandbox/mist/seed-parts.ts';
import { requestCard } from '../../../src/commands/cards/request-card.ts';
import { storedPlanCard } from '../../../src/commands/cards/stored-plan-card.ts';
import { ask, viewOf } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

const MANY = 60;
const LONG = 'with a name that somebody in headquarters found telling';

/** Lyon with sixty networks of long names, behind a template with the longest name and keys of others by the dozen. */
function enlarge(rig: Rig): string[] {
  const names = Array.from({ length: MANY }, (_, n) => `Network ${n} ${LONG}`.slice(0, 60));
  const users = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`group-${n}-of-users`, {}]));
  for (const [n, name] of names.entries()) {
    const body = { name, subnet: `10.${100 + n}.0.0/24`, tenants: users };
    addOrgObject(rig.mist.store.networks, rig.mist.store, seedId('0e700000', 900 + n), body);
  }
  rig.mist.portal.editTemplate('Branch-Std', (body) => {
    const ports = body['port_config'] as Record<string, Record<string, unknown>>;
    ports['ge-0/0/2'] = { usage: 'lan', networks: ['Lab', 'Guest', ...names] };
    body['name'] = `Branch-Std ${'x'.repeat(200)}`;
  });
  return names;
}

test.each(['approve', 'again'] as const)(
  'the largest plan that a site can have stays inside the limits, to %s, and its file has all of it',
  async (why) => {
    const rig = await startRig({ start: false });
    const names = enlarge(rig);
    const id = await ask(rig, {
      option: 'dual-wan-zone-redundant',
      values: {
        zone_topology: 'tunnel-per-zone',
        networks: ['Lab', 'Guest', ...names],
        ticket: 'C'.repeat(40),
      },
    });
    const view = await viewOf(rig, id);
    const many = {
      ...view,
      preflight: [
        ...view.preflight,
        ...Array.from({ length: 60 }, (_, n) => ({
          id: `rule.${n}`,
          verdict: 'warning' as const,
          what: `Rule ${n}`,
          seen: `seen ${LONG}`,
          mend: `Mend it, ${LONG}, and ask again.`,
        })),
      ],
    };
    for (const one of [view, many]) {
      const card = why === 'approve' ? requestCard(one) : storedPlanCard(one, 'U0ANNA0001');
      expect(checkBlocks(structuredClone(card.blocks), 'message')).toEqual([]);
      expect(textLength(card.blocks)).toBeLessThanOrEqual(MAX_MESSAGE_TEXT);
      const shown = JSON.stringify(card.blocks);
      expect(shown).toContain(view.digest);
      expect(shown).toContain(id.slice(0, 8));
      expect(shown).toMatch(/in the file plan-[0-9a-f]{8}-1\.(txt|json) in the thread/);
      const rest = card.details.join('\n');
      for (const line of one.plan) expect(shown.includes(line.what) || rest.includes(line.what)).toBe(true);
      for (const item of one.preflight.filter((i) => i.verdict !== 'pass')) {
        expect(shown.includes(item.id) || rest.includes(item.id)).toBe(true);
      }
      expect(rest).toContain(names.at(-1));
    }
  },
);
