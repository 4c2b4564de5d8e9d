import type { Evidence, EvidenceRun } from '../../flows/types.ts';

/** Names of people by their Slack IDs. */
type Names = Readonly<Record<string, string>>;

/**
 * The pack as one page that needs nothing else: no script, no picture, no link, nothing loaded. Every text is escaped, whatever it came from.
 */
export function evidenceHtml(pack: Evidence, names: Names): string {
  const { request } = pack;
  const site = request['site'] as { readonly name: string };
  const title = `Evidence: ${String(request['verb'])} of ${site.name}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${esc(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${esc(title)}</h1><p>Made ${esc(pack.madeAt)} from the records of the bot. Times are UTC. Secrets are masked; none is in this file.</p>`,
    section('Request', facts(request, names)),
    section('What was asked for', json(pack.inputs)),
    section('Decisions', decisions(pack, names)),
    section('Plan', plan(pack)),
    ...pack.runs.map((run) => section(runTitle(run), steps(run))),
    section(
      'Verification',
      pack.verification === null ? '<p>None was recorded.</p>' : json(pack.verification),
    ),
    section('Audit', audit(pack)),
    section('How to verify', list(pack.audit.howToVerify)),
    '</body></html>\n',
  ].join('\n');
}

/** Text for an HTML element or a quoted attribute. */
export function esc(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}
th{background:#eee}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f6f6f6;padding:.5rem;margin:.3rem 0}code{overflow-wrap:anywhere}
h2{margin-top:2rem;border-bottom:2px solid #1f3a5f}@media print{body{margin:0}}`;

function section(title: string, body: string): string {
  return `<section><h2>${esc(title)}</h2>${body}</section>`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = titles.map((one) => `<th scope="col">${esc(one)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function list(lines: readonly string[]): string {
  return `<ol>${lines.map((line) => `<li>${esc(line)}</li>`).join('')}</ol>`;
}

function json(value: unknown): string {
  return `<pre>${esc(JSON.stringify(value, null, 2))}</pre>`;
}

function text(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return esc(typeof value === 'string' ? value : JSON.stringify(value));
}

function person(user: unknown, names: Names): string {
  const id = typeof user === 'string' ? user : '';
  const name = Object.hasOwn(names, id) ? names[id] : undefined;
  return name === undefined ? esc(id) : `${esc(name)} (${esc(id)})`;
}

function facts(request: Evidence['request'], names: Names): string {
  return table(
    ['', ''],
    Object.entries(request).map(([label, value]) => [
      esc(label),
      label === 'requester' || label === 'lastEditor' ? person(value, names) || '–' : text(value),
    ]),
  );
}

function decisions(pack: Evidence, names: Names): string {
  if (pack.decisions.length === 0) return '<p>Nobody has decided.</p>';
  return table(
    ['When', 'Who', 'What', 'Revision', 'Digest of the plan', 'Reason'],
    pack.decisions.map((one) => [
      text(one['at']),
      person(one['user'], names),
      text(one['action']),
      text(one['revision']),
      `<code>${text(one['digest'])}</code>`,
      text(one['reason']),
    ]),
  );
}

function plan(pack: Evidence): string {
  const file = pack.plan as {
    readonly digest?: unknown;
    readonly preflight?: readonly Record<string, unknown>[];
  };
  const checks = (file.preflight ?? []).map((item) => [
    text(item['verdict']),
    text(item['what']),
    text(item['seen']),
  ]);
  return `<p>Digest that approvals are bound to: <code>${text(pack.request['digest'])}</code></p>${table(['Check', 'What', 'Seen'], checks)}<details><summary>The whole plan</summary>${json(pack.plan)}</details>`;
}

function runTitle(run: EvidenceRun): string {
  return `${run.kind === 'change' ? 'Change' : 'Second look'}: ${run.state}, ${run.startedAt} to ${run.endedAt ?? 'now'}`;
}

function steps(run: EvidenceRun): string {
  const failure = run.failure === null ? '' : `<p>Failure: ${text(run.failure)}</p>`;
  const rows = run.steps.map((step) => [
    esc(step.what),
    esc(step.side),
    esc(step.state),
    text(step.startedAt),
    text(step.endedAt),
    lines(step.before),
    lines(step.after),
    step.failure === null ? text(step.output) : text(step.failure),
  ]);
  const journal = run.journal.map((one) => [esc(one.at), esc(one.step), esc(one.event)]);
  return `${failure}${table(['Step', 'Side', 'State', 'Begun', 'Ended', 'Before', 'After', 'Left or failed with'], rows)}<details><summary>Journal</summary>${table(['When', 'Step', 'Event'], journal)}</details>`;
}

function lines(all: readonly string[]): string {
  return all.length === 0 ? '–' : all.map(esc).join('<br>');
}

function audit(pack: Evidence): string {
  const { rows, head } = pack.audit;
  const shown = rows.map((row) => [
    String(row.seq),
    esc(row.time),
    esc(row.actor),
    esc(row.action),
    `<code>${esc(row.data)}</code>${row.isMasked ? ' (masked: its hash cannot be computed from this)' : ''}`,
    `<code>${esc(row.previous)}</code>`,
    `<code>${esc(row.hash)}</code>`,
  ]);
  return `<p>Last row of the chain when this was made: ${head.seq}, <code>${esc(head.hash)}</code></p>${table(['Row', 'When', 'Who', 'What', 'Data', 'Previous hash', 'Hash'], shown)}`;
}
