/** `/alerts` and its part of the API, on adapters in memory. */
import { describe, expect, it } from 'vitest';
import { MemoryAlertIndex } from '../../../src/adapters/memory/alert-index.ts';
import { MemoryMonitoringReader } from '../../../src/adapters/memory/monitoring-reader.ts';
import { MemoryRecordSink } from '../../../src/adapters/memory/record-sink.ts';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { alertSilenceId, type AlertRow, silenceId } from '../../../src/alerts/row.ts';
import { alertsSource } from '../../../src/app/web/alerts-source.ts';
import { Access } from '../../../src/web/access/access.ts';
import { addAlertsApi } from '../../../src/web/pages/alerts/api.ts';
import { addAlertRoutes } from '../../../src/web/pages/alerts/routes.ts';
import { listen } from '../../../src/web/server.ts';
import type { Door } from '../../../src/web/app.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { alertRow } from '../../support/alert-rows.ts';
import { PAGES_NOW, pagesApp } from '../../support/pages.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
const at = (hours: number) => new Date(PAGES_NOW + hours * HOUR).toISOString();
const QUIET = { scope: 'alert', reason: 'a known bug', end: '1d' };

interface World {
  readonly noted?: readonly AlertRow[];
  readonly stored?: readonly AlertRow[];
  readonly checkedAt?: number;
  readonly door?: Door;
}

async function setup({ noted = [alertRow()], stored = [], checkedAt = PAGES_NOW - 120_000, door }: World = {}) {
  const index = new MemoryAlertIndex();
  await index.note({ checkedAt, alerts: noted.map((row) => ({ row, problem: null })) });
  const sink = new MemoryRecordSink();
  await sink.append({ id: 'stored', table: 'alerts_v1', rows: stored }, never);
  const reader = new MemoryMonitoringReader(sink);
  const source = alertsSource({ index, reader, clock: new VirtualClock(PAGES_NOW), log: recordedLog() });
  const pages = await pagesApp({
    pages: [(app) => addAlertRoutes(app, source), (app) => addAlertsApi(app, source)],
    ...(door === undefined ? {} : { door }),
  });
  const api = async (path: string, body?: object) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, payload: body ?? {} } as const;
    const reply = await pages.get(`/api/v1/alerts${path}`, body === undefined ? {} : request);
    return { status: reply.statusCode, body: reply.json(), headers: reply.headers };
  };
  return { ...pages, index, reader, api };
}

const headline = (body: string) => /<h1>(.*?)<\/h1>/s.exec(body)?.[1];
const path = (id: string) => `/alerts/${encodeURIComponent(id)}`;

describe('/alerts', () => {
  it('lists what is open, with sentence, formula with its numbers, and messages', async () => {
    const told = [{ target: 'slack', at: at(-1), event: 'opened' as const, key: 'k' }];
    const { get } = await setup({
      noted: [alertRow({ notified: told }), alertRow({ rule: 'M3', severity: 'warning' })],
    });

    const { statusCode, body } = await get('/alerts');

    expect(statusCode).toBe(200);
    expect(headline(body)).toBe('2 alerts open');
    expect(body).toContain('20 / 100 = 20% &#62; 10%');
    expect(body).toContain('M1 unenrollment spike (Experimenter)');
    expect(body).toMatch(/slack\s+<time/);
    expect(body.indexOf('Critical')).toBeLessThan(body.indexOf('Warning'));
    expect(body).toMatch(/Checked <time datetime="2026-01-15T11:58:00.000Z"/);
  });

  it('says that nothing is open, and when the last alert was resolved', async () => {
    const { get } = await setup({
      noted: [],
      stored: [alertRow({ state: 'resolved', changed_at: at(-48), resolved_at: at(-48) })],
    });

    const { body } = await get('/alerts');

    expect(headline(body)).toBe('Nothing open. Last alert resolved 2 d ago');
    expect(body).toContain('Nothing is open.');
    expect(body).toContain('Resolved, last 14 days (1)');
  });

  it('keeps alerts without data apart from resolved ones', async () => {
    const { get } = await setup({ noted: [alertRow({ state: 'no_data' })] });

    const { body } = await get('/alerts');

    expect(headline(body)).toBe('Nothing open, 1 without data');
    expect(body).toContain('They are not resolved.');
  });

  it('folds silenced alerts under their number', async () => {
    const silenced = { state: 'silenced' as const, silenced_until: at(9), silence_reason: 'r', actor: 'ada' };
    const { get } = await setup({ noted: [alertRow(silenced)] });

    const { body } = await get('/alerts');

    expect(headline(body)).toBe('Nothing open, 1 silenced');
    expect(body).toMatch(/<details>\s*<summary>Show 1 silenced alert<\/summary>/);
    expect(body).toContain('Silenced by ada');
  });

  it('says if no check has run lately, or none at all', async () => {
    const late = await (await setup({ checkedAt: PAGES_NOW - HOUR })).get('/alerts');
    const { get, index } = await setup({ stored: [alertRow()] });
    index.lose();
    const none = await get('/alerts');

    expect(late.body).toContain('The last check ran');
    expect(none.body).toContain('No check has noted its alerts yet');
    expect(headline(none.body)).toBe('1 alert open');
  });

  it('shows what it has and names the source that does not answer', async () => {
    const { get, reader } = await setup();
    reader.rows = () => Promise.reject(new Error('boom: secret'));

    const { statusCode, body } = await get('/alerts');

    expect(statusCode).toBe(200);
    expect(headline(body)).toBe('1 alert open');
    expect(body).toContain('Shown: 1 of 2 sources.');
    expect(body).not.toContain('secret');
  });

  it.each([
    ['state=closed', 'state', 'open, no_data, silenced, resolved'],
    ['rule=M99', 'rule', 'M1'],
    ['range=2d', 'range', '1d, 7d, 14d, 30d, 90d'],
    ['colour=red', 'colour', 'Known here'],
    ['from=yesterday', 'from', '2026-01-15'],
  ])('refuses %s and says what is allowed', async (query, name, allowed) => {
    const { get } = await setup();

    const { statusCode, body } = await get(`/alerts?${query}`);

    expect(statusCode).toBe(400);
    expect(body).toContain(`&#34;${name}&#34;`);
    expect(body).toContain(allowed);
  });

  it('narrows down by state, rule and experiment', async () => {
    const { get } = await setup({ noted: [alertRow(), alertRow({ subject: 'other' }), alertRow({ rule: 'M2' })] });

    const { body } = await get('/alerts?state=open&rule=M1&experiment=other');

    expect(headline(body)).toBe('1 alert open');
    expect(body).toContain('<option value="M1" selected>');
    expect(body).toContain('value="other"');
  });

  it('shows hostile text as text', async () => {
    const evil = `<script>alert(1)</script>"'\u202e\u0000`;
    const row = alertRow({
      subject: evil,
      alert_id: `M1.${evil}.x`,
      summary: evil,
      formula: evil,
      link: 'javascript:alert(1)',
      notified: [{ target: evil, at: evil, event: 'opened', key: 'k' }],
    });
    const { get } = await setup({ noted: [row] });

    for (const url of ['/alerts', path(row.alert_id), `/alerts?experiment=${encodeURIComponent(evil)}`]) {
      const { statusCode, body } = await get(url);
      expect(statusCode).toBe(200);
      expect(body).not.toContain('<script>alert');
      expect(body).not.toMatch(/href="javascript|\u202e/);
      expect(body).not.toContain('\0');
    }
  });
});

describe('silencing an alert from its page', () => {
  const { alert_id: id } = alertRow();

  it('silences it, and the list shows who, why and until when', async () => {
    const { get, submit, index } = await setup();

    const reply = await submit(path(id), `${path(id)}/silence`, QUIET);
    const page = await get(path(id));
    const list = await get('/alerts');

    expect([reply.statusCode, reply.headers.location]).toEqual([303, `${path(id)}#silence`]);
    expect(await index.silences()).toMatchObject([
      {
        alert_id: alertSilenceId(id),
        actor: 'local',
        silence_reason: 'a known bug',
        silenced_until: '2026-01-16T12:00:00Z',
      },
    ]);
    expect(page.body).toContain('End the silence now');
    expect(headline(list.body)).toBe('Nothing open, 1 silenced');
  });

  it('silences its rule for the experiment up to a day, and wakes for a larger value', async () => {
    const { submit, index } = await setup();

    await submit(path(id), `${path(id)}/silence`, {
      ...QUIET,
      scope: 'rule',
      end: 'date',
      date: '2026-02-01',
      wake: '1',
    });

    expect(await index.silences()).toMatchObject([
      { alert_id: silenceId('M1', 'my-slug'), silenced_until: '2026-02-01T00:00:00Z', wake_above: 0.2 * 1.5 },
    ]);
  });

  it.each([
    [{ ...QUIET, reason: ' ' }, 'Give a reason'],
    [{ ...QUIET, end: 'date', date: '2026-05-01' }, 'from 2026-01-16 to 2026-02-14'],
    [{ ...QUIET, end: '99d' }, 'Choose what to silence'],
  ])('refuses %j, says why and keeps what was typed', async (fields, problem) => {
    const { submit, index } = await setup();

    const { statusCode, body } = await submit(path(id), `${path(id)}/silence`, fields);

    expect(statusCode).toBe(400);
    expect(body).toContain(problem);
    expect(await index.silences()).toEqual([]);
  });

  it('ends a silence early', async () => {
    const { get, submit } = await setup();
    await submit(path(id), `${path(id)}/silence`, QUIET);

    const reply = await submit(path(id), `${path(id)}/lift`, {});

    expect(reply.statusCode).toBe(303);
    expect(headline((await get('/alerts')).body)).toBe('1 alert open');
  });

  it('is refused without the token of the form', async () => {
    const { get, index } = await setup();

    const reply = await get(`${path(id)}/silence`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(QUIET).toString(),
    });

    expect(reply.statusCode).toBe(403);
    expect(await index.silences()).toEqual([]);
  });

  it('says that an alert is not known', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/alerts/M1.nobody.x');

    expect([statusCode, headline(body)]).toEqual([404, 'There is no such alert']);
  });

  it('offers readers no form, and refuses theirs', async () => {
    const tokens = [{ role: 'reader' as const, token: new Secret('reader-token-reader-token-reader') }];
    const door = {
      access: new Access({ users: [], tokens, identity: undefined }),
      hosts: ['localhost'],
      hasTls: false,
    };
    const { get, index } = await setup({ door });
    const headers = { authorization: 'Bearer reader-token-reader-token-reader' };

    const page = await get(path(id), { headers });
    const reply = await get(`/api/v1${path(id)}/silence`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: QUIET,
    });

    expect(page.body).toContain('Operators can silence this alert.');
    expect(page.body).not.toContain('<textarea');
    expect(reply.statusCode).toBe(403);
    expect(await index.silences()).toEqual([]);
  });
});

describe('/api/v1/alerts', () => {
  const { alert_id: id } = alertRow();

  it('lists the same alerts with the same numbers, page by page', async () => {
    const { api } = await setup({ noted: [alertRow(), alertRow({ subject: 'y' }), alertRow({ subject: 'z' })] });

    const first = await api('?limit=2');
    const second = await api(`?limit=2&cursor=${first.body.next_cursor}`);

    expect(first.body).toMatchObject({
      as_of: '2026-01-15T12:00:00.000Z',
      items: [{ id, rule: 'M1', state: 'open', value: 0.2, threshold: 0.1, formula: '20 / 100 = 20% > 10%' }, {}],
    });
    expect(first.headers['link']).toContain('rel="next"');
    expect(second.body.items.map((item: { subject: string }) => item.subject)).toEqual(['z']);
    expect(second.body.next_cursor).toBeNull();
  });

  it('silences and lifts', async () => {
    const { api } = await setup();

    const silenced = await api(`/${id}/silence`, { ...QUIET, scope: 'rule' });
    const one = await api(`/${id}`);
    const lifted = await api(`/${id}/lift`, {});
    const again = await api(`/${id}/lift`, {});

    expect(silenced).toMatchObject({
      status: 200,
      body: { state: 'silenced', silence: { scope: 'rule', reason: 'a known bug' } },
    });
    expect(one.body).toEqual(silenced.body);
    expect(lifted).toMatchObject({ status: 200, body: { state: 'open', silence: null } });
    expect(again).toMatchObject({ status: 409, body: { code: 'not_silenced' } });
  });

  it.each([
    [{ ...QUIET, reason: '' }, 'reason'],
    [{ ...QUIET, end: 'date' }, 'date'],
    [{ ...QUIET, scope: 'all' }, 'scope'],
  ])('refuses %j and names the field', async (body, field) => {
    const { api } = await setup();

    expect(await api(`/${id}/silence`, body)).toMatchObject({ status: 400, body: { code: 'body_invalid', field } });
  });

  it('silences over a real connection, whose body has been read by then', async () => {
    const { app } = await setup();
    const url = await listen(app, { host: '127.0.0.1', port: 0 });

    const reply = await fetch(`${url}/api/v1/alerts/${id}/silence`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
      body: JSON.stringify(QUIET),
    });

    expect(await reply.json()).toMatchObject({ state: 'silenced' });
  });

  it('knows no other alert', async () => {
    const { api } = await setup();

    expect(await api('/M1.nobody.x')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});
