/** A rerun of the analysis as users see it: tables of a view are dropped and come back, and the published file stays. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { queryRows } from '../support/duckdb.ts';
import { createLargeTable } from '../support/large-table.ts';

const WEEKS = [1, 2, 3, 4];
const RUN = 'run statistics --experiment alpha --period weekly';
const ONLY = '--experiment alpha --product statistics';

const tableOf = (week: number) => `statistics_alpha_week_${week}`;
const viewOf = (weeks: readonly number[]) =>
  `CREATE OR REPLACE VIEW mozanalysis.statistics_alpha_weekly AS ${weeks
    .map((week) => `SELECT * FROM mozanalysis.${tableOf(week)}`)
    .join(' UNION ALL ')}`;

/** Four weeks that are published. */
async function setup() {
  const world = deployment();
  const path = join(world.bucket, 'statistics', 'statistics_alpha_weekly.json');
  const change = (...statements: readonly string[]) => runStatements(world.file, statements);
  const load = async (weeks: readonly number[], seed: number) => {
    for (const week of weeks) {
      const create = createLargeTable(tableOf(week), 20, seed);
      await change(
        ...create,
        `UPDATE mozanalysis.${tableOf(week)} SET window_index = ${week}, metric = metric || point`,
      );
    }
  };
  await load(WEEKS, 1);
  await change(viewOf(WEEKS));
  await world.contrail(RUN);
  return {
    ...world,
    change,
    load,
    drop: (weeks: readonly number[]) => change(...weeks.map((week) => `DROP TABLE mozanalysis.${tableOf(week)}`)),
    published: () => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0)),
    windows: () => [
      ...new Set(JSON.parse(readFileSync(path, 'utf8')).map((row: { window_index: string }) => row.window_index)),
    ],
    weekly: async () => (await world.json(`status alpha --product statistics --state rebuilding,gone,fresh`)).files,
  };
}

const REBUILDING = expect.objectContaining({ state: 'rebuilding', period: 'weekly', detail: 'weeks 1, 2 of 4' });
const GONE = expect.objectContaining({
  state: 'gone',
  period: 'weekly',
  detail: expect.stringMatching(/^deleted \d+ (s|min) ago, file of \d+ \w+ \d+ stays$/),
});

describe('a rerun of the analysis', () => {
  it('leaves the file as it was until all tables are back', async () => {
    const world = await setup();
    const before = world.published();

    await world.drop([3, 4]);
    const half = { status: await world.weekly(), backfill: await world.contrail(`backfill ${ONLY}`) };
    const halfRun = await world.contrail(RUN);
    await world.drop([1, 2]);
    const gone = {
      backfill: await world.contrail(`backfill ${ONLY} --dry-run`),
      json: await world.json(`backfill ${ONLY}`),
    };
    const goneRun = await world.contrail(RUN);
    const goneStatus = await world.weekly();
    await world.load([2, 1], 2);
    const again = await world.weekly();
    const untouched = world.published();
    await world.load([4, 3], 2);
    const enqueued = await world.json(`backfill ${ONLY}`);
    await world.contrail('worker --drain');

    expect(before.length).toBeGreaterThan(1000);
    expect(half.status).toEqual([REBUILDING]);
    expect(half.backfill).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 files enqueued, 0 queued before, 0 current, 1 rebuilding.'),
      stderr: expect.stringContaining('rebuilding: alpha weekly: weeks 1, 2 of 4'),
    });
    expect(halfRun).toMatchObject({ code: 1, stderr: expect.stringContaining('alpha weekly is being rebuilt') });
    expect(goneStatus).toEqual([GONE]);
    expect(gone.backfill).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 files due, 0 current, 1 gone; nothing was enqueued.'),
      stderr: expect.stringMatching(/gone: alpha weekly: .*stays/),
    });
    expect(gone.json).toMatchObject({ enqueued: 0, current: 0, gone: 1, rebuilding: 0, lacking: [GONE] });
    expect(goneRun).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('alpha has no weekly tables at present'),
    });
    expect(again).toEqual([REBUILDING]);
    expect(untouched.equals(before)).toBe(true);
    expect(enqueued).toMatchObject({ enqueued: 1, current: 0, gone: 0, rebuilding: 0, lacking: [] });
    expect(world.published().equals(before)).toBe(false);
    expect(world.windows()).toEqual(WEEKS.map(String));
    expect(await world.weekly()).toEqual([expect.objectContaining({ state: 'fresh', period: 'weekly' })]);
  });

  it('that is published half-done by force says which windows are lost', async () => {
    const world = await setup();
    await world.drop([2, 3]);
    await world.change(viewOf([1, 4]));

    const run = await world.contrail(`${RUN} --force`);

    const lost = 'The published file had rows of weeks 2, 3; this one has none.';
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining(`warning: ${lost}`) });
    expect(world.windows()).toEqual(['1', '4']);
    const rows = await queryRows(world.file, "SELECT message FROM monitoring.logs WHERE log_level = 'WARNING'");
    expect(rows).toEqual([{ message: lost }]);
  });
});
