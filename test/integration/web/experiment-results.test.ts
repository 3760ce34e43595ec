import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { experimentPages } from '../../support/experiment-pages.ts';
import { SLUG } from '../../support/experiment-world.ts';
import { resultsPages, type ResultsPageWorld } from '../../support/results-pages.ts';
import { clientRows, comparedRows, fileRow } from '../../support/results-world.ts';
import { type SampleRow, sampleRows } from '../../support/sample-results.ts';

const THREE_WAY = 'newtab-topic-picker-three-way';
const BRANCHES = ['control', 'topics-above', 'topics-below'].map((slug) => ({ slug, ratio: 1 }));
const ROWS = z.object({ rows: z.array(z.record(z.string(), z.unknown())), problems: z.array(z.string()) });

function sampleWorld(): ResultsPageWorld {
  return {
    slug: THREE_WAY,
    files: { overall: sampleRows(THREE_WAY, 'overall'), weekly: sampleRows(THREE_WAY, 'weekly') },
    facts: { branches: BRANCHES },
  };
}

/** Marks of a kind in the wide plots of a section. */
function marks(section: string, kind: string): number {
  const { document } = parseHTML(`<body>${section}</body>`);
  return document.querySelectorAll(`#results .plot-wide [data-mark="${kind}"] > *`).length;
}

async function rowsOf(world: ResultsPageWorld, query = '') {
  const reply = await resultsPages(world).app.inject(
    `/api/v1/experiments/${encodeURIComponent(world.slug ?? 'one')}/results${query}`,
  );
  expect(reply.statusCode).toBe(200);
  return ROWS.parse(reply.json());
}

describe('the results of the API', () => {
  it('have the numbers of the tables', async () => {
    const { rows } = await rowsOf(sampleWorld(), '?basis=enrollments&period=overall');
    const table = sampleRows(THREE_WAY, 'overall');
    const inTable = (row: Record<string, unknown>, comparison: string | null): SampleRow | undefined =>
      table.find(
        (candidate) =>
          candidate.metric === row['metric'] &&
          candidate.statistic === row['statistic'] &&
          candidate.branch === row['branch'] &&
          candidate.comparison === comparison &&
          candidate.parameter === null &&
          candidate.segment === 'all' &&
          candidate.analysis_basis === 'enrollments' &&
          (comparison === null || candidate.comparison_to_branch === 'control'),
      );

    const own = rows.filter(({ period }) => period === 'overall');
    expect(own.length).toBeGreaterThan(10);
    for (const row of own) {
      const [uplift, difference, absolute] = ['relative_uplift', 'difference', null].map((name) => inTable(row, name));
      expect(row).toMatchObject({
        point: uplift?.point ?? null,
        lower: uplift?.lower ?? null,
        upper: uplift?.upper ?? null,
        difference_lower: difference?.lower ?? null,
        absolute_point: absolute?.point ?? null,
      });
    }
  });

  it('are the same as CSV', async () => {
    const world = sampleWorld();
    const { rows } = await rowsOf(world, '?period=overall');

    const reply = await resultsPages(world).app.inject(`/api/v1/experiments/${THREE_WAY}/results.csv?period=overall`);

    const [head = '', ...lines] = reply.body.trimEnd().split('\r\n');
    expect(head.split(',')).toEqual(Object.keys(rows[0] ?? {}));
    expect(lines).toHaveLength(rows.length);
    expect(lines[0]?.split(',')).toContain(String(rows[0]?.['point']));
    expect(reply.headers['content-disposition']).toContain('results_newtab_topic_picker_three_way.csv');
  });

  it('have no cell that a spreadsheet would run', async () => {
    const rows = comparedRows([0.01, 0.02, 0.03], { metric: '=HYPERLINK("https://evil")', branch: '@SUM(1)' });
    const facts = { branches: [{ slug: 'control', ratio: 1 }] };

    const reply = await resultsPages({ files: { overall: rows }, facts }).app.inject(
      '/api/v1/experiments/one/results.csv',
    );

    expect(reply.body).toContain(`"'=HYPERLINK(""https://evil"")"`);
    expect(reply.body).toContain("'@SUM(1)");
    expect(reply.body).not.toMatch(/(?:^|,|")[=@+]/m);
  });

  it.each([
    ['?period=weakly', 400, 'parameter'],
    ['?window=x', 400, 'window'],
    ['?basis=clicks', 400, 'basis'],
    ['?colour=red', 400, 'colour'],
    ['?show=none', 400, 'show'],
    ['?period=daily&period=weekly', 400, 'period'],
  ])('refuse %s with %d', async (query, status, words) => {
    const { app } = resultsPages({ files: { overall: comparedRows([1, 2, 3]) } });
    for (const path of ['results', 'results.csv']) {
      const reply = await app.inject(`/api/v1/experiments/one/${path}${query}`);
      expect(reply.statusCode).toBe(status);
      expect(reply.headers['content-type']).toContain('application/problem+json');
      expect(reply.body).toContain(words);
    }
  });

  it('of an unknown experiment are 404 with near names', async () => {
    const reply = await resultsPages({ files: {} }).app.inject('/api/v1/experiments/two/results');

    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: 'experiment_unknown', detail: 'Near names: one.' });
  });

  it('say which values have rows where the choice has none', async () => {
    const { app } = resultsPages({ files: { weekly: comparedRows([1, 2, 3], { segment: 'new' }) } });

    const reply = await app.inject('/api/v1/experiments/one/results?segment=all');

    expect(reply.json()).toMatchObject({ rows: [], choices: { period: [], segment: ['new'] } });
  });

  it('are described by the API', async () => {
    const reply = await resultsPages({ files: {} }).app.inject('/api/v1/openapi.json');

    const { paths } = z.object({ paths: z.record(z.string(), z.unknown()) }).parse(reply.json());
    expect(Object.keys(paths)).toEqual([
      '/api/v1/experiments/{slug}/results',
      '/api/v1/experiments/{slug}/results.csv',
    ]);
  });

  it('name the file that cannot be read, and show the others', async () => {
    const broken = [
      { period: 'daily', content: { kind: 'unread', problem: 'daily is not a list of rows: it ends.' } },
      { period: 'weekly', content: { kind: 'too large' } },
    ] as const;
    const { rows, problems } = await rowsOf({ files: { overall: comparedRows([1, 2, 3]) }, broken });

    expect(rows).toHaveLength(1);
    expect(problems).toEqual([
      'daily is not a list of rows: it ends.',
      'statistics/weekly.json is too large to draw here; download it.',
    ]);
  });
});

describe('the section of the page', () => {
  it('has a mark for each row with a point, and a line for each interval', async () => {
    const world = sampleWorld();
    const { rows } = await rowsOf(world);

    const section = await resultsPages(world).section();

    const drawn = rows.filter(({ point }) => point !== null);
    expect(marks(section, 'dot')).toBe(drawn.length);
    expect(section.match(/<tr>/g)?.length).toBeGreaterThan(drawn.length);
    expect(section).toContain('Guardrails');
    expect(section).not.toContain('style=');
  });

  it('shows text from files as text', async () => {
    const odd = '<script>alert(1)</script>"\'&\u202Eabc';
    const rows = [
      ...comparedRows([0.01, 0.02, 0.03], { metric: odd, branch: odd, segment: odd }),
      ...clientRows({ control: 5, [odd]: 7 }, { segment: odd }),
    ];
    const facts = {
      branches: [
        { slug: 'control', ratio: 1 },
        { slug: odd, ratio: 1 },
      ],
      metrics: new Map([[odd, { name: odd, description: odd, biggerIsBetter: false }]]),
      outcomes: [{ slug: odd, name: odd, isPrimary: true, metrics: [odd] }],
    };

    const section = await resultsPages({ files: { overall: rows }, facts, slug: odd }).section({ segment: odd });

    expect(section).not.toContain('<script');
    expect(section).not.toContain('\u202E');
    expect(section).toContain('script&');
  });

  it('cuts an outlier with an arrow, and keeps its number', async () => {
    const metrics = Array.from({ length: 30 }, (_, index) => `m${index}`);
    const rows = metrics.flatMap((metric, index) =>
      comparedRows(index === 0 ? [-50, 100, 200] : [-0.01, 0.01, 0.02], { metric }),
    );

    const section = await resultsPages({ files: { overall: rows } }).section();

    expect(section).toContain('▸');
    expect(section).toContain('◂');
    expect(section).toContain('+10,000.0%');
    expect(marks(section, 'dot')).toBe(30);
  });

  it('puts more than 60 lines into several plots, and draws no more than 24', async () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, index) => comparedRows([-0.01, 0.01, 0.02], { metric: `m${index}` })).flat();

    const plots = async (count: number) =>
      (await resultsPages({ files: { overall: rows(count) } }).section()).match(/plot-wide/g)?.length;

    expect([await plots(60), await plots(61), await plots(1_500)]).toEqual([1, 2, 24]);
  });

  it('says in words where the console shows something else', async () => {
    const metrics = new Map([['m', { name: 'Unenrollments', description: null, biggerIsBetter: false }]]);

    const section = await resultsPages({
      files: { overall: comparedRows([0.01, 0.02, 0.03]) },
      facts: { metrics },
    }).section();

    expect(section).toContain('Unenrollments, treatment: the console marks this as an increase in green.');
    expect(section).toContain('lower is better');
    expect(section).toContain('worse');
  });

  it('links to values that have rows where the choice has none', async () => {
    const section = await resultsPages({
      files: { overall: comparedRows([1, 2, 3], { segment: 'new' }), weekly: comparedRows([1, 2, 3]) },
    }).section({ period: 'overall' });

    expect(section).toContain('There are no rows for this choice.');
    expect(section).toContain('href="/experiments/one?period=overall&#38;segment=new#results"');
    expect(section).toContain('href="/experiments/one?period=weekly#results"');
  });

  it('names what it is narrowed to, and leads back', async () => {
    const rows = [...comparedRows([1, 2, 3]), ...comparedRows([1, 2, 3], { metric: 'n' })];

    const section = await resultsPages({ files: { overall: rows } }).section({ metric: 'n', show: 'all' });

    expect(section).toContain('Only metric n.');
    expect(section).toContain('href="/experiments/one?show=all#results"');
    expect(marks(section, 'dot')).toBe(1);
  });

  it('says why there is nothing', async () => {
    const nothing = await resultsPages({ files: {} }).section();
    const changes = await resultsPages({ files: { overall: comparedRows([-1, 1, 2]) } }).section({ show: 'changes' });
    const large = await resultsPages({
      files: {},
      broken: [{ period: 'overall', content: { kind: 'too large' } }],
    }).section();

    expect(nothing).toContain('No statistics file is published yet.');
    expect(changes).toContain('No metric is better or worse here.');
    expect(large).toContain('too large to draw here');
    expect(large).toContain('None of the published files can be shown.');
  });

  it('shows values without comparisons in the table alone', async () => {
    const section = await resultsPages({ files: { overall: [fileRow()] } }).section();

    expect(marks(section, 'dot')).toBe(0);
    expect(section).toContain('no interval');
  });
});

describe('windows', () => {
  const weeks = (...windows: string[]) =>
    windows.flatMap((window_index) => comparedRows([0.01, 0.02, 0.03], { window_index }));

  it('have a point for each window with a row, and break where one is missing', async () => {
    const section = await resultsPages({ files: { weekly: weeks('1', '2', '4') } }).section();
    const { document } = parseHTML(`<body>${section}</body>`);
    const wide = document.querySelector('#windows .plot-wide');

    expect(wide?.querySelectorAll('[data-mark="dot"] > *')).toHaveLength(3);
    // The line of weeks 1 and 2, and week 4 alone.
    expect(wide?.querySelector('[data-mark="line"] path')?.getAttribute('d')?.match(/M/g)).toHaveLength(2);
    expect(section).toContain('Without rows: week 3.');
    expect(document.querySelector('#windows table')?.textContent).toContain('no row');
  });

  it('are not shown where there is one', async () => {
    expect(await resultsPages({ files: { weekly: weeks('1') } }).section()).not.toContain('id="windows"');
  });

  it('are drawn for 12 metrics at most, or for the one that is asked for', async () => {
    const rows = Array.from({ length: 20 }, (_, metric) =>
      ['1', '2'].flatMap((window_index) => comparedRows([-1, 1, 2], { metric: `m${metric}`, window_index })),
    ).flat();
    const figures = async (query: Record<string, string>) => {
      const section = await resultsPages({ files: { weekly: rows } }).section(query);
      return parseHTML(`<body>${section}</body>`).document.querySelectorAll('#windows figure').length;
    };

    expect([await figures({}), await figures({ metric: 'm17' })]).toEqual([12, 1]);
  });

  it('have the numbers of the tables', async () => {
    const section = await resultsPages(sampleWorld()).section({
      period: 'weekly',
      basis: 'enrollments',
      metric: 'days_of_use',
    });
    const { document } = parseHTML(`<body>${section}</body>`);
    const uplifts = sampleRows(THREE_WAY, 'weekly').filter(
      (row) =>
        row.metric === 'days_of_use' &&
        row.parameter === null &&
        row.comparison === 'relative_uplift' &&
        row.comparison_to_branch === 'control' &&
        row.segment === 'all' &&
        row.analysis_basis === 'enrollments',
    );

    expect(uplifts).toHaveLength(8);
    expect(document.querySelectorAll('#windows .plot-wide [data-mark="dot"] > *')).toHaveLength(8);
    expect(document.querySelectorAll('#windows tbody td')).toHaveLength(8);
    const [first] = uplifts.filter(({ branch, window_index }) => branch === 'topics-above' && window_index === '1');
    expect(document.querySelector('#windows tbody td')?.textContent).toContain(
      `+${(100 * (first?.point ?? 0)).toFixed(1)}%`,
    );
  });
});

describe('distributions', () => {
  it('have a point for each decile, and a line for each branch of a density', async () => {
    const world = sampleWorld();
    const section = await resultsPages(world).section({
      period: 'overall',
      basis: 'enrollments',
      metric: 'days_of_use',
    });
    const { document } = parseHTML(`<body>${section}</body>`);
    const own = sampleRows(THREE_WAY, 'overall').filter(
      (row) =>
        row.metric === 'days_of_use' &&
        row.parameter !== null &&
        row.segment === 'all' &&
        row.analysis_basis === 'enrollments',
    );
    const deciles = own.filter(
      (row) =>
        row.statistic === 'deciles' &&
        row.comparison === 'relative_uplift' &&
        row.comparison_to_branch === 'control' &&
        row.point !== null,
    );

    expect(deciles.length).toBeGreaterThan(10);
    expect(document.querySelectorAll('#distributions .plot-wide [data-mark="dot"] > *')).toHaveLength(deciles.length);
    const lines = new Set(own.filter(({ statistic }) => statistic === 'empirical_cdf').map(({ branch }) => branch));
    expect(document.querySelectorAll('#distributions .plot-wide [data-mark="line"] path')).toHaveLength(lines.size);
  });

  it('are not there without rows', async () => {
    expect(await resultsPages({ files: { overall: comparedRows([1, 2, 3]) } }).section()).not.toContain(
      'distributions',
    );
  });
});

describe('the page of an experiment', () => {
  it('has the results of its published files, and the links to them', async () => {
    const { get, publish } = await experimentPages();
    await publish();

    const { statusCode, body } = await get(`/experiments/${SLUG}`);

    expect(statusCode).toBe(200);
    expect(marks(body, 'dot')).toBe(1);
    expect(body).toContain(`href="/api/v1/experiments/${SLUG}/results.csv"`);
    expect(body).toContain('href="/objects/statistics/statistics_an_experiment_weekly.json"');
    expect((await get(`/api/v1/experiments/${SLUG}/results.csv`)).body.trim().split('\r\n')).toHaveLength(2);
  });

  it('refuses wrong parameters of the results with what is allowed', async () => {
    const { get } = await experimentPages();

    const { statusCode, body } = await get(`/experiments/${SLUG}?period=weakly`);

    expect(statusCode).toBe(400);
    expect(body).toContain('preenrollment_weekly');
  });
});
