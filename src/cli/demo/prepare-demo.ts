/** Makes the demo's data, once: the sample in a DuckDB file and the list of experiments. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DuckDbFile } from '../../adapters/duckdb/database.ts';
import { loadStatistics, runStatements } from '../../adapters/duckdb/load-statistics.ts';
import { DuckDbStatisticsSource } from '../../adapters/duckdb/statistics-source.ts';
import type { Clock } from '../../ports/clock.ts';
import { createOddTables, oddExperiments, oddViews } from './odd-tables.ts';
import { sampleExperiments, sampleViews } from './sample.ts';

export interface DemoData {
  readonly file: DuckDbFile;
  readonly dataset: string;
  /** Where the list of experiments is written. */
  readonly experimentsPath: string;
}

/** Whether the tables had to be made; the list of experiments is always written anew, because its dates move. */
export async function prepareDemo({ file, dataset, experimentsPath }: DemoData, clock: Clock): Promise<boolean> {
  mkdirSync(dirname(experimentsPath), { recursive: true });
  const now = clock.now();
  writeFileSync(experimentsPath, JSON.stringify([...sampleExperiments(now), ...oddExperiments(now)], undefined, 2));
  const views = sampleViews();
  if (file.exists()) {
    const source = new DuckDbStatisticsSource({ file, dataset });
    const known = await source.listTables(new AbortController().signal);
    if ([...views, ...oddViews()].every(({ view }) => known.includes(view))) return false;
  }
  await loadStatistics(file, dataset, views);
  await runStatements(file, createOddTables(dataset));
  return true;
}
