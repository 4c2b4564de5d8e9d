import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BANDWIDTH_MBPS } from '../../src/design/bandwidth.ts';
import {
  evolvedMembers,
  GRAPH_ENUMS,
  UNKNOWN_FUTURE_VALUE,
  writableMembers,
  type GraphEnum,
} from '../../src/design/graph-enums.ts';
import { REGIONS } from '../../src/design/regions.ts';
import { BANDWIDTHS, MODES } from '../../src/design/types.ts';
import {
  CIPHERS,
  DH_GROUPS,
  INTEGRITIES,
  type Cipher,
  type Integrity,
} from '../../src/design/vendor-crypto.ts';

const NAMES = Object.keys(GRAPH_ENUMS) as GraphEnum[];

describe('the enums of Graph', () => {
  it.each(NAMES)('%s holds the sentinel once and no member twice', (name) => {
    const members: readonly string[] = GRAPH_ENUMS[name];
    expect(members.filter((member) => member === UNKNOWN_FUTURE_VALUE)).toHaveLength(1);
    expect(new Set(members).size).toBe(members.length);
  });

  it('tell what may be written and what only a reader who asks for it sees', () => {
    expect(writableMembers('redundancyTier')).toEqual(['noRedundancy', 'zoneRedundancy']);
    expect(evolvedMembers('redundancyTier')).toEqual([]);
    expect(writableMembers('deviceVendor')).toContain('juniperNetworks');
    expect(writableMembers('deviceVendor')).not.toContain(UNKNOWN_FUTURE_VALUE);
    expect(evolvedMembers('deviceVendor')).toEqual([
      'aviatrix',
      'netskope',
      'teridion',
      'aristaNetworks',
      'aristaVeloCloud',
      'juniperNetworks',
    ]);
    expect(evolvedMembers('region')).toEqual([
      'taiwanNorth',
      'mexicoCentral',
      'spainCentral',
      'jioIndiaCentral',
      'brazilSouthEast',
    ]);
  });

  it('agree with the tables that are made from them', () => {
    expect(REGIONS.map((region) => region.id)).toEqual(writableMembers('region'));
    expect(Object.keys(BANDWIDTH_MBPS)).toEqual(writableMembers('bandwidthCapacityInMbps'));
    expect(BANDWIDTHS).toEqual(writableMembers('bandwidthCapacityInMbps'));
    expect(writableMembers('trafficForwardingType')).toEqual(expect.arrayContaining([...MODES]));
  });

  it('name every algorithm of the tables, and the tables every algorithm but pfsmm', () => {
    const ciphers: readonly Cipher[] = Object.values(CIPHERS);
    const groups = Object.values(DH_GROUPS);
    const hashes: readonly Integrity[] = Object.values(INTEGRITIES);
    const found = (names: readonly (string | undefined)[]): string[] =>
      names.filter((name) => name !== undefined).toSorted();
    const members = (name: GraphEnum): string[] => [...writableMembers(name)].toSorted();
    expect(found(ciphers.map((c) => c.ike))).toEqual(members('ikeEncryption'));
    expect(found(hashes.map((h) => h.graph))).toEqual(members('ikeIntegrity'));
    expect(found(groups.flatMap((g) => g.ike))).toEqual(members('dhGroup'));
    expect(found(ciphers.map((c) => c.esp?.[0]))).toEqual(members('ipSecEncryption'));
    expect(found(ciphers.map((c) => c.esp?.[1]))).toEqual(members('ipSecIntegrity'));
    expect(found([...groups.flatMap((g) => g.pfs), 'none', 'pfsmm'])).toEqual(members('pfsGroup'));
  });
});

const folder = process.env['CONTRACTS_DIR'];
if (folder === undefined)
  console.warn("Skipped: the comparison of the design's enums with the contracts needs CONTRACTS_DIR.");

interface OpenApi {
  components: { schemas: Record<string, { enum?: string[] }> };
}

describe.skipIf(folder === undefined)('the contracts', () => {
  const read = (name: string): OpenApi['components']['schemas'] =>
    (JSON.parse(readFileSync(join(folder ?? '', name), 'utf8')) as OpenApi).components.schemas;

  it.each(NAMES)('of Graph have the members of %s in this order', (name) => {
    const schemas = read('graph-networkaccess.openapi.json');
    expect(schemas[`microsoft.graph.networkaccess.${name}`]?.enum).toEqual(GRAPH_ENUMS[name]);
  });

  it.each([
    ['tunnel_config_enc_algo', mistNames(Object.values<Cipher>(CIPHERS))],
    ['tunnel_config_auth_algo', mistNames(Object.values<Integrity>(INTEGRITIES))],
    ['tunnel_config_ike_dh_group', mistNames(Object.values(DH_GROUPS))],
    ['tunnel_config_dh_group', mistNames(Object.values(DH_GROUPS))],
  ])('of Mist have in %s what the tables have, and no more', (name, ours) => {
    expect(ours).toEqual(read('mist.openapi.json')[name]?.enum?.toSorted());
  });
});

function mistNames(rows: readonly { readonly mist?: string | undefined }[]): string[] {
  return [...new Set(rows.flatMap((row) => row.mist ?? []))].toSorted();
}
