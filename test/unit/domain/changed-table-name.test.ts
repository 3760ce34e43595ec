import { expect, it } from 'vitest';
import { changedTableName } from '../../../src/domain/changed-table-name.ts';

it.each([
  ['statistics_a_weekly'],
  ['mozanalysis.statistics_a_weekly'],
  ['moz-fx-data.mozanalysis.statistics_a_weekly'],
  ['moz-fx-data:mozanalysis.statistics_a_weekly'],
  ['`moz-fx-data.mozanalysis.statistics_a_weekly`'],
])('takes the table out of %s', (text) => {
  expect(changedTableName(text, 'mozanalysis')).toBe('statistics_a_weekly');
});

it.each([
  ['', 'not the name of a statistics table'],
  ['enrollments_a', 'not the name of a statistics table'],
  ['statistics_weekly', 'not the name of a statistics table'],
  ['statistics_a_yearly', 'not the name of a statistics table'],
  ['a.b.mozanalysis.statistics_a_weekly', 'not the name of a statistics table'],
  ['p.telemetry.statistics_a_weekly', 'not in the results dataset mozanalysis'],
])('refuses %j, which is %s', (text, problem) => {
  expect(() => changedTableName(text, 'mozanalysis')).toThrow(problem);
});
