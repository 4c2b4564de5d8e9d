import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const root = new URL('../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const documented = new Set(text('docs/guides/environment.md').match(/\b[A-Z][A-Z0-9_]{3,}\b/g));

it('the image copies what there is, runs as nobody special and checks its health where it listens', () => {
  const file = text('deploy/Dockerfile');
  const copied = [...file.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  expect(copied.length).toBeGreaterThan(4);
  for (const path of copied) expect([path, existsSync(new URL(path, root))]).toEqual([path, true]);
  expect(file).toMatch(/^FROM node:24\S* AS parts$/m);
  expect(file).toMatch(/^USER node$/m);
  expect(file).toContain('/healthz');
  expect(file.match(/^CMD \["node", "(.+)"\]$/m)?.[1]).toBe('src/main.ts');
  for (const [, name = ''] of file.matchAll(/ (SSE_[A-Z_]+|[A-Z]+_(?:URL|PORT))=/g)) {
    expect([name, documented.has(name)]).toEqual([name, true]);
  }
});

it('the compose file starts two hardened bots on one PostgreSQL', () => {
  const { services } = parse(text('deploy/compose.yaml'), { merge: true }) as {
    services: Record<string, Record<string, unknown>>;
  };
  expect(Object.keys(services)).toEqual(['database', 'bot-1', 'bot-2']);
  for (const name of ['bot-1', 'bot-2']) {
    expect(services[name]).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      build: { dockerfile: 'deploy/Dockerfile' },
    });
    expect(String(services[name]?.['command'])).toContain('postgres://');
  }
});

it('the unit starts the bot itself, and not again after a refusal', () => {
  const unit = text('deploy/sse-chatops.service');
  expect(unit).toMatch(/^ExecStart=\S+\/node_modules\/\.bin\/node src\/main\.ts$/m);
  expect(unit).toMatch(/^RestartPreventExitStatus=2$/m);
  expect(documented.has('DATABASE_URL')).toBe(true);
});
