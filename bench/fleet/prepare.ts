/** Run as a process of its own: fills the database at its first argument with as many connected sites as its second one says. */
import { openStore } from '../../db/open.ts';
import type { Json } from '../../db/types.ts';
import { Secret } from '../../src/base/secret.ts';
import { designSite } from '../../src/design/design-site.ts';
import { deviceMac, microsoftBgp, siteId } from './fleet-rows.ts';

const [url = '', count = ''] = process.argv.slice(2);
const sites = Number(count);
const store = await openStore({ url, key: new Secret(Buffer.alloc(32, 1).toString('base64')) });
await store.transaction(async (inner) => {
  for (let n = 1; n <= sites; n += 1) {
    const site = { id: siteId(n), name: `Site ${n}` };
    await inner.sites.put({
      siteId: site.id,
      name: site.name,
      state: 'verified',
      requestId: `request-${n}`,
      design: designOf(n, site) as unknown as Json,
      live: { 'entra.network': { id: `network-${n}` } },
      updatedAt: 0,
    });
  }
});
await store.close();

function designOf(n: number, site: { id: string; name: string }) {
  const link = (index: number) => ({
    wan: `wan${index}`,
    node: index === 0 ? ('node0' as const) : ('node1' as const),
    publicIp: `203.0.113.${10 + index}`,
    microsoftBgp: microsoftBgp(index, 1),
    microsoftBgpZone2: microsoftBgp(index, 2),
  });
  return designSite(
    {
      site,
      device: { id: `00000000-0000-0000-1000-${deviceMac(n)}`, name: `edge-${n}` },
      option: 'dual-wan-zone-redundant',
      links: [link(0), link(1)],
      region: 'franceCentral',
      bandwidth: 'mbps250',
      rangeA: '10.99.99.0/29',
      rangeB: '10.99.100.0/29',
      deviceAsn: 65_000,
      networks: ['corp'],
      mode: 'm365',
      zoneTopology: 'single-tunnel',
      ikeId: 'aes256-sha256-dh14',
    },
    {
      networks: [{ name: 'corp', prefix: '10.20.0.0/24', tenants: ['corp'] }],
      hasDiaPolicy: true,
    },
  );
}
