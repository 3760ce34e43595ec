import { expect, it } from 'vitest';
import type { AnalysisPeriod } from '../../../../../src/domain/analysis-period.ts';
import { newestWindow, windowText } from '../../../../../src/web/pages/experiment/newest-window.ts';
import type { FileLine } from '../../../../../src/web/pages/experiment/source.ts';

function file(period: AnalysisPeriod, windows: string | undefined, rows = 10): FileLine {
  const leftOut = { rejected: 0, dropped: 0, duplicates: 0 };
  const published = { url: 'x', version: '1', rows, leftOut, bytes: 1, sha256: undefined, at: 0, windows };
  return {
    file: { product: 'statistics', experiment: 'my-slug', period },
    object: period,
    published,
    state: undefined,
  };
}
function textOf(...files: readonly FileLine[]): string | undefined {
  const newest = newestWindow(files);
  return newest === undefined ? undefined : windowText(newest);
}

it.each([
  [[file('daily', '1-7'), file('weekly', '1-9,11')], 'week 11'],
  [[file('daily', '1-7'), file('weekly', '1-3', 0)], 'day 7'],
  [[file('overall', '1'), file('weekly', '1-9')], 'overall'],
  [[file('weekly', undefined)], 'weekly'],
  [[file('days28', '1')], undefined],
])('is the last window of what Experimenter shows first', (files, text) => {
  expect(textOf(...files)).toBe(text);
});
