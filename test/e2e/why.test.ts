/** `contrail why` on a DuckDB file and a folder: the golden traces, and what a user mistypes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { DuckDbStatisticsSource } from '../../src/adapters/duckdb/statistics-source.ts';
import { FileObjectStore } from '../../src/adapters/filesystem/object-store.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { ANALYSIS_PERIODS } from '../../src/domain/analysis-period.ts';
import { LOGS_TABLE } from '../../src/domain/log-record.ts';
import { normaliseSlug } from '../../src/domain/slug.ts';
import { statisticsTableName } from '../../src/domain/statistics-name.ts';
import { WINDOW_PERIODS } from '../../src/domain/window-period.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { DATASET, putTable, runSql } from '../support/duckdb-tables.ts';
import { never } from '../support/metadata-world.ts';
import { type TraceFile, traceFiles } from '../support/trace-cases.ts';
import { hubTreeOf, publishFiles, recordOf, WINDOW_TABLE_COLUMNS } from '../support/why-world.ts';

const OUTDATED = 'f0000000000000001';
const [EVERY_STEP] = traceFiles();

/** The world of a case on disk; a file that is older than its tables has another version than its view. */
async function setup(read: TraceFile) {
  const folder = temporaryFolder();
  const file = temporaryDuckDb({ path: join(folder, 'warehouse.duckdb') });
  for (const [name, { rows }] of Object.entries(read.tables)) {
    await putTable(file, name, { columns: WINDOW_TABLE_COLUMNS, rows });
  }
  await runSql(file, ...viewsOf(read));
  const views = await new DuckDbStatisticsSource({ file, dataset: DATASET }).describeTables(
    ANALYSIS_PERIODS.map((period) => statisticsTableName(read.experiment.slug, period)),
    never,
  );
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  await sink.append({ id: 'logs', table: LOGS_TABLE, rows: read.logs }, never);
  file.close();
  const newest = Object.values(read.tables).map(({ modified }) => modified);
  const store = new FileObjectStore({ root: join(folder, 'bucket'), clock: systemClock });
  await publishFiles(store, read, (period, version) => {
    const name = statisticsTableName(read.experiment.slug, period);
    const current = views.tables.find((view) => view.name === name)?.version ?? OUTDATED;
    return newest.every((modified) => modified <= version) ? current : OUTDATED;
  });
  for (const [path, text] of Object.entries(hubTreeOf(read))) write(join(folder, 'metric-hub', path), text);
  write(join(folder, 'experiments.json'), JSON.stringify([recordOf(read)]));
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
    CONTRAIL_NOW: read.now,
  };
  return (arguments_: readonly string[], changes: Record<string, string> = {}) =>
    runContrail(['why', ...arguments_], { environment: { ...environment, ...changes }, cwd: folder });
}

/** One view over all tables of each period. */
function viewsOf({ experiment, tables }: TraceFile): string[] {
  return ANALYSIS_PERIODS.flatMap((period) => {
    const prefix = `statistics_${normaliseSlug(experiment.slug)}_${WINDOW_PERIODS[period]}_`;
    const parts = Object.keys(tables).filter((name) => name.startsWith(prefix));
    if (parts.length === 0) return [];
    const selects = parts.map(
      (name) => `SELECT *, ${name.slice(prefix.length)} AS window_index FROM ${DATASET}.${name}`,
    );
    return [`CREATE VIEW ${DATASET}.${statisticsTableName(experiment.slug, period)} AS ${selects.join(' UNION ALL ')}`];
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe('contrail why', () => {
  it.each(traceFiles().map((read) => [read.name, read] as const))('finds the cells of %s', async (_, read) => {
    const why = await setup(read);

    const { code, stdout, stderr } = await why([read.experiment.slug, '--json']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { cells, summary } = JSON.parse(stdout) as { cells: unknown; summary: unknown };
    expect(cells).toStrictEqual(read.result.cells);
    expect(summary).toEqual(read.result.summary);
  });

  it('prints a tab-separated line for each lost result of a metric when it is piped', async () => {
    const why = await setup(EVERY_STEP!);

    const { code, stdout, stderr } = await why(['every-step', '--metric', 'failed_metric', '--period', 'weekly']);

    expect(code).toBe(0);
    expect(stderr).toContain('every-step: 2 expected, 0 shown; 2 not computed');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(0, 7))).toEqual([
      ['weekly', 'failed_metric', 'enrollments', 'all', '3', 'computed', 'failed:configuration'],
      ['weekly', 'failed_metric', 'enrollments', 'new_users', '3', 'computed', 'failed:jetstream_failure'],
    ]);
    expect(lines[0]).toContain(
      'The analysis failed: BadRequest: Unrecognized name: bad_column\tCorrect the definition',
    );
  });

  it('suggests names for mistyped ones', async () => {
    const why = await setup(EVERY_STEP!);

    const [slug, metric, period] = [
      await why(['every-stp']),
      await why(['every-step', '--metric', 'ok_metrik']),
      await why(['every-step', '--period', 'weakly']),
    ];

    expect(slug).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Did you mean every-step?') });
    expect(metric).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Did you mean ok_metric?') });
    expect(period).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean weekly?') });
  });

  it('says what it could not look at, and what there is', async () => {
    const why = await setup(EVERY_STEP!);

    const [api, hub, warehouse] = [
      await why(['every-step'], { CONTRAIL_EXPERIMENTER: 'file:./nowhere.json' }),
      await why(['every-step', '--json'], { CONTRAIL_METRIC_HUB: 'file:./nowhere' }),
      await why(['every-step'], { CONTRAIL_WAREHOUSE: 'duckdb:./nowhere.duckdb' }),
    ];

    expect(api).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.json') });
    expect(api.stdout).toMatch(/^weekly\t3 tables\t.*statistics_every_step_weekly\.json$/m);
    expect(hub.code).toBe(1);
    expect(JSON.parse(hub.stdout)).toMatchObject({
      cells: [],
      summary: null,
      untraced: { code: 'METRIC_HUB_UNREADABLE' },
    });
    expect(warehouse).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.duckdb') });
    expect(warehouse.stdout).toMatch(/^weekly\t0 tables\t.*json$/m);
    for (const { stderr } of [api, hub, warehouse]) expect(stderr).not.toMatch(/ {4}at /);
  });
});
