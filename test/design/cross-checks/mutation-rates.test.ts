import { describe, expect, test } from 'vitest';
import { crossCheck } from '../../../src/design/cross-checks/cross-check.ts';
import type { Shape } from '../../sandbox/data-plane/world.ts';
import { faultsFor } from './generated-faults.ts';
import { brokenOnTheWire, healthySite, viewsOf } from './healthy-site.ts';

const SHAPES: Readonly<Record<string, Shape>> = {
  'one WAN link': {},
  'one WAN link, zone redundancy over one tunnel': { zones: 2 },
  'two WAN links': { links: 2 },
  'two WAN links, zone redundancy over one tunnel each': { links: 2, zones: 2 },
  'one WAN link, a tunnel for each zone': { zones: 2, topology: 'tunnel-per-zone' },
};

function failures(site: ReturnType<typeof healthySite>): readonly string[] {
  return crossCheck(viewsOf(site)).flatMap(({ id, verdict }) => (verdict === 'fail' ? [id] : []));
}

describe.each(Object.entries(SHAPES))('%s', (name, shape) => {
  test('a healthy configuration has no failed check and works on the wire', () => {
    const site = healthySite(shape);
    const found = crossCheck(viewsOf(site)).filter(({ verdict }) => verdict === 'fail');
    expect(found).toEqual([]);
    expect(brokenOnTheWire(site)).toBeUndefined();
  });

  test('every generated fault that breaks the data plane is named by the right check, and no harmless one is', () => {
    const missed: string[] = [];
    const alarms: string[] = [];
    let breaking = 0;
    let harmless = 0;
    for (const fault of faultsFor(shape)) {
      const site = healthySite(shape);
      site.world.settle();
      fault.apply(site);
      const found = failures(site);
      const broken = brokenOnTheWire(site);
      if (broken === undefined) {
        harmless += 1;
        if (found.length > 0) alarms.push(`${fault.name}: ${found.join()}`);
      } else {
        breaking += 1;
        if (!fault.names.some((id) => found.includes(id)))
          missed.push(`${fault.name} (${broken}): ${found.join() || 'nothing'}`);
      }
    }
    console.log(
      `${name}: named ${breaking - missed.length} of ${breaking} breaking faults, ${alarms.length} false alarms in ${harmless} harmless ones`,
    );
    expect(breaking).toBeGreaterThan(30);
    expect(harmless).toBeGreaterThan(3);
    expect({ missed, alarms }).toEqual({ missed: [], alarms: [] });
  });
});
