/** The pages of experiments, from settings and adapters. */
import type { Config } from '../../../config/load-config.ts';
import { CONSOLE_RULES } from '../../../domain/console-rules.ts';
import type { AddRoutes } from '../../../web/app.ts';
import { addExperimentApi } from '../../../web/pages/experiment/api.ts';
import { addExportRoutes } from '../../../web/pages/experiment/export-routes.ts';
import type { ExportAgain } from '../../../web/pages/experiment/export-again.ts';
import { addResultsApi } from '../../../web/pages/experiment/results/api.ts';
import { resultsRoom } from '../../../web/pages/experiment/results/results-room.ts';
import { addExperimentRoutes } from '../../../web/pages/experiment/routes.ts';
import type { ExperimentSource } from '../../../web/pages/experiment/source.ts';
import type { WiredAdapters } from '../../compose/adapters.ts';
import { byteLimit } from '../../compose/byte-limit.ts';
import { openBackfills } from '../../compose/open-backfills.ts';
import { openRecordStage } from '../../compose/open-record-stage.ts';
import { planDependencies } from '../../compose/planning.ts';
import { pricingOf } from '../../compose/pricing.ts';
import { startRecordKeeping } from '../../compose/record-keeping.ts';
import { whyDependencies } from '../../compose/why-dependencies.ts';
import { indexedFiles } from '../../freshness/indexed-files.ts';
import type { PageContext } from '../page-room.ts';
import { ThreadedFileReader } from '../results/file-reader.ts';
import { resultsSource } from '../results/results-source.ts';
import { experimentSource } from './experiment-source.ts';
import { previewExport, startExport } from './export-again.ts';

/** Without a warehouse there are no experiments to show. */
export function experimentRoom(context: PageContext): AddRoutes {
  const { wired, clock, config, log, store, redisUrl } = context;
  if (wired === undefined) return () => undefined;
  const stage = openRecordStage(config, redisUrl);
  const source = onDemand(async () => sourceOf(context, await wired(), stage));
  const reader = new ThreadedFileReader();
  const results = resultsSource({ store, clock, log, rules: CONSOLE_RULES[config['console.rules']], reader });
  return (app) => {
    app.addHook('onClose', async () => {
      await reader.stop();
      stage.close();
    });
    addExperimentRoutes(app, { source, clock, results: resultsRoom(results) });
    addResultsApi(app, { experiments: source, results });
    addExperimentApi(app, { source, clock });
    addExportRoutes(app, { source, log, exports: exportsOf(context, wired) });
  };
}

function sourceOf(
  { config, clock, log, index, queue }: PageContext,
  adapters: WiredAdapters,
  stage: ReturnType<typeof openRecordStage>,
): ExperimentSource {
  const lagMs = config['freshness.lag'];
  const reading = { index, queue, clock, lagMs, scanIntervalMs: config['schedule.interval'] };
  return experimentSource({
    ...whyDependencies(adapters, config),
    clock,
    log,
    logs: adapters.logs,
    countsLimit: byteLimit(config, 'enrollmentCounts.maximumBytes'),
    lagMs,
    indexed: (signal) => indexedFiles(reading, signal),
    stage,
  });
}

/** Made at the first request, because the clients of some vendors take long to load. */
function onDemand(make: () => Promise<ExperimentSource>): ExperimentSource {
  let made: Promise<ExperimentSource> | undefined;
  const source = (): Promise<ExperimentSource> => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return {
    find: async (slug, signal) => (await source()).find(slug, signal),
    list: async (signal) => (await source()).list(signal),
    explanation: async (slug, signal) => (await source()).explanation(slug, signal),
    files: async (slug, signal) => (await source()).files(slug, signal),
    runs: async (slug, signal) => (await source()).runs(slug, signal),
    errors: async (slug, signal) => (await source()).errors(slug, signal),
    cost: async (slug, signal) => (await source()).cost(slug, signal),
    enrollment: async (slug, signal) => (await source()).enrollment(slug, signal),
  };
}

/** Connections that only an export needs are opened for it, and closed after it. */
function exportsOf(context: PageContext, wired: () => Promise<WiredAdapters>): ExportAgain {
  const { config, queue, redisUrl } = context;
  return {
    preview: async (selection, signal) => {
      const adapters = await wired();
      return previewExport(planningOf(config, adapters), selection, signal);
    },
    start: async (order, signal) => {
      const adapters = await wired();
      const backfills = openBackfills(config, redisUrl);
      try {
        const keeping = await startRecordKeeping(config, adapters, redisUrl);
        try {
          const { store, clock, random, log } = adapters;
          const starting = { queue, backfills, store, records: keeping.taker, clock, random, log };
          return await startExport({ ...planningOf(config, adapters), starting }, order, signal);
        } finally {
          await keeping.stop();
        }
      } finally {
        await backfills.close();
      }
    },
  };
}

function planningOf(config: Config, adapters: WiredAdapters) {
  const reading = {
    planning: planDependencies(adapters, config),
    resultsDataset: config.resultsDataset,
  };
  return { reading, pricing: pricingOf(config) };
}
