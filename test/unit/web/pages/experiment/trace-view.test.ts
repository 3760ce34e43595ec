import { expect, it } from 'vitest';
import type { CellFate, TraceCell } from '../../../../../src/domain/trace/cell.ts';
import { traceView } from '../../../../../src/web/pages/experiment/trace-view.ts';

function view(...fates: readonly CellFate[]) {
  const key = { period: 'weekly', basis: 'enrollments', segment: 'all', window: 3 } as const;
  const cells = fates.map((fate, index): TraceCell => ({ ...key, metric: `m${index}`, ...fate }));
  return traceView({
    experiment: 'my-slug',
    cells,
    failedExports: new Map(),
    rebuilding: new Map(),
    problems: [],
    warnings: [],
  });
}
const FILE = 'statistics/statistics_my_slug_weekly.json';
const FAILED = { lost: 'computed', reason: 'failed:data', exception_type: 'E', message: 'x' } as const;

it('counts the results at each step', () => {
  const { headline, steps } = view({ lost: null, view: 'card' }, FAILED, { lost: 'published', reason: 'no_file' });

  expect(headline).toBe('3 expected, 1 shown; 1 not computed, 1 not published');
  expect(steps.map(({ step, left }) => `${step} ${left}`)).toEqual([
    'configured 3',
    'due 3',
    'computed 2',
    'published 1',
    'shown 1',
  ]);
});

it('links a failed metric to its own log rows', () => {
  const [group] = view(FAILED).groups;

  expect(group?.links).toEqual([{ text: 'Log rows', to: 'errors', metric: 'm0' }]);
});

it('links what was not published to the runs, and to the file if there is one', () => {
  const ofStale = view({ lost: 'published', reason: 'file_stale' }).groups[0]?.links;
  const ofAbsent = view({ lost: 'published', reason: 'no_file' }).groups[0]?.links;

  expect(ofStale?.map(({ to, object }) => [to, object])).toEqual([
    ['runs', undefined],
    ['file', FILE],
  ]);
  expect(ofAbsent?.map(({ to }) => to)).toEqual(['runs']);
});

it('links what is not drawn to the file', () => {
  const [group] = view({ lost: 'shown', reason: 'bounds', branch: 'b', view: 'card' }).groups;

  expect(group?.links).toEqual([{ text: 'Published file', to: 'file', object: FILE }]);
});

it('says so if nothing is configured', () => {
  expect(view().headline).toBe('no results are expected');
});

it('tells first what somebody can do most about, and what is not due once for all periods', () => {
  const key = { basis: 'enrollments', segment: 'all', window: 3 } as const;
  const undue = { lost: 'due', reason: 'enrollment_open' } as const;
  const cells: TraceCell[] = [
    { ...key, period: 'daily', metric: 'a', ...undue },
    { ...key, period: 'weekly', metric: 'a', ...FAILED },
    { ...key, period: 'weekly', metric: 'b', lost: 'published', reason: 'no_file' },
    { ...key, period: 'overall', metric: 'a', ...undue },
  ];
  const nothing = { failedExports: new Map(), rebuilding: new Map(), problems: [], warnings: [] };

  const { groups, notDue } = traceView({ experiment: 'my-slug', cells, ...nothing });

  expect(groups.map(({ lost }) => lost)).toEqual(['published', 'computed']);
  expect(notDue).toMatchObject([{ periods: ['daily', 'overall'], results: 2 }]);
});
