/** Three tables that the demo adds to the sample: one with bad rows, one without rows, and one that changes. */
import type { StatisticsView } from '../../adapters/duckdb/load-statistics.ts';

const TEMPLATE = 'statistics_newtab_topic_picker_three_way_week_1';
/** The two branches of that table, named as in these experiments' records. */
const CONTROL = 'control';
const TREATMENT = 'treatment';
const TREATMENT_OF_TEMPLATE = 'topics-above';

export const BAD_EXPERIMENT = 'demo-bad-rows';
export const EMPTY_EXPERIMENT = 'demo-no-rows';
export const CHANGING_EXPERIMENT = 'demo-changing-results';

/** Records of these experiments as the API would list them. */
export function oddExperiments(now: number): object[] {
  const startDate = new Date(now - 30 * 86_400_000).toISOString().slice(0, 10);
  return [BAD_EXPERIMENT, EMPTY_EXPERIMENT, CHANGING_EXPERIMENT].map((slug) => ({
    slug,
    appName: 'firefox_desktop',
    appId: 'firefox-desktop',
    channel: 'release',
    channels: ['release'],
    targeting: 'true',
    startDate,
    endDate: null,
    enrollmentEndDate: null,
    proposedEnrollment: 7,
    proposedDuration: 28,
    referenceBranch: CONTROL,
    branches: [
      { slug: CONTROL, ratio: 1, features: [] },
      { slug: TREATMENT, ratio: 1, features: [] },
    ],
    bucketConfig: { namespace: slug, randomizationUnit: 'normandy_id', start: 0, count: 1000, total: 10_000 },
    featureIds: [],
    isRollout: false,
    outcomes: [],
    segments: [],
  }));
}

/** Statements that make these tables from one of the sample. */
export function createOddTables(dataset: string): string[] {
  const renamed = (column: string) =>
    `CASE ${column} WHEN '${TREATMENT_OF_TEMPLATE}' THEN '${TREATMENT}' ELSE ${column} END AS ${column}`;
  const isOfTwoBranches = `branch IN ('${CONTROL}', '${TREATMENT_OF_TEMPLATE}')
    AND coalesce(comparison_to_branch, '${CONTROL}') IN ('${CONTROL}', '${TREATMENT_OF_TEMPLATE}')`;
  const template = `(SELECT * REPLACE (${renamed('branch')}, ${renamed('comparison_to_branch')})
    FROM ${dataset}.${TEMPLATE} WHERE ${isOfTwoBranches})`;
  const copies = [
    // Every fifth row has no segment, which Experimenter rejects: more than the allowed tenth.
    {
      table: tableOf(BAD_EXPERIMENT),
      rows: 'SELECT * REPLACE (CASE WHEN row_number() OVER () % 5 = 0 THEN NULL ELSE segment END AS segment)',
      where: 'TRUE',
    },
    { table: tableOf(EMPTY_EXPERIMENT), rows: 'SELECT *', where: 'FALSE' },
    { table: tableOf(CHANGING_EXPERIMENT), rows: 'SELECT *', where: 'TRUE' },
  ];
  return copies.flatMap(({ table, rows, where }) => [
    `CREATE OR REPLACE TABLE ${dataset}.${table} AS ${rows} FROM ${template} WHERE ${where}`,
    `CREATE OR REPLACE VIEW ${dataset}.${viewOf(table)} AS SELECT *, 1::BIGINT AS window_index FROM ${dataset}.${table}`,
  ]);
}

/** Statements that change the table as an analysis of more clients would: narrower intervals. */
export function changeResults(dataset: string): string[] {
  const table = `${dataset}.${tableOf(CHANGING_EXPERIMENT)}`;
  const clients = `(SELECT max(point) FROM ${table} WHERE statistic = 'count')`;
  return [
    `UPDATE ${table} SET
       point = CASE WHEN statistic = 'count' THEN point + 3
         ELSE point + coalesce("upper" - "lower", 0) * 0.02 * sin(${clients} + rowid) END,
       "lower" = "lower" + ("upper" - "lower") * 0.0025,
       "upper" = "upper" - ("upper" - "lower") * 0.0025`,
  ];
}

export function oddViews(): Pick<StatisticsView, 'view'>[] {
  return [BAD_EXPERIMENT, EMPTY_EXPERIMENT, CHANGING_EXPERIMENT].map((slug) => ({ view: viewOf(tableOf(slug)) }));
}

function tableOf(slug: string): string {
  return `statistics_${slug.replaceAll('-', '_')}_week_1`;
}

function viewOf(table: string): string {
  return table.replace(/_week_1$/, '_weekly');
}
