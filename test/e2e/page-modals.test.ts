import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../sandbox/contracts/slack/check.ts';
import { usePage } from '../sandbox/page/support/driver.ts';
import type { RawApp } from '../sandbox/slack/support/raw-app.ts';
import { api, input, modal, NET, option, plain } from '../sandbox/slack/support/workspace.ts';

const current = usePage();

/** From now on the app offers three sites. */
function answerSuggestions(app: RawApp): void {
  const before = app.listener;
  app.listener = (envelope) => {
    const { type, value } = envelope.payload;
    if (type !== 'block_suggestion') return before(envelope);
    return {
      options: ['Lyon', 'Lille', 'Oslo'].filter((site) => site.startsWith(String(value))).map(option),
    };
  };
}

describe('modals', () => {
  const everything = modal('everything', [
    { type: 'section', text: plain('Fill this in') },
    input('site', { type: 'external_select', min_query_length: 0, placeholder: plain('Search by name') }),
    input('range', { type: 'plain_text_input' }, { hint: plain('A /29') }),
    input('reason', { type: 'plain_text_input', multiline: true }, { optional: true }),
    input('region', { type: 'static_select', options: [option('north'), option('south')] }),
    input('networks', { type: 'multi_static_select', options: [option('lan'), option('guest')] }),
    input('mode', {
      type: 'radio_buttons',
      options: [option('m365'), option('internet')],
      initial_option: option('m365'),
    }),
    input('extras', { type: 'checkboxes', options: [option('bfd')] }, { optional: true }),
    input('day', { type: 'datepicker', initial_date: '2026-11-23' }),
    input('file', { type: 'file_input', filetypes: ['csv'] }, { optional: true }),
    input('who', { type: 'users_select' }, { optional: true }),
  ]);

  test('every kind of field is filled by keyboard and reaches the app', async () => {
    const page = current();
    const { tab, app } = page;
    const dialog = await page.openForm(everything);
    answerSuggestions(app);
    expect(await page.focused()).toBe('site');
    await tab.keyboard.type('L');
    await dialog.getByRole('option', { name: 'Lille' }).waitFor();
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Enter');
    expect(await dialog.getByRole('combobox', { name: 'site' }).inputValue()).toBe('Lille');
    await tab.keyboard.press('Tab');
    expect(await page.focused()).toBe('range');
    await tab.keyboard.type('10.0.0.0/29');
    await tab.keyboard.press('Tab');
    await tab.keyboard.type('two\nlines');
    await dialog.getByLabel('region').selectOption('south');
    await dialog.getByLabel('guest').check();
    await dialog.getByLabel('internet').check();
    await dialog.getByLabel('bfd').check();
    await dialog
      .getByLabel('file')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('a') });
    expect(await dialog.locator('.unrendered').textContent()).toBe('[unrendered element: users_select]');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.told('view_submission')).toMatchObject({
      view: {
        state: {
          values: {
            site: { value: { selected_option: { value: 'Lille' } } },
            range: { value: { value: '10.0.0.0/29' } },
            reason: { value: { value: 'two\nlines' } },
            region: { value: { selected_option: { value: 'south' } } },
            networks: { value: { selected_options: [{ value: 'guest' }] } },
            mode: { value: { selected_option: { value: 'internet' } } },
            extras: { value: { selected_options: [{ value: 'bfd' }] } },
            day: { value: { selected_date: '2026-11-23' } },
            file: { value: { files: [{ name: 'a.csv' }] } },
          },
        },
      },
    });
  });

  test('labels, hints and optional marks belong to their fields', async () => {
    const page = current();
    const { tab } = page;
    const dialog = await page.openForm(everything);
    const range = dialog.getByRole('textbox', { name: 'range' });
    const described = String(await range.getAttribute('aria-describedby')).split(' ');
    const texts = await Promise.all(described.map((id) => tab.locator(`[id="${id}"]`).textContent()));
    expect(texts).toContain('A /29');
    expect(await range.getAttribute('aria-required')).toBe('true');
    expect(await dialog.getByRole('textbox', { name: 'reason (optional)' }).count()).toBe(1);
    expect(await dialog.getByRole('group', { name: 'mode' }).getByRole('radio').count()).toBe(2);
  });

  test('errors stand at their fields, whoever found them, and go when the field changes', async () => {
    const page = current();
    const { app, slack, tab } = page;
    const view = modal('small', [
      input('range', { type: 'plain_text_input' }),
      input('asn', { type: 'plain_text_input', initial_value: '1' }),
    ]);
    const dialog = await page.openForm(view);
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('Please complete this required field.').waitFor();
    await api(slack, 'chat.postMessage', { channel: NET, text: 'something else' });
    await tab.locator('article', { hasText: 'something else' }).waitFor();
    expect(await dialog.getByText('Please complete this required field.').isVisible()).toBe(true);
    expect(await page.focused()).toBe('range');
    expect(await dialog.getByRole('textbox', { name: 'range' }).getAttribute('aria-invalid')).toBe('true');
    await dialog.getByRole('textbox', { name: 'range' }).fill('10.0.0.0/29');
    app.listener = () => ({ response_action: 'errors', errors: { asn: 'reserved' } });
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('reserved').waitFor();
    expect(await page.focused()).toBe('asn');
    expect(await dialog.getByText('Please complete this required field.').count()).toBe(0);
    await dialog.getByRole('textbox', { name: 'asn' }).fill('65000');
    await tab.keyboard.press('Tab');
    await dialog.getByText('reserved').waitFor({ state: 'hidden' });
  });

  test('Esc closes an open list first and then the modal, and the app hears of it', async () => {
    const page = current();
    const { tab, app } = page;
    const view = { ...everything, notify_on_close: true };
    const dialog = await page.openForm(view);
    answerSuggestions(app);
    await tab.keyboard.type('L');
    await dialog.getByRole('option', { name: 'Lyon' }).waitFor();
    await tab.keyboard.press('Escape');
    await dialog.getByRole('option', { name: 'Lyon' }).waitFor({ state: 'hidden' });
    expect(await dialog.isVisible()).toBe(true);
    await tab.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await page.told('view_closed')).toMatchObject({ is_cleared: false });
  });

  test('while the app thinks, the form says so and cannot be sent twice', async () => {
    const page = current();
    const { tab, app } = page;
    const dialog = await page.openForm(
      modal('small', [input('range', { type: 'plain_text_input', initial_value: 'x' })]),
    );
    let answer: (payload: JsonObject) => void = () => {};
    app.listener = () => new Promise<JsonObject>((resolve) => (answer = resolve));
    const submit = dialog.getByRole('button', { name: 'Next' });
    await submit.click();
    await dialog.locator('form[aria-busy=true]').waitFor();
    expect(await submit.isDisabled()).toBe(true);
    await tab.keyboard.press('Enter');
    await page.told('view_submission');
    const loading = {
      type: 'modal',
      title: plain('Wait'),
      blocks: [{ type: 'section', text: plain('Reading the site') }],
    };
    answer({ response_action: 'update', view: loading });
    await dialog.getByText('Reading the site').waitFor();
    expect(await dialog.getByRole('button').allTextContents()).toEqual(['×', 'Cancel']);
    expect(app.envelopes.filter((one) => one.payload['type'] === 'view_submission')).toHaveLength(1);
  });

  test('an app that answers too late is told in words, and the form stays', async () => {
    const page = current();
    const { app } = page;
    const dialog = await page.openForm(
      modal('small', [input('range', { type: 'plain_text_input', initial_value: 'x' })]),
    );
    app.listener = () => undefined;
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('operation_timeout').waitFor();
    expect(await dialog.getByRole('button', { name: 'Next' }).isEnabled()).toBe(true);
  });

  test('what is being typed survives a change of the form by the app', async () => {
    const page = current();
    const { tab, slack } = page;
    const field = input('range', { type: 'plain_text_input' });
    const dialog = await page.openForm(modal('small', [field]));
    await tab.keyboard.type('10.0');
    const [view] = slack.world.views.values();
    const blocks = [{ type: 'section', text: plain('New advice') }, field];
    await api(slack, 'views.update', { view_id: view?.id, view: modal('small', blocks) });
    await dialog.getByText('New advice').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'range' }).inputValue()).toBe('10.0');
  });
});
