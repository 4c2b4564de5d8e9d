import { describe, expect, it } from 'vitest';
import { at, call, get, start } from './fixtures.ts';

describe('access to the simulated Mist', () => {
  it('answers 401 without a token and with one that it does not know', async () => {
    const sim = await start();
    const detail = 'Authentication credentials were not provided.';
    for (const token of [null, 'wrong']) {
      const answer = await call(sim, 'GET', '/api/v1/self', undefined, token);
      expect([answer.status, answer.body['detail']]).toEqual([401, detail]);
    }
  });

  it('tells the role of the token and refuses every write of a reader', async () => {
    const sim = await start();
    sim.addToken('reader', 'read');
    const self = await call(sim, 'GET', '/api/v1/self', undefined, 'reader');
    expect(self.body['privileges']).toMatchObject([{ scope: 'org', role: 'read', org_id: sim.orgId }]);
    const lyon = at(sim, 'Lyon');
    const before = structuredClone(sim.store.devices.get(lyon.deviceId)?.body);
    for (const [method, path] of [
      ['PUT', lyon.device],
      ['POST', `/api/v1/orgs/${sim.orgId}/services`],
      ['POST', `${lyon.device}/show_route`],
      ['DELETE', `/api/v1/orgs/${sim.orgId}/services/5e2f0000-0000-4000-8000-000000000001`],
    ] as const) {
      const answer = await call(sim, method, path, { type: 'gateway', name: 'x' }, 'reader');
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect(sim.store.devices.get(lyon.deviceId)?.body).toEqual(before);
    expect(sim.store.services.size).toBe(3);
  });

  it('answers 403 for another organisation and 404 with the id for an unknown site', async () => {
    const sim = await start();
    const stranger = '11111111-1111-4111-8111-111111111111';
    expect((await get(sim, `/api/v1/orgs/${stranger}/sites`)).status).toBe(403);
    const missing = await get(sim, `/api/v1/sites/${stranger}`);
    expect([missing.status, missing.body]).toEqual([404, { id: stranger }]);
  });

  it('answers 404 with a page for a path and 405 for a method that it does not have', async () => {
    const sim = await start();
    const answer = await get(sim, '/api/v1/nothing/here');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html']);
    expect((await call(sim, 'DELETE', '/api/v1/self')).status).toBe(405);
  });

  it('answers 429 with Retry-After once the budget of a token is used, and counts tokens apart', async () => {
    const sim = await start({ rate: { limit: 3 } });
    sim.addToken('other', 'admin');
    for (let i = 0; i < 3; i += 1) expect((await get(sim, '/api/v1/self')).status).toBe(200);
    const refused = await get(sim, '/api/v1/self');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.body['detail']).toContain('Too Many Request');
    const usage = await call(sim, 'GET', '/api/v1/self/usage', undefined, 'other');
    expect(usage.body).toMatchObject({ requests: 1, request_limit: 3 });
  });

  it('gives the budget back when the window ends', async () => {
    const sim = await start({ rate: { limit: 1, windowMs: 60 } });
    await get(sim, '/api/v1/self');
    const statuses: number[] = [];
    while (!statuses.includes(200)) statuses.push((await get(sim, '/api/v1/self')).status);
    expect(statuses.at(-1)).toBe(200);
  });

  it('pages plain lists by limit and page with X-Page headers', async () => {
    const sim = await start();
    const path = `/api/v1/orgs/${sim.orgId}/sites`;
    const names: unknown[] = [];
    for (let page = 1; page <= 3; page += 1) {
      const answer = await get(sim, `${path}?limit=4&page=${page}`);
      expect(answer.headers.get('x-page-total')).toBe('9');
      expect(answer.headers.get('x-page-limit')).toBe('4');
      expect(answer.headers.get('x-page-page')).toBe(String(page));
      names.push(...answer.body.map((site) => site['name']));
    }
    expect(new Set(names).size).toBe(9);
    expect((await get(sim, `${path}?limit=many`)).status).toBe(400);
  });

  it('lists access points where no type is asked for', async () => {
    const sim = await start();
    const { site } = at(sim, 'Lyon');
    for (const path of [`${site}/devices`, `${site}/stats/devices`]) {
      expect((await get(sim, path)).body.map((d) => d['type'])).toEqual(['ap']);
      expect((await get(sim, `${path}?type=gateway`)).body.map((d) => d['type'])).toEqual(['gateway']);
      expect((await get(sim, `${path}?type=router`)).status).toBe(400);
    }
  });

  it('shows the second node of a cluster in the inventory only on request', async () => {
    const sim = await start();
    const { device, mac } = at(sim, 'Geneva');
    const path = `/api/v1/orgs/${sim.orgId}/inventory?type=gateway&vc_mac=${mac}`;
    expect((await get(sim, path)).body).toHaveLength(1);
    const both = (await get(sim, `${path}&vc=true`)).body.map((d) => d['mac']);
    expect((await get(sim, `${device}/ha`)).body).toEqual({ nodes: both.map((m) => ({ mac: m })) });
    expect((await get(sim, `${at(sim, 'Lyon').device}/ha`)).status).toBe(404);
  });

  it('shows templates, networks and services of a site with and without its variables', async () => {
    const sim = await start();
    const { site } = at(sim, 'Lyon');
    const subnet = async (query: string): Promise<unknown> =>
      (await get(sim, `${site}/networks/derived${query}`)).body.find((n) => n['name'] === 'Lab')?.['subnet'];
    expect(await subnet('')).toBe('10.20.{{site_octet}}.0/24');
    expect(await subnet('?resolve=true')).toBe('10.20.1.0/24');
    const [template] = (await get(sim, `${site}/gatewaytemplates/derived?resolve=true`)).body;
    expect(template).toMatchObject({
      name: 'Branch-Std',
      port_config: { 'ge-0/0/0': { ip_config: { ip: '203.0.113.10' } } },
    });
    expect((await get(sim, `${site}/services/derived`)).body).toHaveLength(3);
  });
});
