import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../manifest.json' with { type: 'json' };
import { METHODS } from '../sandbox/contracts/slack/methods.ts';
import { BUTTONS, MODALS } from '../src/commands/register.ts';
import { VERBS } from '../src/commands/verbs.ts';
import { BOT_SCOPES } from '../src/integrations/slack/start-check.ts';

const SRC = join(import.meta.dirname, '..', 'src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));
const all = sources.map(({ text }) => text).join('\n');

/** `once.chat.postMessage(` → `chat.postMessage`. */
function webApiCalls(): { method: string; name: string }[] {
  const call =
    /\b(?:client|once|again)\.((?:chat|views|conversations|users|usergroups|files|auth|apps|reactions|pins)(?:\.[a-z]\w*)+)\(/gi;
  return sources.flatMap(({ name, text }) =>
    [...text.matchAll(call)].map((match) => ({ method: match[1] ?? '', name })),
  );
}

describe('the app manifest', () => {
  const granted: readonly string[] = manifest.oauth_config.scopes.bot;

  it('asks for exactly the scopes that the bot checks at its start', () => {
    expect([...granted].sort()).toEqual([...BOT_SCOPES].sort());
    expect(granted.filter((scope) => scope.includes('history') || scope.includes('public'))).toEqual([]);
  });

  it('grants what every Web API method in the source needs', () => {
    const calls = webApiCalls();
    expect(calls.map(({ method }) => method)).toContain('chat.postMessage');
    for (const { method, name } of calls) {
      expect(METHODS, `${name} calls ${method}`).toHaveProperty([method]);
      const contract = METHODS[method];
      if (contract?.token === 'bot')
        expect(granted, method).toEqual(expect.arrayContaining([...contract.scopes]));
    }
  });

  it('sends messages and views from one file only', () => {
    const senders = webApiCalls().filter(({ method }) => /^(chat|views)\./.test(method));
    expect([...new Set(senders.map(({ name }) => name))]).toEqual(['integrations/slack/send.ts']);
  });

  it('names the one command that the source registers, with every verb that it hints at', () => {
    const registered = [...all.matchAll(/app\.command\('([^']+)'/g)].map((match) => match[1]);
    const declared = manifest.features.slash_commands.map(({ command }) => command);
    expect(declared).toEqual(registered);
    const hint = manifest.features.slash_commands[0]?.usage_hint ?? '';
    for (const part of hint.split('|')) expect(VERBS).toContain(part.trim().split(' ')[0]);
  });

  it('switches on what buttons, modals and Socket Mode need', () => {
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.features.slash_commands.every(({ should_escape }) => should_escape)).toBe(true);
  });
});

describe('identifiers', () => {
  it('handles every button and modal that is drawn, and draws every one that is handled', () => {
    const drawn = new Set([...all.matchAll(/actionId: '(sse_\w+)'/g)].map((match) => match[1]));
    expect(drawn).toEqual(new Set(Object.keys(BUTTONS)));
    const views = new Set([...all.matchAll(/callback_id: '(sse_\w+)'/g)].map((match) => match[1]));
    for (const id of Object.keys(MODALS)) expect(views).toContain(id);
    for (const id of views) {
      const withoutSubmit = ['sse_loading', 'sse_problem', 'sse_ready'];
      expect([...Object.keys(MODALS), ...withoutSubmit]).toContain(id);
    }
  });

  it('keeps the names that operators and test rigs rely on', () => {
    expect(Object.keys(BUTTONS)).toEqual(
      expect.arrayContaining([
        'sse_approve',
        'sse_reject',
        'sse_edit',
        'sse_cancel',
        'sse_retry',
        'sse_rollback',
        'sse_keep',
        'sse_refresh',
      ]),
    );
    expect(Object.keys(MODALS)).toEqual(['sse_onboard_site', 'sse_onboard_links', 'sse_reject']);
  });
});
