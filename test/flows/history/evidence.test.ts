import { describe, expect, test } from 'vitest';
import { auditHash } from '../../../db/audit-hash.ts';
import { PLANTED_PSKS } from '../../../sandbox/mist/seed.ts';
import { evidenceHtml, esc } from '../../../src/commands/history/evidence-html.ts';
import type { Evidence } from '../../../src/flows/types.ts';
import { verifyPack } from '../../../scripts/verify-pack.ts';
import { ANNA, askAndApprove, BEN, valueOf } from '../support/asking.ts';
import { startRig, type Rig } from '../support/rig.ts';

async function packOf(rig: Rig, id: string): Promise<Evidence> {
  return valueOf(await rig.flows.evidence(id));
}

/** Every key that stands anywhere on either side, ours and everybody's. */
function keysAnywhere(rig: Rig): string[] {
  const stores = [
    rig.entra.store.snapshot(),
    [...rig.mist.store.devices.values()],
    [...rig.mist.store.templates.values()],
  ];
  const found = [
    ...JSON.stringify(stores).matchAll(/"(?:psk|preSharedKey|zoneRedundancyPreSharedKey)":"([^"]+)"/g),
  ];
  return [...new Set(found.map(([, key = '']) => key))];
}

describe('an evidence pack', () => {
  test('holds request, inputs, plan, decisions, every operation before and after, the verification and the audit', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig, { option: 'single-wan-zone-redundant' });
    await rig.until(id, 'onboarded');
    const pack = await packOf(rig, id);
    const { digest } = (await rig.store.requests.get(id))!;
    expect(pack.request).toMatchObject({ id, requester: ANNA.user, digest, state: 'onboarded' });
    expect(pack.inputs).toMatchObject({ option: 'single-wan-zone-redundant' });
    expect(pack.plan).toMatchObject({ format: 'sse-plan/1', digest });
    expect(pack.decisions).toMatchObject([{ user: BEN.user, action: 'approve', digest }]);
    const [run] = pack.runs;
    expect(run?.state).toBe('succeeded');
    const link = run?.steps.find((step) => step.id === 'entra.link.1');
    expect(link).toMatchObject({ state: 'done', side: 'entra', output: {} });
    expect(link?.after.join()).toContain('[secret] psk/');
    expect(run?.journal.map((one) => one.event)).toEqual(
      expect.arrayContaining(['intent', 'result', 'found']),
    );
    expect(pack.verification).toMatchObject({ line: expect.stringMatching(/^Lyon: tunnels/) as string });
    expect(pack.audit.rows.map((row) => row.action)).toEqual(
      expect.arrayContaining(['request', 'approve', 'step.intent', 'step.result', 'onboarded']),
    );
  });

  test('is verified by hash, alone and against the chain; what was changed in it is named', async () => {
    const rig = await startRig();
    const id = await askAndApprove(rig);
    await rig.until(id, 'onboarded');
    const pack = await packOf(rig, id);
    expect(pack.audit.rows.filter((row) => row.isMasked)).toEqual([]);
    for (const row of pack.audit.rows) expect(auditHash(row)).toBe(row.hash);
    const problems = async (changed: unknown) =>
      (await verifyPack(JSON.stringify(changed), rig.store.audit)).problems;
    const withRows = (rows: Evidence['audit']['rows']) => ({ ...pack, audit: { ...pack.audit, rows } });
    expect(await problems(pack)).toEqual([]);
    const [first, ...rest] = pack.audit.rows;
    const forged = { ...first!, actor: 'U0SOMEBODY' };
    const changed = [`Row ${first!.seq} of the pack was changed: the chain holds another.`];
    expect(await problems(withRows([forged, ...rest]))).toEqual(changed);
    // Neither a hash that fits nor the word that something was masked makes it true.
    expect(await problems(withRows([{ ...forged, hash: auditHash(forged) }, ...rest]))).toEqual(changed);
    expect(await problems(withRows([{ ...forged, isMasked: true }, ...rest]))).toEqual(changed);
    expect(await problems(withRows(rest))).toEqual([
      `Row ${first!.seq} of the chain is left out of the pack.`,
    ]);
    expect(await problems(withRows([...pack.audit.rows, { ...first!, seq: 9999 }]))).toEqual([
      'Row 9999 of the pack does not stand in the chain.',
    ]);
    expect(await problems({ format: 'other' })).toEqual(['It is no evidence pack of this format.']);
  });

  test('holds no key, ours or a foreign one, wherever one was planted', async () => {
    const rig = await startRig();
    const foreign = rig.entra.store.seedForeignNetwork({ name: 'Elsewhere', links: 2 });
    // Paris has a tunnel of its own on the router, and its template another.
    rig.mist.portal.editDevice('Paris', (body) => {
      body['vars'] = { ...(body['vars'] as object), radius_secret: 'planted-foreign-variable-5Hq' };
    });
    const id = await askAndApprove(rig, {
      site: 'Paris',
      option: 'single-wan-zone-redundant',
      values: { zone_topology: 'tunnel-per-zone' },
    });
    await rig.until(id, 'onboarded');
    // As if somebody had put keys and tokens where they do not belong.
    const inputs = { psk: 'planted-in-the-inputs-8Lm', note: 'see xoxb-1234567890-planted' };
    await rig.store.audit.append({ at: 1, actor: 'bot', action: 'odd', requestId: id, data: inputs });
    const pack = await packOf(rig, id);
    const texts = [JSON.stringify(pack), evidenceHtml(pack, {})];
    const own = keysAnywhere(rig);
    expect(own.length).toBeGreaterThanOrEqual(4);
    const secrets = [
      ...own,
      ...foreign.psks,
      ...Object.values(PLANTED_PSKS),
      'planted-foreign-variable-5Hq',
      'planted-in-the-inputs-8Lm',
      'xoxb-1234567890-planted',
    ];
    for (const secret of secrets) {
      for (const text of texts) expect(text.includes(secret), 'a secret is in the pack').toBe(false);
    }
    expect(pack.audit.rows.find((row) => row.action === 'odd')).toMatchObject({ isMasked: true });
    expect(texts[1]).toContain('its hash cannot be computed from this');
  });

  test('is a page that loads nothing, and in which nothing becomes markup', async () => {
    const rig = await startRig({ start: false });
    const id = await askAndApprove(rig, { values: { ticket: '<script>alert(1)</script>"\'' } });
    const html = evidenceHtml(await packOf(rig, id), { [ANNA.user]: '<img src=x onerror=y>' });
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<img|<link|<iframe|https?:\/\//i);
    expect(html).toContain(esc('<script>alert(1)</script>'));
    expect(html).toContain(`${esc('<img src=x onerror=y>')} (${ANNA.user})`);
    expect(html).toContain('SHA-256');
  });
});
