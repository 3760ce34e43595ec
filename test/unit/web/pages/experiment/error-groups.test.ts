import { expect, it } from 'vitest';
import { errorsView } from '../../../../../src/web/pages/experiment/error-groups.ts';

const ABOUT = { experiment: 'my-slug', analysisStart: '2026-01-14 04:00:00+00:00' };

function row(timestamp: string, part: Readonly<Record<string, unknown>> = {}) {
  return { timestamp, exception_type: 'KeyError', message: 'no column x in 3 rows', metric: null, ...part };
}

it('shows of each metric only the last error, and of the experiment all', () => {
  const rows = [
    row('2026-01-14T05:00:00Z', { metric: 'a', message: 'first' }),
    row('2026-01-14T06:00:00Z', { metric: 'a', message: 'last' }),
    row('2026-01-14T06:00:00Z', { message: 'of the experiment' }),
    row('2026-01-14T07:00:00Z', { message: 'of the experiment' }),
  ];

  const view = errorsView(rows, ABOUT);

  expect(view.count).toBe(3);
  expect(view.groups.map(({ message, count, metrics }) => [message, count, metrics])).toEqual([
    ['of the experiment', 2, []],
    ['last', 1, ['a']],
  ]);
});

it('counts errors from before the analysis, and shows none of them', () => {
  const rows = [row('2026-01-14T03:59:59Z'), row('2026-01-14T04:00:00Z')];

  expect(errorsView(rows, ABOUT)).toMatchObject({ count: 1, older: 1 });
});

it('shows all if the start of the analysis is unknown', () => {
  expect(errorsView([row('2020-01-01T00:00:00Z')], { ...ABOUT, analysisStart: null })).toMatchObject({ count: 1 });
});

it('groups messages that differ only in names and numbers', () => {
  const rows = ['3', '4', '5'].map((number) =>
    row('2026-01-14T05:00:00Z', {
      metric: `m${number}`,
      message: `no column 'a${number}' in ${number} rows of my-slug`,
    }),
  );

  const { groups } = errorsView(rows, ABOUT);

  expect(groups).toMatchObject([{ count: 3, metrics: ['m3', 'm4', 'm5'] }]);
});

it('leaves out rows whose time cannot be read', () => {
  expect(errorsView([row('yesterday'), row('')], ABOUT)).toEqual({ groups: [], count: 0, older: 0 });
});
