/**
 * What is found out about the rows of a table that several workers read: together they decide as one reader of all
 * would. One window is larger than a part, so the rows of one window and segment lie in several parts.
 */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { STATISTICS_FIELDS, WINDOW_FIELD } from '../../support/replay-server/statistics-rows.ts';
import { type StatisticsRow, statisticsRow } from '../../support/statistics-table.ts';
import { googleWorld, OBJECT, partsDone, VIEW } from '../../support/google-world.ts';

const METRICS = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8'];
const DIVIDED = { CONTRAIL_STATISTICS_DIVIDE_ROWS: '10', CONTRAIL_BIGQUERY_PARTS: '4' };
const Rows = z.array(z.record(z.string(), z.unknown()));

/** Rows of two branches for each metric, in two windows. */
const GOOD = METRICS.flatMap((metric) =>
  ['control', 'treatment'].flatMap((branch) =>
    [1, 2].map((window_index) => statisticsRow({ metric, branch, window_index })),
  ),
);

const comparison = (metric: string, branch: string): StatisticsRow =>
  statisticsRow({ metric, branch: 'control', comparison: 'difference', comparison_to_branch: branch });

/** What became of a table: the rows of its file, and what was logged. */
async function decide(rows: readonly StatisticsRow[], isDivided: boolean) {
  const table = { name: `mozanalysis.${VIEW}`, fields: [...STATISTICS_FIELDS, WINDOW_FIELD], rows };
  const { run, contrail, start, published, logged, storage } = await googleWorld(
    { tables: [table] },
    isDivided ? DIVIDED : {},
  );
  let parts = 0;
  if (isDivided) {
    await contrail('backfill', '--product', 'statistics');
    const { code, stderr } = await start('worker', '--drain').ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    parts = partsDone(stderr).length;
  } else {
    await run();
  }
  const bytes = published();
  const file = bytes === undefined ? undefined : Rows.parse(JSON.parse(bytes.toString('utf8')));
  const metadata = storage.bucket.objects.get(OBJECT)?.metadata ?? {};
  return {
    parts,
    decision: {
      file: file?.map((row) => JSON.stringify(row)).toSorted(),
      counts: ['rows', 'rejected', 'dropped', 'duplicates'].map((name) => metadata[`contrail-${name}`]),
      logged: logged().map((row) => [row['log_level'], row['exception_type'], row['message']]),
    },
    left: [...storage.bucket.objects.keys()].filter((name) => name !== OBJECT),
  };
}

const cases: readonly [string, readonly StatisticsRow[], object][] = [
  [
    'a comparison with a branch whose rows another part has',
    [...GOOD, comparison('m1', 'late'), statisticsRow({ metric: 'm8', branch: 'late' })],
    { counts: ['34', '0', '0', '0'], logged: [] },
  ],
  [
    'a comparison with a branch that no part has',
    [...GOOD, comparison('m1', 'nobody')],
    {
      counts: ['32', '0', '1', '0'],
      logged: [['ERROR', 'InvalidStatisticException', expect.stringContaining('nobody has no rows')]],
    },
  ],
  [
    'a comparison with a branch that only compares itself with nobody, in another part',
    [...GOOD, comparison('m1', 'late'), { ...comparison('m8', 'nobody'), branch: 'late' }],
    {
      counts: ['32', '0', '2', '0'],
      logged: [['ERROR', 'InvalidStatisticException', expect.stringContaining('late has no rows')]],
    },
  ],
  [
    'keys that are repeated in two of the parts',
    [...GOOD, ...GOOD.filter((row) => row['metric'] === 'm2' || row['metric'] === 'm7')],
    { counts: ['32', '0', '0', '8'], logged: [['WARNING', null, expect.stringContaining('8 rows')]] },
  ],
  [
    'refused rows that are many in their part, and few in all',
    [...GOOD, ...[2, 3].map((ci_width) => statisticsRow({ metric: 'm3', ci_width }))],
    {
      counts: ['32', '2', '0', '0'],
      logged: [['ERROR', 'InvalidStatisticException', expect.stringContaining('2 of 34')]],
    },
  ],
  [
    'refused rows that are too many in all',
    [...GOOD, ...METRICS.map((metric) => statisticsRow({ metric, ci_width: 2 }))],
    { file: undefined, logged: [['ERROR', 'InvalidStatisticException', expect.stringContaining('8 of 40')]] },
  ],
];

it.each(cases)('decides about %s as one reader would', async (_, rows, expected) => {
  const whole = await decide(rows, false);

  const divided = await decide(rows, true);

  expect(whole.decision).toMatchObject(expected);
  expect(divided.decision).toEqual(whole.decision);
  expect(divided.parts).toBeGreaterThan(2);
  expect(divided.left).toEqual([]);
});
