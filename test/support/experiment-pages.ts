/** The pages of experiments over everything in memory. */
import { onTestFinished } from 'vitest';
import { MemoryBackfills } from '../../src/adapters/memory/backfills.ts';
import { MemoryJobQueue } from '../../src/adapters/memory/job-queue.ts';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import type { ExperimentSourceDependencies } from '../../src/app/web/experiment/experiment-source.ts';
import { previewExport, startExport } from '../../src/app/web/experiment/export-again.ts';
import { ThreadedFileReader } from '../../src/app/web/results/file-reader.ts';
import { resultsSource } from '../../src/app/web/results/results-source.ts';
import { CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { buildApp } from '../../src/web/app.ts';
import { addExperimentApi } from '../../src/web/pages/experiment/api.ts';
import { addExportRoutes } from '../../src/web/pages/experiment/export-routes.ts';
import { addResultsApi } from '../../src/web/pages/experiment/results/api.ts';
import { resultsRoom } from '../../src/web/pages/experiment/results/results-room.ts';
import { addExperimentRoutes } from '../../src/web/pages/experiment/routes.ts';
import { leftOutExperiments } from '../../src/workers/metadata/analysis-choices.ts';
import { experimentWorld } from './experiment-world.ts';
import { QUIET_OBSERVATION } from './observation.ts';

export async function experimentPages(
  change: Parameters<typeof experimentWorld>[0] = {},
  more: Partial<ExperimentSourceDependencies> = {},
) {
  const world = await experimentWorld(change);
  const { clock, log, store, sink, experiments } = world;
  const source = world.source(more);
  const queue = new MemoryJobQueue({ clock });
  const backfills = new MemoryBackfills({ jobs: queue.jobs, clock });
  const planning = {
    api: experiments,
    source: world.deps.source,
    store,
    clock,
    settleMs: 12 * 3_600_000,
    leftOut: (signal: AbortSignal) => leftOutExperiments(world.deps.resolution, signal),
    sink,
    logs: world.deps.logs,
    resolveMetadata: () => Promise.resolve({ version: '1' }),
    analysisLeadMs: 0,
    withUnanalysedMetadata: true,
  };
  const pricing = { mode: 'on_demand', usdPerSlotHour: 0.06, usdPerTiB: 6.25 } as const;
  const exporting = { reading: { planning, resultsDataset: 'mozanalysis' }, pricing };
  const starting = { queue, backfills, store, records: sink, clock, random: seededRandom(1), log };
  const reader = new ThreadedFileReader();
  onTestFinished(() => reader.stop());
  const results = resultsSource({ store, clock, log, rules: CONSOLE_RULES.e5dd1051c, reader });
  const app = await buildApp({
    clock,
    store,
    log,
    observation: QUIET_OBSERVATION,
    mountBoard: async () => async () => undefined,
    pages: [
      (scope) => {
        addExperimentRoutes(scope, { source, clock, results: resultsRoom(results) });
        addResultsApi(scope, { experiments: source, results });
        addExperimentApi(scope, { source, clock });
        addExportRoutes(scope, {
          source,
          log,
          exports: {
            preview: (selection, signal) => previewExport(exporting, selection, signal),
            start: (order, signal) => startExport({ ...exporting, starting }, order, signal),
          },
        });
      },
    ],
  });
  onTestFinished(() => app.close());
  const get = (url: string) => app.inject({ url, headers: { host: 'localhost' } });
  return { ...world, app, get, queue, backfills };
}
