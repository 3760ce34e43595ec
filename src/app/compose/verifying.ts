/** The dependencies of `contrail verify`, from settings and adapters. */
import type { Config } from '../../config/load-config.ts';
import { CONSOLE_RULES } from '../../domain/console-rules.ts';
import { normaliseSlug } from '../../domain/slug.ts';
import { ErrorsPayload } from '../../jobs/errors-job.ts';
import { MetadataPayload } from '../../jobs/metadata-job.ts';
import { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { JobContext } from '../../ports/job-handler.ts';
import { listExperiments, slugsOfTables } from '../../producer/known-experiments.ts';
import { handleErrorsJob } from '../../workers/errors/errors-handler.ts';
import { handleMetadataJob } from '../../workers/metadata/metadata-handler.ts';
import { handleStatisticsJob } from '../../workers/statistics/statistics-handler.ts';
import type { MakeFile } from '../verify/fresh-file.ts';
import type { VerifyDependencies } from '../verify/verify-files.ts';
import type { WorkAdapters } from './adapters.ts';
import { exportDependencies, metadataDependencies } from './export-dependencies.ts';

export interface VerifySetup extends Pick<VerifyDependencies, 'plan' | 'experiments'> {
  /** Whether to make every file anew and compare its bytes. */
  readonly isDeep: boolean;
}

export function verifyDependencies(
  adapters: WorkAdapters,
  config: Config,
  { isDeep, plan, experiments }: VerifySetup,
): VerifyDependencies {
  return {
    store: adapters.store,
    clock: adapters.clock,
    rules: CONSOLE_RULES[config['console.rules']],
    duplicateLimit: config['statistics.duplicateLimit'],
    lagMs: config['freshness.lag'],
    plan,
    experiments,
    knownSlugs: (signal) => knownSlugs(adapters, signal),
    ...(isDeep ? { make: makeFile(adapters, config) } : {}),
  };
}

/** Normalised. Undefined if the API or the logs cannot be read: then no experiment can be called unknown. */
async function knownSlugs(
  { experiments: api, source, sink }: Pick<WorkAdapters, 'experiments' | 'source' | 'sink'>,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const { experiments, malformed, unlisted } = await listExperiments(api, signal);
  const logged = await sink.loggedExperiments(signal).catch(() => undefined);
  signal.throwIfAborted();
  if (unlisted !== undefined || logged === undefined) return undefined;
  const listed = [...experiments, ...malformed].flatMap(({ slug }) => slug ?? []);
  const ofTables = slugsOfTables(await source.listTables(signal), listed);
  return new Set([...listed, ...logged, ...ofTables].map(normaliseSlug));
}

/** Does the job of a file as a worker would, but writes no log rows. */
function makeFile(adapters: WorkAdapters, config: Config): MakeFile {
  const { clock, log, logs } = adapters;
  const records = { sink: { append: () => Promise.resolve('known' as const) }, clock, log };
  return async ({ payload, due: { product } }, store, signal) => {
    const deps = { records, clock, store };
    const context = contextOf(adapters.clock.now(), signal);
    switch (product) {
      case 'statistics':
        await handleStatisticsJob(
          { ...exportDependencies(adapters, config), ...deps },
          StatisticsPayload.parse(payload),
          context,
        );
        return;
      case 'errors':
        await handleErrorsJob({ logs, ...deps }, ErrorsPayload.parse(payload), context);
        return;
      case 'metadata': {
        const metadata = { ...(await metadataDependencies(adapters, config)), ...deps };
        const waiting = { jobs: { find: () => Promise.resolve([]) }, longestWaitMs: 0 };
        await handleMetadataJob({ ...metadata, ...waiting }, MetadataPayload.parse(payload), context);
      }
    }
  };
}

function contextOf(now: number, signal: AbortSignal): JobContext {
  return {
    jobId: 'verify',
    attempt: 1,
    attempts: 1,
    signal,
    enqueuedAt: now,
    waitedMs: 0,
    failedRounds: 0,
    progress: () => undefined,
    log: () => undefined,
  };
}
