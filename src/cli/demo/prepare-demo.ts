/** Makes the demo's data once: the sample in a DuckDB file, the list of experiments, and the files of other systems. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadJobs } from '../../adapters/duckdb/load-jobs.ts';
import { loadStatistics, runStatements } from '../../adapters/duckdb/load-statistics.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import { assignTables } from '../../domain/table-owners.ts';
import { ABSENT, type ObjectStore } from '../../ports/object-store.ts';
import { ENROLLMENT_COUNTS_OBJECT } from '../../workers/monitoring/read-enrollment-counts.ts';
import { ENROLLMENT_FUNNEL_OBJECT } from '../../workers/monitoring/read-enrollment-funnel.ts';
import type { DemoAdapters } from './demo-run.ts';
import { createOddTables, oddExperiments, oddViews } from './odd-tables.ts';
import {
  daysSinceSample,
  SAMPLE_JOBS,
  sampleEnrollmentCounts,
  sampleEnrollmentFunnel,
  sampleExperiments,
  sampleLogs,
  sampleViews,
} from './sample.ts';

export interface DemoData {
  readonly dataset: string;
  /** Path for the list of experiments. */
  readonly experimentsPath: string;
}

/**
 * Returns whether the tables had to be made. Always writes the list of experiments, because its dates move, and the
 * enrollment funnel, because it must not be old.
 */
export async function prepareDemo(adapters: DemoAdapters, { dataset, experimentsPath }: DemoData): Promise<boolean> {
  const { signal } = new AbortController();
  mkdirSync(dirname(experimentsPath), { recursive: true });
  const now = adapters.clock.now();
  writeFileSync(experimentsPath, JSON.stringify([...sampleExperiments(now), ...oddExperiments(now)], undefined, 2));
  await writeObject(adapters.store, ENROLLMENT_FUNNEL_OBJECT, sampleEnrollmentFunnel());
  const views = sampleViews();
  if (adapters.duckdb.exists()) {
    const known = (await adapters.source.listTables(signal)).map(({ name }) => name);
    if ([...views, ...oddViews()].every(({ view }) => known.includes(view))) return false;
  }
  await loadStatistics(adapters.duckdb, dataset, views);
  await runStatements(adapters.duckdb, createOddTables(dataset));
  await describeDemoTables(adapters, dataset);
  await adapters.sink.append({ id: 'demo-sample-logs', table: LOGS_TABLE, rows: sampleLogs(now) }, signal);
  await loadJobs(adapters.duckdb, SAMPLE_JOBS, daysSinceSample(now));
  await writeObject(adapters.store, ENROLLMENT_COUNTS_OBJECT, sampleEnrollmentCounts());
  return true;
}

/** As the analysis does: the exact slug is the description of a table. */
async function describeDemoTables({ duckdb, source, clock }: DemoAdapters, dataset: string): Promise<void> {
  const listing = await source.listTables(new AbortController().signal);
  const records = [...sampleExperiments(clock.now()), ...oddExperiments(clock.now())];
  const slugs = records.flatMap((record) => ('slug' in record && typeof record.slug === 'string' ? [record.slug] : []));
  const { windows } = assignTables(listing, slugs);
  await runStatements(
    duckdb,
    windows.map(({ table, slug }) => `COMMENT ON TABLE ${dataset}.${table} IS '${slug.replaceAll("'", "''")}'`),
  );
}

/** In production, another system does this every day. */
async function writeObject(store: ObjectStore, name: string, content: Buffer): Promise<void> {
  const { signal } = new AbortController();
  const ifGeneration = (await store.head(name, signal))?.generation ?? ABSENT;
  const writer = await store.write({ name, contentType: 'application/json', ifGeneration, signal });
  await writer.write(content);
  await writer.commit({});
}
