/** The pages of the runs, and their part of the API. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { KeptRuns } from '../../../src/app/web/runs-source.ts';
import type { MonitoringReader } from '../../../src/ports/monitoring-reader.ts';
import type { RecordRow } from '../../../src/ports/record-sink.ts';
import { addRunsPages } from '../../../src/web/pages/runs/runs-routes.ts';
import { PAGES_NOW, pagesApp } from '../../support/pages.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const HOUR = 3_600_000;
const EVIL = '"><script>alert(1)</script>\u{202e}';

function runRow(hoursAgo: number, fields: RecordRow = {}): RecordRow {
  return {
    queue: 'statistics',
    job_id: 'my-slug.weekly.1',
    attempt: 1,
    finished_at: new Date(PAGES_NOW - hoursAgo * HOUR).toISOString(),
    product: 'statistics',
    experiment: 'my-slug',
    period: 'weekly',
    outcome: 'published',
    worker: 'worker-1',
    duration_ms: 41_000,
    rows: 124_310,
    bytes_written: 1_500,
    cost_usd: 0.004,
    ...fields,
  };
}

const ROWS = [
  runRow(1),
  runRow(2, { outcome: 'failed', attempt: 3, error_code: 'DATA_INVALID', error_message: 'column metric is missing' }),
  runRow(3, { job_id: 'other.daily.1', experiment: 'other', period: 'daily', outcome: 'failed', error_message: EVIL }),
  runRow(30, { job_id: 'old.metadata.1', queue: 'metadata', product: 'metadata', experiment: 'old', period: null }),
];

async function setup(rows: readonly RecordRow[] = ROWS, reader?: MonitoringReader) {
  const clock = new VirtualClock(PAGES_NOW);
  const asked: number[] = [];
  const known: MonitoringReader = {
    rows: async ({ since }) => {
      asked.push(since?.from ?? 0);
      return [...rows];
    },
  };
  const source = new KeptRuns({ sources: { reader: reader ?? known }, clock, log: recordedLog() });
  const pages = await pagesApp({
    pages: [(app) => addRunsPages(app, { source, clock, queues: ['statistics', 'metadata'] })],
  });
  return { ...pages, asked };
}

/** The files or tasks in the table, in its order. */
function subjectsIn(body: string): string[] {
  return [...body.matchAll(/<a href="\/runs\/[^"]*"\s*>([^<]*)<\/a/g)].map(([, text = '']) => text.trim());
}

function headlineOf(body: string): string {
  return /<h1>([^<]*)<\/h1>/.exec(body)?.[1] ?? '';
}

describe('the page of the runs', () => {
  it('lists the runs of seven days, newest first, with its answer above', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/runs');

    expect(statusCode).toBe(200);
    expect(headlineOf(body)).toBe('2 failed runs of 4 runs');
    expect(subjectsIn(body)).toEqual(['my-slug weekly', 'my-slug weekly', 'other daily', 'old metadata']);
    for (const text of ['41 s', '124 k', '1.5 kB', '&#60; $0.01', 'DATA_INVALID: column metric is missing']) {
      expect(body).toContain(text);
    }
    expect(body).toContain('2026-01-08 12:00:00 UTC to 2026-01-15 12:00:00 UTC');
    expect(body).not.toMatch(/<script>|\u{202e}/u);
  });

  it.each([
    ['outcome=failed', ['my-slug weekly', 'other daily']],
    ['outcome=failed&latest=1', ['other daily']],
    ['q=METRIC+missing', ['my-slug weekly']],
    ['q=other.daily', ['other daily']],
    ['queue=metadata', ['old metadata']],
    ['class=DATA_INVALID', ['my-slug weekly']],
    ['worker=worker-2', []],
    ['range=1d', ['my-slug weekly', 'my-slug weekly', 'other daily']],
    ['from=2026-01-14&to=2026-01-15', ['old metadata']],
    ['outcome=&queue=&q=', ['my-slug weekly', 'my-slug weekly', 'other daily', 'old metadata']],
  ])('filtered by %s shows %j, and so does the API', async (query, subjects) => {
    const { get } = await setup();

    const page = await get(`/runs?${query}`);
    const api = await get(`/api/v1/runs?${query}`);

    expect(subjectsIn(page.body)).toEqual(subjects);
    expect(api.json<{ items: { subject: string }[] }>().items.map(({ subject }) => subject)).toEqual(subjects);
  });

  it('says how many files still fail when only the newest run of each counts', async () => {
    const { get } = await setup();

    expect(headlineOf((await get('/runs?outcome=failed&latest=1')).body)).toBe('1 file or task still fails');
  });

  it.each(['outcome=odd', 'latest=2', 'page=0', 'odd=1', 'range=2d', 'from=yesterday', 'q=a&q=b'])(
    'refuses %s by name, with a link to the page without it',
    async (query) => {
      const { get } = await setup();
      const name = query.split('=', 1)[0] ?? '';

      const page = await get(`/runs?${query}&queue=metadata`);
      const api = await get(`/api/v1/runs?${query.replace('page=0', 'limit=0')}`);

      expect(page.statusCode).toBe(400);
      expect(headlineOf(page.body)).toContain(`&#34;${name}&#34;`);
      expect(page.body).toContain('href="/runs?queue=metadata"');
      expect([api.statusCode, api.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
      expect(api.json()).toMatchObject({ code: 'parameter_invalid', field: name === 'page' ? 'limit' : name });
    },
  );

  it('says why it is empty, and what would fill it', async () => {
    const { get } = await setup([]);

    const { body } = await get('/runs');

    expect(headlineOf(body)).toBe('0 failed runs of 0 runs');
    expect(body).toContain('Runs appear here when a worker has finished a job.');
  });

  it('stays when the table does not answer, and says so', async () => {
    const { get } = await setup([], { rows: () => Promise.reject(new Error('s3cret')) });

    const { statusCode, body } = await get('/runs');

    expect([statusCode, headlineOf(body)]).toEqual([200, 'The runs cannot be read now']);
    expect(body).toContain('monitoring.export_runs_v1');
    expect(body).not.toContain('s3cret');
  });

  it('reads once for all readers of the same range', async () => {
    const { get, asked } = await setup();

    await Promise.all(['/runs', '/runs?outcome=failed', '/api/v1/runs'].map((url) => get(url)));

    expect(asked).toHaveLength(1);
  });

  it('goes on to older runs at the same moment', async () => {
    const many = Array.from({ length: 150 }, (_, index) => runRow((index + 1) / 10, { job_id: `a.weekly.${index}` }));
    const { get } = await setup(many);

    const first = await get('/runs');
    const next = /<a href="([^"]*)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&#38;', '&') ?? '';
    const second = await get(next);

    expect([subjectsIn(first.body).length, subjectsIn(second.body).length]).toEqual([100, 50]);
    expect(next).toContain('to=2026-01-15T12%3A00%3A00Z');
  });
});

describe('the page of a job', () => {
  it('shows all its runs, with the whole error', async () => {
    const { get } = await setup();

    const { statusCode, body } = await get('/runs/my-slug.weekly.1');

    expect([statusCode, headlineOf(body)]).toEqual([200, 'my-slug weekly: published']);
    expect(body.match(/<section>/g)).toHaveLength(2);
    expect(body).toContain('<pre>column metric is missing</pre>');
  });

  it.each(['/runs/none', `/runs/${encodeURIComponent(EVIL)}`])('says that no run is known at %s', async (url) => {
    const { get } = await setup();

    const page = await get(url);
    const api = await get(`/api/v1${url}`);

    expect([page.statusCode, api.statusCode]).toEqual([404, 404]);
    expect(page.body).not.toContain('<script>');
    expect(api.json()).toMatchObject({ code: 'run_unknown' });
  });
});

describe('the list of runs in the API', () => {
  it('comes in pages, and is not sent again when nothing has changed', async () => {
    const { get } = await setup();

    const first = await get('/api/v1/runs?limit=3');
    const link = /<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
    const second = await get(link);
    const again = await get('/api/v1/runs?limit=3', { headers: { 'if-none-match': String(first.headers.etag) } });

    expect(first.json()).toMatchObject({ as_of: '2026-01-15T12:00:00.000Z', sources: [{ problem: null }] });
    expect(second.json()).toMatchObject({ items: [{ job_id: 'old.metadata.1', rows: 124_310 }], next_cursor: null });
    expect(second.headers).not.toHaveProperty('link');
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/api/v1/runs?cursor=odd')).json()).toMatchObject({ field: 'cursor' });
  });

  it('is described, and so are its parameters', async () => {
    const { get } = await setup();

    const described = (await get('/api/v1/openapi.json')).json<{ openapi: string; paths: Record<string, object> }>();

    expect(described.openapi).toBe('3.1.0');
    expect(Object.keys(described.paths)).toEqual(['/api/v1/runs', '/api/v1/runs/{id}']);
    expect(JSON.stringify(described.paths['/api/v1/runs'])).toContain('"name":"outcome"');
  });
});
