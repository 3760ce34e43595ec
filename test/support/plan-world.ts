/** Experiments, tables and files in memory, and plans made of them. */
import { METADATA } from '../../src/domain/object-metadata.ts';
import { MemoryMetricHub } from '../../src/adapters/memory/metric-hub.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { enqueueFiles } from '../../src/producer/enqueue-files.ts';
import type { EnqueueOptions } from '../../src/producer/kept-job.ts';
import type { PlanSelection } from '../../src/producer/plan-selection.ts';
import { planStatistics } from '../../src/producer/plan-statistics.ts';
import type { DueStatistics } from '../../src/producer/statistics-plan.ts';
import { statisticsFiles } from '../../src/producer/statistics-files.ts';
import { leftOutExperiments } from '../../src/workers/metadata/analysis-choices.ts';
import { ConfigurationLoader } from '../../src/workers/metadata/configuration-loader.ts';
import { memoryTable, numberedRows } from './statistics-table.ts';
import { makeStatisticsWorld } from './statistics-world.ts';

export const CHANGED_AT = Date.parse('2026-01-15T00:00:00.000Z');
export const VERSION = new Date(CHANGED_AT).toISOString();

const EVERYTHING: PlanSelection = { experiments: [], periods: [], apps: [], force: false };

export function makePlanWorld() {
  const world = makeStatisticsWorld();
  const random = seededRandom(1);
  const metricHub = new MemoryMetricHub();
  metricHub.commit({}, 0);
  const configurations = new ConfigurationLoader();
  const leftOut = (signal: AbortSignal) =>
    leftOutExperiments(() => Promise.resolve({ metricHub, configurations }), signal);
  const deps = { ...world.deps, api: world.api, sink: world.sink, leftOut };
  return {
    ...world,
    deps,
    metricHub,
    plan: (selection: Partial<PlanSelection> = {}) =>
      planStatistics(deps, { ...EVERYTHING, ...selection }, world.never),
    enqueue: (due: readonly DueStatistics[], options: EnqueueOptions = { retryFailed: false }) =>
      enqueueFiles(
        { queue: world.queue, clock: world.clock, random },
        statisticsFiles({ due, skipped: [], refused: [], absent: [], problems: [] }).due,
        options,
        world.never,
      ),
    /** Makes tables, or changes them, at that time. */
    tables: (names: readonly string[], changedAt = CHANGED_AT): void => {
      for (const name of names) world.source.set(name, memoryTable(numberedRows(2), { changedAt }));
    },
    /** Publishes the file of a table as made from that version. */
    file: (table: string, version: string) =>
      world.publish('[]', { [METADATA.sourceVersion]: version }, `statistics/${table}.json`),
  };
}

/** `slug period` of each. */
export function namesOf(targets: readonly { readonly experiment: string; readonly period: string }[]): string[] {
  return targets.map((target) => `${target.experiment} ${target.period}`);
}
