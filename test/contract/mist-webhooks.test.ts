import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, vi } from 'vitest';
import { startMistSim } from '../../sandbox/mist/mist-sim.ts';

const file = join(process.env['CONTRACTS_DIR'] ?? '', 'mist.openapi.json');
const present = process.env['CONTRACTS_DIR'] !== undefined && existsSync(file);
const title = present ? 'webhooks of the simulated Mist' : 'webhooks (skipped: CONTRACTS_DIR is not set)';

/** Ajv reads the document as it is; `document` may hold keywords of OpenAPI. */
function validatorOf(name: string) {
  const document = JSON.parse(readFileSync(file, 'utf8')) as object;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'mist');
  const validate = ajv.getSchema(`mist#/components/schemas/${name}`);
  if (!validate) throw new Error(`no schema ${name}`);
  return validate;
}

describe.skipIf(!present)(title, () => {
  it('are what the contract says of each topic', async () => {
    const received: { topic: string }[] = [];
    const server = createServer((request, response) => {
      let raw = '';
      request.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
      request.on('end', () => {
        received.push(JSON.parse(raw) as { topic: string });
        response.writeHead(200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sim = await startMistSim();
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      sim.addWebhook({ url, topics: ['device-events', 'device-updowns'] });
      sim.portal.setDeviceOnline('Lyon', false);
      sim.portal.setDeviceOnline('Lyon', true);
      await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(4), 60_000);
      for (const [topic, name] of [
        ['device-events', 'webhook_device_events'],
        ['device-updowns', 'webhook_device_updowns'],
      ] as const) {
        const validate = validatorOf(name);
        const bodies = received.filter((one) => one.topic === topic);
        expect(bodies.length).toBeGreaterThan(0);
        for (const one of bodies) expect(validate(one) ? [] : validate.errors).toEqual([]);
      }
    } finally {
      await sim.close();
      server.close();
    }
  });
});
