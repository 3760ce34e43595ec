/** Names of statistics views, tables and objects, and parsing them (spec: statistics, section 1). */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from './analysis-period.ts';
import { normaliseSlug } from './slug.ts';

const TABLE_PREFIX = 'statistics_';
const OBJECT_FOLDER = 'statistics/';
const OBJECT_SUFFIX = '.json';

const PERIODS_LONGEST_FIRST = [...ANALYSIS_PERIODS].sort((a, b) => b.length - a.length);

/** `my-slug`, `weekly` → `statistics_my_slug_weekly`. */
export function statisticsTableName(slug: string, period: AnalysisPeriod): string {
  return `${TABLE_PREFIX}${normaliseSlug(slug)}_${period}`;
}

/** `my-slug`, `weekly` → `statistics/statistics_my_slug_weekly.json`. */
export function statisticsObjectName(slug: string, period: AnalysisPeriod): string {
  return `${OBJECT_FOLDER}${statisticsTableName(slug, period)}${OBJECT_SUFFIX}`;
}

/** Normalised slug and period from a table's name; the longest period suffix wins. Undefined for other names. */
export function parseStatisticsTableName(table: string): { slug: string; period: AnalysisPeriod } | undefined {
  if (!table.startsWith(TABLE_PREFIX)) return undefined;
  const rest = table.slice(TABLE_PREFIX.length);
  const period = PERIODS_LONGEST_FIRST.find((candidate) => rest.endsWith(`_${candidate}`));
  if (period === undefined || rest.length <= period.length + 1) return undefined;
  return { slug: rest.slice(0, -(period.length + 1)), period };
}

/** The same from an object's name: `statistics/statistics_my_slug_weekly.json`. */
export function parseStatisticsObjectName(object: string): { slug: string; period: AnalysisPeriod } | undefined {
  if (!object.startsWith(OBJECT_FOLDER) || !object.endsWith(OBJECT_SUFFIX)) return undefined;
  return parseStatisticsTableName(object.slice(OBJECT_FOLDER.length, -OBJECT_SUFFIX.length));
}
