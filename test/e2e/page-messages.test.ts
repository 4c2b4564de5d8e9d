import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../sandbox/contracts/slack/check.ts';
import { usePage } from '../sandbox/page/support/driver.ts';
import { ALICE, api, button, NET, option, plain } from '../sandbox/slack/support/workspace.ts';

const current = usePage();

/** A picture of one point. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const mrkdwn = (text: string): JsonObject => ({ type: 'section', text: { type: 'mrkdwn', text } });
const actions = (...elements: JsonObject[]): JsonObject => ({ type: 'actions', elements });

describe('messages', () => {
  test('text is formatted, and what somebody typed stays text', async () => {
    const page = current();
    const hostile = '&lt;img src=x onerror=alert(1)&gt;';
    const at = Math.floor(Date.now() / 1000);
    const ts = await page.postBlocks([
      mrkdwn(
        `*bold* _soft_ \`code\` <https://example.com|a page> <@${ALICE}> <!date^${at}^{date_pretty}|then>`,
      ),
      mrkdwn(`\`\`\`two\n  lines\`\`\`\n${hostile}`),
    ]);
    const card = page.message(ts);
    expect(await card.locator('strong', { hasText: 'bold' }).count()).toBe(1);
    expect(await card.locator('em').textContent()).toBe('soft');
    expect(await card.locator('code').textContent()).toBe('code');
    expect(await card.locator('pre').textContent()).toBe('two\n  lines');
    expect(await card.locator('.mention').textContent()).toBe('@alice');
    // Midnight may pass between the message and the look at it.
    expect(await card.locator('.block-text time').textContent()).toMatch(/^(today|yesterday)$/);
    const link = card.getByRole('link', { name: 'a page' });
    expect(await link.getAttribute('href')).toBe('https://example.com');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(await card.getByText('<img src=x onerror=alert(1)>').count()).toBe(1);
    expect(await card.locator('img').count()).toBe(0);
  });

  test('every block that the bot uses is drawn, and others are named', async () => {
    const page = current();
    const cell = (text: string): JsonObject => ({ type: 'raw_text', text });
    const ts = await page.postBlocks([
      { type: 'header', text: plain('A header') },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Up*\n1 of 1' }, plain('plain *field*')] },
      { type: 'divider' },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'a `footnote`' }] },
      {
        type: 'table',
        rows: [
          [cell('Prefix'), cell('Next hop')],
          [cell('10.0.0.0/8'), cell('10.9.9.2')],
        ],
      },
      { type: 'image', alt_text: 'far away', image_url: 'https://example.com/a.png' },
      { type: 'markdown', text: '# not drawn' },
      actions({ type: 'users_select', action_id: 'who' }),
    ]);
    const card = page.message(ts);
    expect(await card.getByRole('heading', { name: 'A header' }).count()).toBe(1);
    expect(await card.locator('.block-fields > *').count()).toBe(2);
    expect(await card.getByText('plain *field*').count()).toBe(1);
    expect(await card.locator('hr').count()).toBe(1);
    expect(await card.getByRole('columnheader').allTextContents()).toEqual(['Prefix', 'Next hop']);
    expect(await card.getByRole('cell').allTextContents()).toEqual(['10.0.0.0/8', '10.9.9.2']);
    expect(await card.locator('.unrendered').allTextContents()).toEqual([
      '[image elsewhere: far away]',
      '[unrendered block: markdown]',
      '[unrendered element: users_select]',
    ]);
  });

  test('a picture of the workspace is shown with its words for who cannot see it', async () => {
    const page = current();
    const content = Buffer.from(PIXEL, 'base64');
    const about = { id: 'F0PICTURE1', name: 'a.png', title: 'a', mimetype: 'image/png', owner: ALICE };
    page.slack.world.files.set(about.id, {
      ...about,
      content,
      length: content.length,
      complete: true,
      channels: [NET],
    });
    const ts = await page.postBlocks([
      { type: 'image', alt_text: 'Lyon to Microsoft', slack_file: { id: about.id } },
    ]);
    const picture = page.message(ts).getByRole('img', { name: 'Lyon to Microsoft' });
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((img) => 'naturalWidth' in img && img.naturalWidth)).toBe(1);
  });

  test('an edit changes the message in place and leaves the focus where it was', async () => {
    const page = current();
    const { slack } = page;
    const ts = await page.postBlocks([mrkdwn('Plan'), actions(button('sse_refresh'))]);
    const refresh = page.message(ts).getByRole('button', { name: 'sse_refresh' });
    await refresh.focus();
    const handle = await page.message(ts).elementHandle();
    const blocks = [mrkdwn('Running'), actions(button('sse_refresh'))];
    await api(slack, 'chat.update', { channel: NET, ts, text: 'Running', blocks });
    await page.message(ts).getByText('(edited)').waitFor();
    expect(await handle?.evaluate((node) => node.isConnected)).toBe(true);
    expect(await refresh.evaluate((node) => node === node.ownerDocument.activeElement)).toBe(true);
  });

  test('replies stand below their message', async () => {
    const page = current();
    const { slack } = page;
    const ts = await page.postBlocks([mrkdwn('Plan')]);
    await api(slack, 'chat.postMessage', { channel: NET, thread_ts: ts, text: 'the *details*' });
    await page.message(ts).locator('.reply', { hasText: 'the details' }).waitFor();
    expect(await page.message(ts).getByText('1 reply').count()).toBe(1);
  });

  test('what one person is told in private is gone when somebody else looks', async () => {
    const { tab, slack } = current();
    await api(slack, 'chat.postEphemeral', { channel: NET, user: ALICE, text: 'psst' });
    await tab.getByText('Only visible to you').waitFor();
    await tab.getByLabel('Acting as').selectOption({ label: 'Bob B.' });
    await tab.getByText('psst').waitFor({ state: 'detached' });
    await tab.getByLabel('Acting as').selectOption({ label: 'alice' });
    await tab.getByText('psst').waitFor();
  });

  test('a button with a confirm dialog asks first', async () => {
    const page = current();
    const { tab, app } = page;
    const confirm = {
      title: plain('Sure?'),
      text: plain('It is final.'),
      confirm: plain('Do it'),
      deny: plain('Leave it'),
    };
    const ts = await page.postBlocks([
      actions(button('sse_orphan_remove', 'r1', { style: 'danger', confirm })),
    ]);
    const remove = page.message(ts).getByRole('button');
    await remove.click();
    await tab.getByRole('button', { name: 'Leave it' }).click();
    await tab.getByRole('dialog').waitFor({ state: 'detached' });
    expect(app.envelopes).toEqual([]);
    await remove.click();
    await tab.getByRole('button', { name: 'Do it' }).click();
    expect(await page.told('block_actions')).toMatchObject({ actions: [{ action_id: 'sse_orphan_remove' }] });
  });

  test('menus in a message work', async () => {
    const page = current();
    const ts = await page.postBlocks([
      actions({ type: 'static_select', action_id: 'pick', options: [option('a'), option('b')] }),
    ]);
    await page.message(ts).getByRole('combobox').selectOption('b');
    expect(await page.told('block_actions')).toMatchObject({
      actions: [{ selected_option: { value: 'b' } }],
    });
  });

  test('an app that is away is told in words', async () => {
    const page = current();
    const { tab, app, slack } = page;
    const ts = await page.postBlocks([actions(button('sse_approve'))]);
    app.socket.terminate();
    await slack.waitForConnections(0);
    await page.message(ts).getByRole('button').click();
    await tab.getByText('dispatch_failed').waitFor();
  });
});

describe('the home of the app', () => {
  test('is asked for when a person looks, and drawn with its buttons', async () => {
    const page = current();
    const { tab, slack, app } = page;
    await tab.getByRole('button', { name: 'Home' }).click();
    await tab.getByText('has not published a home').waitFor();
    expect(await page.told('event_callback')).toMatchObject({
      event: { type: 'app_home_opened', user: ALICE, tab: 'home' },
    });
    const view = { type: 'home', blocks: [mrkdwn('Two sites are up'), actions(button('sse_refresh', 'r1'))] };
    await api(slack, 'views.publish', { user_id: ALICE, view });
    const home = tab.getByRole('region', { name: 'Home of the app' });
    await home.getByText('Two sites are up').waitFor();
    await home.getByRole('button', { name: 'sse_refresh' }).click();
    expect(await page.told('block_actions')).toMatchObject({
      container: { type: 'view' },
      actions: [{ action_id: 'sse_refresh', value: 'r1' }],
    });
    expect(app.envelopes.filter(({ payload }) => payload['type'] === 'event_callback')).toHaveLength(1);
    await tab.getByRole('button', { name: '#netops' }).click();
    await home.waitFor({ state: 'hidden' });
  });
});

describe('the line at the bottom', () => {
  test('suggests the app’s commands, completes with Tab and sends with Enter', async () => {
    const { tab, app } = current();
    const line = tab.getByLabel('Message or command');
    await line.fill('/');
    expect(await tab.getByRole('listbox').getByRole('option').first().textContent()).toContain(
      '/sse onboard',
    );
    await line.fill('/sse st');
    await line.press('Tab');
    expect(await line.inputValue()).toBe('/sse status ');
    await line.pressSequentially('Lyon');
    await line.press('Enter');
    await expect
      .poll(() => app.envelopes[0]?.payload)
      .toMatchObject({ command: '/sse', text: 'status Lyon', user_id: ALICE });
    expect(await line.inputValue()).toBe('');
  });

  test('suggests what the app’s help has told this person, too', async () => {
    const { tab, slack } = current();
    const text =
      'Commands that you can run:\n`/sse rotate &lt;site&gt;` – new keys\n`/sse status` – how it is';
    await api(slack, 'chat.postEphemeral', { channel: NET, user: ALICE, text });
    await tab.getByText('Only visible to you').waitFor();
    const line = tab.getByLabel('Message or command');
    await line.fill('/sse rot');
    await tab.getByRole('listbox').getByRole('option', { name: '/sse rotate <site>' }).waitFor();
    await line.press('Tab');
    expect(await line.inputValue()).toBe('/sse rotate ');
  });

  test('sends messages too, and says what is no command', async () => {
    const { tab } = current();
    const line = tab.getByLabel('Message or command');
    await line.fill('hello *all*');
    await line.press('Enter');
    await tab.getByRole('article', { name: 'hello all' }).waitFor();
    await line.fill('/deploy');
    await line.press('Enter');
    await tab.getByText('/deploy is not a command of this workspace').waitFor();
    expect(await line.inputValue()).toBe('/deploy');
  });
});

describe.each([
  [1280, 800],
  [820, 700],
  [390, 700],
])('at %i by %i', (width, height) => {
  test('nothing is wider than the window, and everything can be reached', async () => {
    const page = current();
    const { tab } = page;
    await tab.setViewportSize({ width, height });
    const long = 'x'.repeat(300);
    await page.postBlocks([
      mrkdwn(`\`\`\`${long}\`\`\`\n${long}`),
      {
        type: 'table',
        rows: [Array.from({ length: 12 }, (_, n) => ({ type: 'raw_text', text: `column ${n}` }))],
      },
      actions(button('one'), button('two'), button('three'), button('four')),
    ]);
    await tab.getByText(/sites not connected/).click();
    expect(await tab.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    for (const name of ['Acting as', 'Message or command', 'Lyon wan0 plugged']) {
      const control = tab.getByLabel(name);
      await control.scrollIntoViewIfNeeded();
      expect(await control.isVisible(), name).toBe(true);
    }
  });
});
