import { expect, it } from 'vitest';
import { windowList } from '../../../../src/domain/rerun/window-list.ts';
import { namePresentWindows, nameWindows } from '../../../../src/domain/rerun/windows-text.ts';

it.each([
  ['weekly', [3], 'week 3'],
  ['daily', [3, 5, 6, 7], 'days 3, 5-7'],
  ['overall', [1], 'window 1'],
] as const)('names windows of %s: %j', (period, windows, text) => {
  expect(nameWindows(period, windowList(windows))).toBe(text);
});

it.each([
  [[1, 2, 3, 4, 5, 6], [3, 5, 6], 'weeks 1, 2, 4 of 6'],
  [[1, 2], [2], 'week 1 of 2'],
  [[1, 2], [1, 2], 'none of 2 weeks'],
  [[20], [20], 'none of 1 week'],
] as const)('tells which windows of %j are back without %j', (published, lost, text) => {
  const lists = { published: windowList(published), lost: windowList(lost) };

  expect(namePresentWindows('weekly', lists)).toBe(text);
});
