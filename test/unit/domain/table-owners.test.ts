import { array, assert, constantFrom, nat, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANALYSIS_PERIODS } from '../../../src/domain/analysis-period.ts';
import { assignTables, mayBelong, type OwnableTable } from '../../../src/domain/table-owners.ts';
import { WINDOW_PERIODS } from '../../../src/domain/window-period.ts';

function table(name: string, description?: string): OwnableTable {
  return { name, kind: 'table', ...(description === undefined ? {} : { description }) };
}

function view(name: string): OwnableTable {
  return { name, kind: 'view' };
}

/** `slug period` of each table, with rivals behind. */
function owners(tables: readonly OwnableTable[], slugs: readonly string[] = []): string[] {
  const { windows, periods } = assignTables(tables, slugs);
  return [...windows, ...periods].map(({ slug, period, rivals }) =>
    [`${slug} ${period}`, ...rivals.map((rival) => `not ${rival.slug} ${rival.period}`)].join(', '),
  );
}

const AMBIGUOUS = 'statistics_x_preenrollment_week_1';

describe('a per-window table belongs', () => {
  it.each([
    ['its description', [table('statistics_a_b_week_1', 'a.b')], ['a-b'], 'a.b weekly'],
    [
      'its description, whichever period it leaves',
      [table(AMBIGUOUS, 'x')],
      ['x-preenrollment'],
      'x preenrollment_weekly',
    ],
    ['the description of a longer slug', [table(AMBIGUOUS, 'x-preenrollment')], ['x'], 'x-preenrollment weekly'],
    [
      'a slug with _overall in it',
      [table('statistics_x_overall_y_overall_1', 'x_overall-y')],
      [],
      'x_overall-y overall',
    ],
    ['a slug beyond ASCII', [table('statistics___x_day_10', 'ü-x')], [], 'ü-x daily'],
    ['the longest known slug', [table(AMBIGUOUS)], ['x', 'x-preenrollment'], 'x-preenrollment weekly'],
    ['a known slug', [table(AMBIGUOUS)], ['x'], 'x preenrollment_weekly'],
    ['the longest period', [table(AMBIGUOUS)], ['y'], 'x preenrollment_weekly'],
    [
      'the first of slugs that are alike',
      [table('statistics_a_b_week_1')],
      ['a.b', 'a-b', 'a.b'],
      'a.b weekly, not a-b weekly',
    ],
  ])('by %s', (_, tables, slugs, owner) => {
    expect(owners(tables, slugs)).toEqual([owner]);
  });

  it.each([
    ['another slug', 'other'],
    ['a slug that is only a prefix', 'foo'],
    ['a line break that a name has as _', 'foo\nweek_x'],
    ['quotes around it', '"foo-week-x"'],
    ['blanks around it', ' foo-week-x '],
    ['half a surrogate pair', 'foo\ud800week_x'],
    ['10 MB', 'foo-week-x'.repeat(1e6)],
  ])('by its name if its description is %s', (_, description) => {
    const tables = [table('statistics_foo_week_x_week_1', description)];

    const { windows, contradictions } = assignTables(tables, ['foo']);

    expect(windows).toEqual([{ table: tables[0]?.name, slug: 'foo_week_x', period: 'weekly', rivals: [] }]);
    expect(contradictions).toEqual(['statistics_foo_week_x_week_1']);
  });

  it('to nobody if its name is no statistics table', () => {
    const names = ['enrollments_x', 'statistics__week_1', 'statistics_week_1', 'statistics_x_week_', 'x_week_1', ''];

    expect(owners(names.map((name) => table(name, 'x')))).toEqual([]);
  });
});

describe('a view belongs', () => {
  it('to the experiment of its tables, among slugs that are alike', () => {
    const tables = [
      view('statistics_a_b_weekly'),
      table('statistics_a_b_week_1', 'a_b'),
      table('statistics_a_b_week_2'),
    ];

    expect(owners(tables, ['a-b', 'a_b']).at(-1)).toBe('a_b weekly');
  });

  it('to the experiment of its tables if these tell where the slug ends', () => {
    const tables = [view('statistics_x_preenrollment_weekly'), table(AMBIGUOUS, 'x')];

    expect(owners(tables, ['x', 'x-preenrollment']).at(-1)).toBe('x preenrollment_weekly');
  });

  it('to nobody else for the table of a longer slug that its wildcard takes in', () => {
    const tables = [view('statistics_foo_weekly'), table('statistics_foo_week_x_week_1', 'foo-week-x')];

    expect(owners(tables).at(-1)).toBe('foo weekly');
  });

  it('to the known slug that comes first if its tables have two; the other is a rival', () => {
    const tables = [
      view('statistics_a_b_weekly'),
      table('statistics_a_b_week_1', 'a.b'),
      table('statistics_a_b_week_2', 'a-b'),
      table('statistics_a_b_week_3', 'a_b'),
    ];

    expect(owners(tables, ['a_b']).at(-1)).toBe('a_b weekly, not a-b weekly, not a.b weekly');
    expect(owners(tables.toReversed(), ['a_b']).at(-1)).toBe('a_b weekly, not a-b weekly, not a.b weekly');
  });

  it('to the experiment of its name if it has no tables, whatever describes it', () => {
    expect(owners([{ ...view('statistics_a_b_weekly'), description: 'a.b' }], ['a-b'])).toEqual(['a-b weekly']);
  });
});

it('gives a plain table of a period to the experiment that describes it', () => {
  const tables = [table('statistics_a_b_weekly', 'a.b'), table('statistics_a_b_week_1', 'a-b')];

  const { periods } = assignTables(tables, []);

  expect(periods.map((owned) => [owned.slug, mayBelong(owned, 'a.b'), mayBelong(owned, 'a-b')])).toEqual([
    ['a.b', true, false],
  ]);
});

describe('the rule for per-window tables', () => {
  const word = constantFrom('a', 'b', 'week', 'day', 'preenrollment', 'overall', 'days28', '1', 'daily');
  const slug = array(word, { minLength: 1, maxLength: 4 }).chain((words) =>
    constantFrom(...['-', '_', '.'].map((glue) => words.join(glue))),
  );

  /** The spec, read plainly: every known text is tried at every place. */
  function plainly(name: string, description: string | undefined, slugs: readonly string[]): string | undefined {
    const rest = (text: string): string | undefined => {
      const prefix = `statistics_${text.replaceAll(/[^A-Za-z0-9_]/g, '_')}_`;
      return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    };
    const leavesWindow = (text: string): boolean =>
      ANALYSIS_PERIODS.some((period) => new RegExp(`^${WINDOW_PERIODS[period]}_[0-9]+$`).test(rest(text) ?? ''));
    if (description !== undefined && leavesWindow(description)) return description;
    const [longest] = slugs.filter(leavesWindow).toSorted((a, b) => b.length - a.length);
    if (longest !== undefined) return longest;
    const ends = Array.from({ length: name.length }, (_, end) => name.slice('statistics_'.length, end + 1));
    return ends.find(leavesWindow);
  }

  it('is that of a plain reading', () => {
    const world = record({
      own: slug,
      period: constantFrom(...Object.values(WINDOW_PERIODS)),
      window: nat(),
      description: option(slug, { nil: undefined }),
      slugs: array(slug, { maxLength: 5 }),
    });
    assert(
      property(world, ({ own, period, window, description, slugs }) => {
        const name = `statistics_${own.replaceAll(/[^A-Za-z0-9_]/g, '_')}_${period}_${window}`;

        const [found] = assignTables([table(name, description)], slugs).windows;

        expect(found?.slug).toBe(plainly(name, description, slugs));
      }),
      { numRuns: 2000 },
    );
  });
});
