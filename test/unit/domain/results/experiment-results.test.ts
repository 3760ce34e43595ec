import { describe, expect, it } from 'vitest';
import { exposuresOf } from '../../../../src/domain/results/choose-results.ts';
import { experimentResults, resultsOf } from '../../../../src/domain/results/experiment-results.ts';
import type { MetricText } from '../../../../src/domain/results/results-facts.ts';
import {
  clientRows,
  comparedRows,
  FACTS,
  fileRow,
  resultsInputs,
  resultsOfFiles,
} from '../../../support/results-world.ts';

const BETTER = [0.01, 0.02, 0.03] as const;
const WORSE = [-0.03, -0.02, -0.01] as const;
const UNCLEAR = [-0.01, 0.01, 0.03] as const;

const named = (name: string, biggerIsBetter: boolean | null = true): MetricText => ({
  name,
  description: null,
  biggerIsBetter,
});
const metrics = (texts: Readonly<Record<string, MetricText>>) => ({ metrics: new Map(Object.entries(texts)) });
const M = metrics({ m: named('M') });

function lineOf(results: ReturnType<typeof resultsOfFiles>, metric = 'm') {
  const [line] = resultsOf(results).find((result) => result.metric === metric)?.lines ?? [];
  if (line === undefined) throw new Error(`No line of ${metric}.`);
  return line;
}

describe('what is shown first', () => {
  it.each([
    [['overall', 'weekly', 'daily'], 'overall'],
    [['weekly', 'daily'], 'weekly'],
    [['daily', 'days28'], 'daily'],
    [['days28', 'preenrollment_weekly'], 'days28'],
  ] as const)('of files %j is %s', (periods, period) => {
    const files = Object.fromEntries(periods.map((name) => [name, comparedRows(BETTER)]));

    expect(resultsOfFiles(files).choice.period).toBe(period);
  });

  it('is a period that has rows of the segment', () => {
    const files = { overall: comparedRows(BETTER), weekly: comparedRows(BETTER, { segment: 'new' }) };

    expect(resultsOfFiles(files, {}, { segment: 'new' }).choice.period).toBe('weekly');
  });

  it('is the newest window, by number', () => {
    const files = { weekly: ['2', '10', '9'].flatMap((window_index) => comparedRows(BETTER, { window_index })) };

    const { choice, choices } = resultsOfFiles(files);

    expect(choice.window).toBe(10);
    expect(choices.windows).toEqual([2, 9, 10]);
    expect(choices.holes).toEqual([1, 3, 4, 5, 6, 7, 8]);
  });

  it.each([
    [{ control: 11, treatment: 11 }, 'every branch', 'exposures'],
    [{ control: 11, treatment: 10 }, 'some branches', 'enrollments'],
    [{ control: 11 }, 'some branches', 'enrollments'],
    [{ control: 0, treatment: 0 }, 'none', 'enrollments'],
    [{}, 'none', 'enrollments'],
  ] as const)('with %j exposed clients (%s) is the basis %s', (exposed, exposures, basis) => {
    const files = {
      overall: [...comparedRows(BETTER), ...clientRows(exposed, { analysis_basis: 'exposures' })],
    };

    expect(resultsOfFiles(files).choice.basis).toBe(basis);
    expect(exposuresOf({ ...resultsInputs(files), clientsMetric: 'identity' })).toBe(exposures);
  });

  it('is compared with the reference branch, or with the most compared one where there is none', () => {
    const files = { overall: comparedRows(BETTER) };

    expect(resultsOfFiles(files).choice.against).toBe('control');
    expect(resultsOfFiles(files, { referenceBranch: 'treatment' }).choice.against).toBe('treatment');
    expect(resultsOfFiles(files, { referenceBranch: null, branches: [] }).choice.against).toBe('control');
  });

  it('is nothing without a file', () => {
    expect(experimentResults({}, resultsInputs({}))).toBeUndefined();
  });
});

describe('choices', () => {
  it('without rows name those that have some', () => {
    const files = {
      overall: comparedRows(BETTER),
      weekly: [...comparedRows(BETTER, { segment: 'new' }), ...comparedRows(BETTER)],
    };

    const { groups, choices } = resultsOfFiles(files, {}, { period: 'overall', segment: 'new' });

    expect(groups).toEqual([]);
    expect(choices).toMatchObject({ periods: ['weekly'], segments: ['all'], bases: [], windows: [] });
  });

  it('name every branch that others are compared with', () => {
    const both = [
      ...comparedRows(BETTER),
      fileRow({ branch: 'control', comparison: 'relative_uplift', comparison_to_branch: 'treatment' }),
    ];

    const { choices } = resultsOfFiles({ overall: both });

    expect(choices.against).toEqual(['control', 'treatment']);
    const turned = resultsOfFiles({ overall: both }, {}, { against: 'treatment' });
    expect(lineOf(turned)).toMatchObject({ branch: 'control', against: 'treatment', uplift: { point: 1 } });
  });
});

describe('a line', () => {
  it('has uplift, difference and the value of its branch', () => {
    const results = resultsOfFiles({ overall: comparedRows(BETTER) }, M);

    expect(lineOf(results)).toEqual({
      branch: 'treatment',
      against: 'control',
      uplift: { lower: 0.01, point: 0.02, upper: 0.03, ciWidth: 0.95 },
      difference: { lower: 0.01, point: 0.02, upper: 0.03, ciWidth: 0.95 },
      absolute: { lower: 0.9, point: 1, upper: 1.1, ciWidth: 0.95 },
      reading: 'better',
      consoleReading: 'positive',
      consoleDiffers: null,
      labels: [],
    });
    expect(resultsOf(results)[0]).toMatchObject({ baseline: { point: 1 }, statistic: 'mean', window: 1 });
  });

  it('says where the console takes an increase of a metric for good that should be small', () => {
    const results = resultsOfFiles({ overall: comparedRows(BETTER) }, metrics({ m: named('M', false) }));

    expect(lineOf(results)).toMatchObject({
      reading: 'worse',
      consoleReading: 'positive',
      consoleDiffers: 'the console marks this as an increase in green',
    });
  });

  it('takes the first of doubled rows', () => {
    const rows = [...comparedRows(BETTER), ...comparedRows(WORSE)];

    expect(lineOf(resultsOfFiles({ overall: rows }, M)).reading).toBe('better');
  });

  it('never mixes rows with a parameter into means', () => {
    const rows = [...comparedRows(WORSE, { parameter: '0.5' }), ...comparedRows(BETTER)];

    expect(lineOf(resultsOfFiles({ overall: rows }, M)).reading).toBe('better');
  });

  it.each([
    [149, 1000, ['few clients']],
    [1000, 149, ['few clients']],
    [150, 150, []],
  ])('with %d and %d clients is labelled %j', (control, treatment, labels) => {
    const rows = [...comparedRows(BETTER), ...clientRows({ control, treatment })];

    expect(lineOf(resultsOfFiles({ overall: rows }, M)).labels).toEqual(labels);
  });

  it.each([
    [0.5, []],
    [0.51, ['very large, check']],
    [-0.51, ['very large, check']],
  ])('with an uplift of %d is labelled %j', (point, labels) => {
    const rows = comparedRows([point - 0.01, point, point + 0.01]);

    expect(lineOf(resultsOfFiles({ overall: rows }, M)).labels).toEqual(labels);
  });

  it('is there for a branch without comparisons, with its value alone', () => {
    const line = lineOf(resultsOfFiles({ overall: [fileRow()] }, M));

    expect(line).toMatchObject({ uplift: null, difference: null, absolute: { point: 1 }, reading: 'no interval' });
  });

  it('is not there for a branch without rows, which is named', () => {
    const branches = [...FACTS.branches, { slug: 'third', ratio: 1 }];

    const results = resultsOfFiles({ overall: comparedRows(BETTER) }, { ...M, branches });

    expect(resultsOf(results)[0]?.lines).toHaveLength(1);
    expect(results.absentBranches).toEqual(['third']);
  });
});

describe('statistics', () => {
  const statisticsShown = (files: Parameters<typeof resultsOfFiles>[0], facts = {}, request = {}) =>
    resultsOf(resultsOfFiles(files, facts, request)).map(({ metric, statistic }) => `${metric} ${statistic}`);
  const rows = (...names: string[]) =>
    names.flatMap((name) => {
      const [metric = '', statistic = ''] = name.split(' ');
      return comparedRows(UNCLEAR, { metric, statistic });
    });

  it.each([
    ['m mean_lm', 'm mean', ['m mean_lm']],
    ['m binomial', 'm mean', ['m mean']],
    ['m count', 'm sum', []],
    ['search_count mean', 'search_count binomial', ['search_count mean']],
    ['retained binomial', 'retained mean', ['retained binomial']],
    ['identity count', 'm population_ratio', ['m population_ratio']],
  ])('of %s and %s: %j', (a, b, shown) => {
    expect(statisticsShown({ overall: rows(a, b) })).toEqual(shown);
  });

  it('of a primary metric are all those that the console draws', () => {
    const outcomes = [{ slug: 'o', name: 'O', isPrimary: true, metrics: ['m'] }];
    const all = rows('m mean_lm', 'm mean', 'm binomial', 'm count', 'm sum');

    expect(statisticsShown({ overall: all }, { outcomes })).toEqual(['m binomial', 'm count', 'm mean_lm']);
  });

  it('hide a mean for a mean_lm of another window, as the console does', () => {
    const weekly = [
      ...comparedRows(UNCLEAR, { statistic: 'mean_lm', window_index: '1' }),
      ...comparedRows(UNCLEAR, { statistic: 'mean', window_index: '2' }),
    ];

    expect(statisticsShown({ weekly })).toEqual([]);
    expect(resultsOfFiles({ weekly }).undrawn).toEqual([{ metric: 'm', statistics: ['mean'] }]);
  });

  it('that are not drawn can be asked for', () => {
    const results = resultsOfFiles({ overall: rows('m sum', 'm mean') }, M, { stat: 'sum' });

    expect(resultsOf(results)[0]).toMatchObject({ statistic: 'sum' });
    expect(lineOf(results)).toMatchObject({ consoleReading: 'not drawn' });
    expect(results.choices.statistics).toEqual(['mean', 'sum']);
  });
});

describe('what the console says', () => {
  it.each([
    ['a bound of 0 in the first week', [0, 0.01, 0.02] as const],
    ['no bound in the first week', [null, 0.01, null] as const],
  ])('is "unavailable" with %s, whatever the newest says', (_, first) => {
    const weekly = [...comparedRows(first), ...comparedRows(BETTER, { window_index: '2' })];

    expect(lineOf(resultsOfFiles({ weekly }, M))).toMatchObject({ reading: 'better', consoleReading: 'unavailable' });
  });

  it('is "unavailable" where the first error of the metric has the basis and segment', () => {
    const firstErrors = new Map([['m', { basis: 'enrollments', segment: 'all' } as const]]);
    const elsewhere = new Map([['m', { basis: 'exposures', segment: 'all' } as const]]);

    expect(lineOf(resultsOfFiles({ overall: comparedRows(BETTER) }, { firstErrors })).consoleReading).toBe(
      'unavailable',
    );
    expect(lineOf(resultsOfFiles({ overall: comparedRows(BETTER) }, { firstErrors: elsewhere })).consoleReading).toBe(
      'positive',
    );
  });

  it('is nothing for periods that it does not read', () => {
    const line = lineOf(resultsOfFiles({ days28: comparedRows(BETTER) }, M));

    expect(line).toMatchObject({ consoleReading: 'not read', consoleDiffers: null });
  });

  it('comes for retention from week 2 only', () => {
    const part = { metric: 'retained', statistic: 'binomial' };
    const weekly = ['1', '2', '3'].flatMap((window_index) => comparedRows(BETTER, { ...part, window_index }));
    const at = (window: number) => lineOf(resultsOfFiles({ weekly }, {}, { window }), 'retained').consoleReading;

    expect([at(1), at(2), at(3)]).toEqual(['not drawn', 'positive', 'not drawn']);
  });

  it('is "unknown" for retention in the overall view, which shows week 2', () => {
    const part = { metric: 'retained', statistic: 'binomial' };
    const files = {
      weekly: ['1', '2'].flatMap((window_index) => comparedRows(BETTER, { ...part, window_index })),
      overall: comparedRows(UNCLEAR),
    };

    const results = resultsOfFiles(files, metrics({ retained: named('Retention') }));

    expect(resultsOf(results).find(({ metric }) => metric === 'retained')).toMatchObject({
      source: 'weekly',
      window: 2,
    });
    expect(lineOf(results, 'retained')).toMatchObject({ reading: 'better', consoleReading: 'unknown' });
  });

  it('leaves its arrow neutral where a week before is missing', () => {
    const weeks = (...windows: string[]) =>
      resultsOf(
        resultsOfFiles({ weekly: windows.flatMap((window_index) => comparedRows(BETTER, { window_index })) }, M),
      );

    expect(weeks('1', '2')[0]?.arrowNote).toBeNull();
    expect(weeks('1', '3')[0]?.arrowNote).toContain('stays neutral');
  });

  it('points its arrow up over three branches of which one decreased', () => {
    const branches = ['control', 'a', 'b', 'c'].map((slug) => ({ slug, ratio: 1 }));
    const overall = [
      ...comparedRows(WORSE, { branch: 'a' }),
      ...comparedRows(BETTER, { branch: 'b' }),
      ...comparedRows(BETTER, { branch: 'c' }),
    ];

    expect(resultsOf(resultsOfFiles({ overall }, { ...M, branches }))[0]?.arrowNote).toContain('points up');
  });
});

describe('groups', () => {
  const overall = [
    ...comparedRows(UNCLEAR, { metric: 'search_count' }),
    ...comparedRows(UNCLEAR, { metric: 'days_of_use' }),
    ...comparedRows(UNCLEAR, { metric: 'z_primary' }),
    ...comparedRows(BETTER, { metric: 'changed' }),
    ...comparedRows(UNCLEAR, { metric: 'secondary' }),
    ...comparedRows(UNCLEAR, { metric: 'rest' }),
    ...clientRows({ control: 1000, treatment: 1000 }),
  ];
  const facts = {
    outcomes: [
      { slug: 'second', name: 'Second', isPrimary: false, metrics: ['secondary'] },
      { slug: 'first', name: 'First', isPrimary: true, metrics: ['z_primary', 'changed', 'search_count'] },
    ],
    ...metrics({ changed: named('Changed'), z_primary: named('A primary one') }),
  };
  const outline = (request = {}) =>
    resultsOfFiles({ overall }, facts, request).groups.map(({ title, metrics }) => [
      title,
      ...metrics.map(({ metric }) => metric),
    ]);

  it('are changes, guardrails, primary and secondary outcomes, then the rest', () => {
    expect(outline()).toEqual([
      ['Notable changes', 'changed'],
      ['Guardrails', 'days_of_use', 'search_count'],
      ['First', 'z_primary'],
      ['Second', 'secondary'],
      ['Other metrics', 'rest'],
    ]);
    expect(resultsOfFiles({ overall }, facts).groups[2]?.listedAbove).toMatchObject([{ metric: 'changed' }]);
  });

  it('are only changes where that is asked for', () => {
    expect(outline({ show: 'changes' }).flat()).toEqual(['Notable changes', 'changed', 'First']);
  });

  it('are one where it is asked for, with its guardrails, changes first', () => {
    expect(outline({ outcome: 'first' })).toEqual([['First', 'changed', 'z_primary', 'search_count']]);
    expect(outline({ outcome: 'guardrails' })).toEqual([['Guardrails', 'days_of_use', 'search_count']]);
    expect(outline({ outcome: 'notable' })).toEqual([['Notable changes', 'changed']]);
    expect(outline({ outcome: 'no such' })).toEqual([]);
  });

  it('hold one metric where it is asked for', () => {
    expect(outline({ metric: 'rest' })).toEqual([['Other metrics', 'rest']]);
  });
});

describe('clients', () => {
  it('are counted with shares, against the ratio of the record', () => {
    const rows = clientRows({ control: 500, treatment: 500, stranger: 7 });

    expect(resultsOfFiles({ overall: rows }).clients).toEqual({
      branches: [
        { branch: 'control', clients: 500, share: 0.5, expectedShare: 0.5 },
        { branch: 'treatment', clients: 500, share: 0.5, expectedShare: 0.5 },
      ],
      expectedRatio: '1:1',
      pValue: 1,
    });
  });

  it('are not tested where a count or a ratio is missing', () => {
    const lacking = resultsOfFiles({ overall: clientRows({ control: 500 }) }).clients;
    const branches = FACTS.branches.map(({ slug }) => ({ slug, ratio: null }));
    const unknown = resultsOfFiles({ overall: clientRows({ control: 5, treatment: 5 }) }, { branches }).clients;

    expect(lacking).toMatchObject({ pValue: null, branches: [{ clients: 500 }, { clients: null, share: null }] });
    expect(unknown).toMatchObject({ pValue: null, expectedRatio: null });
  });

  it('are unknown without a count', () => {
    expect(resultsOfFiles({ overall: comparedRows(BETTER) }).clients).toBeUndefined();
  });
});
