import { describe, expect, it } from 'vitest';
import { formatWindows } from '../../../../src/domain/rerun/window-list.ts';
import { lastChanges } from '../../../../src/domain/rerun/last-change.ts';
import { type TableEntry, WindowTables } from '../../../../src/domain/rerun/window-tables.ts';

function tables(...names: readonly string[]): TableEntry[] {
  return names.map((name, index) => ({ name, kind: 'table', changedAt: index }));
}

function view(name: string): TableEntry {
  return { name, kind: 'view' };
}

describe('the windows of a period', () => {
  it('are those of its base tables', () => {
    const index = new WindowTables([
      ...tables('statistics_my_slug_week_1', 'statistics_my_slug_week_2', 'statistics_my_slug_week_10'),
      ...tables('statistics_my_slug_day_7', 'statistics_other_week_9', 'statistics_my_slug_preenrollment_week_1'),
      view('statistics_my_slug_weekly'),
      view('statistics_my_slug_week_5'),
    ]);

    expect(formatWindows(index.windowsOf('my-slug', 'weekly'))).toBe('1,2,10');
    expect(formatWindows(index.windowsOf('my-slug', 'daily'))).toBe('7');
    expect(formatWindows(index.windowsOf('my-slug', 'preenrollment_weekly'))).toBe('1');
    expect(formatWindows(index.windowsOf('my-slug', 'overall'))).toBe('');
  });

  it('are not those of a longer slug that begins alike', () => {
    const index = new WindowTables(
      tables('statistics_foo_week_x_week_1', 'statistics_foo_week_a', 'statistics_foo_week'),
    );

    expect(index.lacksTables('foo', 'weekly')).toBe(true);
    expect(index.lacksTables('foo-week-x', 'weekly')).toBe(false);
  });
});

describe('a period', () => {
  it('lacks tables where there is only a view, or nothing', () => {
    const index = new WindowTables([view('statistics_x_weekly')]);

    expect([index.lacksTables('x', 'weekly'), index.lacksTables('y', 'weekly')]).toEqual([true, true]);
  });

  it('has its table where that has the name of the view', () => {
    const index = new WindowTables(tables('statistics_x_weekly'));

    expect([index.lacksTables('x', 'weekly'), index.isByWindow('x', 'weekly')]).toEqual([false, false]);
  });
});

describe('the tables of an experiment', () => {
  it('are those of all periods, of enrollments and of metrics; the newest tells the last change', async () => {
    const own = tables(
      'statistics_a_b_week_1',
      'statistics_a_b_preenrollment_days28_1',
      'enrollments_a_b',
      'a_b_enrollments_main_overall_1',
      'a_b_exposures_main_week_2',
    );
    const others = tables(
      'statistics_a_week_1',
      'statistics_a_b_c_week_1',
      'enrollments_a',
      'a_enrollments_b',
      'a_b_weekly',
    );
    const index = new WindowTables([...others, ...own, view('statistics_a_b_weekly'), view('a_b_enrollments_view')]);

    const found = index.tablesOf('a-b');

    expect(new Set(found.map(({ name }) => name))).toEqual(new Set(own.map(({ name }) => name)));
    const changes = await lastChanges(['a-b', 'none'], index, () => Promise.reject(new Error('not needed')));
    expect([...changes]).toEqual([['a-b', 4]]);
  });

  it('are described where the listing has no times', async () => {
    const index = new WindowTables([
      { name: 'statistics_a_week_1', kind: 'table' },
      { name: 'statistics_b_week_1', kind: 'table' },
    ]);
    const versions = new Map([
      ['statistics_a_week_1', '2026-06-29T21:30:00.000Z'],
      ['statistics_b_week_1', 'f0123456789abcdef'],
    ]);

    const changes = await lastChanges(['a', 'b'], index, (names) =>
      Promise.resolve(names.map((name) => ({ name, version: versions.get(name) ?? '' }))),
    );

    expect([...changes]).toEqual([['a', Date.parse('2026-06-29T21:30:00Z')]]);
  });
});
