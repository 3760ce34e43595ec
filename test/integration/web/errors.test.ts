import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryLogSearch } from '../../../src/adapters/memory/log-search.ts';
import { MemoryRecordSink } from '../../../src/adapters/memory/record-sink.ts';
import { errorsSource } from '../../../src/app/web/errors-source.ts';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import type { RecordRow } from '../../../src/ports/record-sink.ts';
import { addErrorPages } from '../../../src/web/pages/errors/errors-routes.ts';
import { PAGES_NOW, pagesApp } from '../../support/pages.ts';
import { recordedLog } from '../../support/recorded-log.ts';

const HOSTILE = `"><script>alert('1')</script> \u{202E} & co`;

function logRow(timestamp: string, changes: RecordRow = {}): RecordRow {
  return {
    timestamp,
    experiment: 'my-first-experiment',
    message: 'Something broke',
    log_level: 'ERROR',
    exception: 'None',
    filename: 'analysis.py',
    func_name: 'counts',
    exception_type: 'ValueError',
    source: 'jetstream',
    ...changes,
  };
}

async function setup(rows: readonly RecordRow[]) {
  const sink = new MemoryRecordSink();
  await sink.append({ id: 'rows', table: 'logs', rows: [...rows] }, new AbortController().signal);
  const search = new MemoryLogSearch(sink);
  let trouble: ContrailError | undefined;
  const source = errorsSource(
    async () => {
      if (trouble !== undefined) throw trouble;
      return search;
    },
    { clock: new VirtualClock(PAGES_NOW), log: recordedLog() },
  );
  const app = await pagesApp({ pages: [(fastify) => addErrorPages(fastify, source)] });
  return {
    ...app,
    fail: (error: ContrailError) => {
      trouble = error;
    },
    page: async (url: string) => {
      const reply = await app.get(url);
      const { document } = parseHTML(reply.body);
      const texts = (selector: string) =>
        [...document.querySelectorAll(selector)].map((element) => element.textContent.replaceAll(/\s+/g, ' ').trim());
      return { reply, document, texts, headline: texts('h1')[0] };
    },
  };
}

const Items = z.looseObject({ items: z.array(z.record(z.string(), z.unknown())), next_cursor: z.string().nullable() });

describe('/errors', () => {
  it('says in its headline what is critical, new, and a warning', async () => {
    const { page } = await setup([
      logRow('2026-01-05T00:00:00Z', { message: 'old' }),
      logRow('2026-01-13T00:00:00Z', { message: 'old' }),
      logRow('2026-01-15T11:00:00Z', { message: 'new' }),
      logRow('2026-01-14T13:00:00Z', { log_level: 'WARNING', exception_type: null }),
    ]);

    const { headline, texts } = await page('/errors');

    expect(headline).toBe('2 critical errors in the last 3 days, 1 kind new since yesterday; 1 warning');
    expect(texts('.sub')[0]).toContain('4 rows, 3 critical ones, 1 warning in 14 days.');
    expect(texts('#kinds tbody th')).toEqual([
      'critical · ValueError: old',
      'critical · new · ValueError: new',
      'new · something broke',
    ]);
  });

  it('has a bar and a number for each day and category with rows', async () => {
    const { document, texts } = await (
      await setup([
        logRow('2026-01-13T00:00:00Z'),
        logRow('2026-01-13T01:00:00Z', { exception_type: 'EndedException' }),
        logRow('2026-01-15T00:00:00Z'),
      ])
    ).page('/errors?range=7d');

    expect(document.querySelectorAll('svg.plot-wide [data-mark="bar"] rect')).toHaveLength(3);
    const row = (day: string) => texts(`#days tbody tr:has(time[datetime="${day}"]) td`);
    expect([row('2026-01-13'), row('2026-01-14'), row('2026-01-15')]).toEqual([
      ['1', '1', '1', '1'],
      ['0', '0', '0', '0'],
      ['1', '0', '1', '0'],
    ]);
  });

  it('shows the rows of one kind, by the link of the kind', async () => {
    const { page } = await setup([
      logRow('2026-01-14T00:00:00Z', { message: 'attempt 1 failed' }),
      logRow('2026-01-14T01:00:00Z', { message: 'attempt 2 failed' }),
      logRow('2026-01-14T02:00:00Z', { message: 'another' }),
    ]);
    const { document } = await page('/errors?level=ERROR');
    const link = [...document.querySelectorAll('#kinds a')].find(({ textContent }) => textContent.includes('attempt'));

    const { texts } = await page(link?.getAttribute('href')?.replace(/#.*/, '') ?? '');

    expect(texts('#newest tbody a').filter((text) => text !== 'my-first-experiment')).toEqual([
      'attempt 2 failed',
      'attempt 1 failed',
    ]);
    expect(texts('h2')).toContain('Rows of this kind');
  });

  it('finds rows by all words, and counts only those', async () => {
    const { page } = await setup([
      logRow('2026-01-14T00:00:00Z', { metric: 'search_count' }),
      logRow('2026-01-14T00:00:00Z', { metric: 'days_of_use' }),
    ]);

    const { texts } = await page('/errors?q=BROKE+search_COUNT');

    expect(texts('#newest tbody tr')).toHaveLength(1);
    expect(texts('.sub')[0]).toContain('1 row,');
  });

  it('pages through the rows', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => logRow(`2026-01-14T00:00:${String(index + 10)}Z`));
    const { page } = await setup(rows);

    const first = await page('/errors');
    const older = first.document.querySelector('a[rel=next]')?.getAttribute('href')?.replace(/#.*/, '') ?? '';
    const second = await page(older);

    expect(first.texts('#newest tbody tr')).toHaveLength(25);
    expect(second.texts('#newest tbody tr')).toHaveLength(5);
    expect(second.document.querySelector('a[rel=next]')).toBeNull();
    expect(second.document.querySelector('a[rel=prev]')).not.toBeNull();
  });

  it('shows a row with all its columns and its exception, and its copies', async () => {
    const row = logRow('2026-01-14T00:00:00Z', { exception: 'Traceback\n  line 3', analysis_period: 'week_2' });
    const { page } = await setup([row, row]);
    const { document } = await page('/errors');
    const link = document.querySelector('#newest a[href^="/errors/"]')?.getAttribute('href') ?? '';

    const { headline, texts } = await page(link);

    expect(headline).toBe('Something broke');
    expect(texts('tbody tr')).toEqual(expect.arrayContaining(['analysis_period week_2', 'exception_type ValueError']));
    expect(texts('pre')).toEqual(['Traceback line 3']);
    expect(texts('.note')).toContain('The logs have this row 2 times.');
  });

  it.each(['/errors/1', `/errors/1-${'a'.repeat(32)}`, `/errors/${'9'.repeat(16)}-${'a'.repeat(32)}`])(
    'has no page %s',
    async (url) => {
      const { page } = await setup([]);

      expect((await page(url)).reply.statusCode).toBe(404);
    },
  );

  it('says when nothing was logged, and when the last row was', async () => {
    const { page } = await setup([logRow('2025-12-03T00:00:00Z')]);

    const { headline, texts } = await page('/errors');

    expect(headline).toBe('No errors in 14 days');
    expect(texts('.empty')).toEqual(['No rows in this range. Last one 43 d ago.']);
    const filtered = await page('/errors?level=CRITICAL');
    expect(filtered.texts('.empty')[0]).toContain('There were none in the year before either. Show all errors');
  });

  it('shows what it has read before while the logs do not answer, and says so', async () => {
    const { page, fail } = await setup([logRow('2026-01-14T00:00:00Z')]);
    fail(new ContrailError('ACCESS_DENIED', 'No access to monitoring.logs.'));

    const { reply, headline, texts } = await page('/errors');

    expect(reply.statusCode).toBe(200);
    expect(headline).toBe('The logs did not answer');
    expect(texts('.partial')[0]).toContain('No access to monitoring.logs');
    expect(texts('form.bar select')).toHaveLength(4);
  });

  it.each(['range=2d', 'category=none', 'level=error', 'group=1', 'page=0', 'qq=1', `q=${'a+'.repeat(11)}`])(
    'refuses the parameter %s',
    async (query) => {
      const { page } = await setup([]);

      const { reply, document } = await page(`/errors?${query}`);

      expect(reply.statusCode).toBe(400);
      expect(document.querySelector('main a')?.getAttribute('href')).toBe('/errors');
    },
  );

  it('shows hostile texts as text', async () => {
    const columns = ['message', 'exception', 'exception_type', 'metric', 'experiment', 'func_name'];
    const hostile = Object.fromEntries(columns.map((name) => [name, HOSTILE]));
    const { page } = await setup([logRow('2026-01-14T00:00:00Z', hostile)]);

    const list = await page(`/errors?q=${encodeURIComponent(HOSTILE)}`);
    const link = list.document.querySelector('#newest a[href^="/errors/"]')?.getAttribute('href') ?? '';
    const detail = await page(link);

    for (const { document, reply } of [list, detail]) {
      expect(reply.statusCode).toBe(200);
      expect([...document.querySelectorAll('script')].map((script) => script.getAttribute('src'))).toEqual([
        expect.stringMatching(/^\/assets\//),
      ]);
      expect(reply.body).not.toContain('\u{202E}');
    }
    expect(detail.texts('pre')[0]).toContain("<script>alert('1')</script>");
  });
});

describe('the API of errors', () => {
  it('lists rows by the page, while new ones come', async () => {
    const { get } = await setup(['01', '02', '03'].map((hour) => logRow(`2026-01-14T${hour}:00:00Z`)));

    const first = Items.parse((await get('/api/v1/errors?limit=2')).json());
    const second = Items.parse((await get(`/api/v1/errors?limit=2&cursor=${first.next_cursor}`)).json());

    const times = [...first.items, ...second.items].map((item) => item['timestamp']);
    expect(times).toEqual(['2026-01-14T03:00:00Z', '2026-01-14T02:00:00Z', '2026-01-14T01:00:00Z']);
    expect(second.next_cursor).toBeNull();
  });

  it('tells of kinds, their rows, and single rows', async () => {
    const { get } = await setup([logRow('2026-01-14T01:00:00Z'), logRow('2026-01-14T13:00:00Z', { message: 'other' })]);

    const kinds = Items.parse((await get('/api/v1/errors/groups')).json()).items;
    const [kind] = kinds.filter(({ shape }) => shape === 'other');
    const rows = Items.parse((await get(`/api/v1/errors?group=${String(kind?.['id'])}`)).json()).items;
    const row = (await get(`/api/v1/errors/${String(rows[0]?.['id'])}`)).json();

    expect(kind).toMatchObject({ rows: 1, critical: 1, experiments: ['my-first-experiment'], is_new: true });
    expect(rows).toHaveLength(1);
    expect(row).toMatchObject({ message: 'other', timestamp: '2026-01-14T13:00:00Z', is_critical: true });
    expect((await get('/api/v1/errors/nothing')).statusCode).toBe(404);
  });

  it('gives CSV whose cells run nothing in a spreadsheet', async () => {
    const { get } = await setup([logRow('2026-01-14T01:00:00Z', { message: '=HYPERLINK("x")', metric: 'a,b' })]);

    const reply = await get('/api/v1/errors.csv');

    const [head = '', line = ''] = reply.body.split('\r\n');
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.headers['content-disposition']).toBe('attachment; filename="errors.csv"');
    expect(head).toMatch(/^timestamp,category,is_critical,is_warning,experiment,message,/);
    expect(line).toMatch(
      /^2026-01-14T01:00:00Z,jetstream_failure,true,false,my-first-experiment,"'=HYPERLINK\(""x""\)",ERROR,/,
    );
    expect(line).toContain(',"a,b",');
  });

  it('says that the logs do not answer', async () => {
    const { get, fail } = await setup([]);
    fail(new ContrailError('ACCESS_DENIED', 'No access to monitoring.logs.'));

    for (const path of ['errors', 'errors/groups', `errors/1-${'a'.repeat(32)}`, 'errors.csv']) {
      const reply = await get(`/api/v1/${path}`);
      expect([path, reply.statusCode, reply.json().code]).toEqual([path, 503, 'source_unavailable']);
    }
  });
});
