import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANALYSIS_PERIODS, isAnalysisPeriod, parseAnalysisPeriod } from '../../../src/domain/analysis-period.ts';
import { normaliseSlug } from '../../../src/domain/slug.ts';
import {
  parseStatisticsTableName,
  statisticsObjectName,
  statisticsTableName,
} from '../../../src/domain/statistics-name.ts';

describe('names of statistics', () => {
  it('are made of the normal form of the slug and the period', () => {
    expect(statisticsTableName('my-slug', 'weekly')).toBe('statistics_my_slug_weekly');
    expect(statisticsObjectName('Foo.bar', 'preenrollment_days28')).toBe(
      'statistics/statistics_Foo_bar_preenrollment_days28.json',
    );
  });

  it.each([
    ['statistics_my_slug_weekly', 'my_slug', 'weekly'],
    ['statistics_foo_weekly_daily', 'foo_weekly', 'daily'],
    ['statistics_x_preenrollment_weekly', 'x', 'preenrollment_weekly'],
    ['statistics_x_preenrollment_days28', 'x', 'preenrollment_days28'],
    ['statistics_preenrollment_weekly', 'preenrollment', 'weekly'],
    ['statistics___weekly', '_', 'weekly'],
    ['statistics_statistics_x_overall', 'statistics_x', 'overall'],
    ['statistics_week_1_daily', 'week_1', 'daily'],
  ])('%s is of %s and %s: the longest period wins', (table, slug, period) => {
    expect(parseStatisticsTableName(table)).toEqual({ slug, period });
    expect(parseStatisticsTableName(table)).toBeDefined();
  });

  it.each([
    'statistics_x_week_1',
    'statistics_x_overall_1',
    'statistics_x_days28_1',
    'statistics_weekly',
    'statistics__weekly',
    'statistics_x_WEEKLY',
    'statistics_xweekly',
    'enrollments_x_weekly',
    'x_statistics_y_weekly',
    'statistics_x',
    '',
  ])('%j is no table of a file', (table) => {
    expect(parseStatisticsTableName(table)).toBeUndefined();
    expect(parseStatisticsTableName(table)).toBeUndefined();
  });

  it('lead back to slug and period, unless the slug ends like the beginning of a longer period', () => {
    const slug = fc.string({ minLength: 1, maxLength: 80 }).map(normaliseSlug);

    fc.assert(
      fc.property(slug, fc.constantFrom(...ANALYSIS_PERIODS), (slug, period) => {
        const isAmbiguous = slug.endsWith('_preenrollment') && (period === 'weekly' || period === 'days28');
        const parsed = parseStatisticsTableName(statisticsTableName(slug, period));
        expect(parsed).toEqual(
          isAmbiguous
            ? { slug: slug.slice(0, -'_preenrollment'.length), period: `preenrollment_${period}` }
            : { slug, period },
        );
      }),
      { examples: [['x_preenrollment', 'weekly']] },
    );
  });
});

describe('a period', () => {
  it('is one of six names', () => {
    expect(ANALYSIS_PERIODS.map(parseAnalysisPeriod)).toEqual(ANALYSIS_PERIODS);
    expect(isAnalysisPeriod('week')).toBe(false);
  });

  it.each([
    ['weely', 'Did you mean weekly?'],
    ['day28', 'Did you mean days28?'],
    ['Weekly', 'Did you mean weekly?'],
    ['hourly-ish', 'The periods are daily, weekly, days28'],
    ['', 'The periods are'],
  ])('is not %j, whose error suggests: %s', (text, hint) => {
    expect(() => parseAnalysisPeriod(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) }),
    );
  });
});
