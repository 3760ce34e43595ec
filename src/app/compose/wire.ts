/** Builds the adapters for the settings. Each is imported on demand, because the clients of some vendors take long to load. */
import { fixedClock, systemClock } from '../../adapters/system/clock.ts';
import { systemRandom } from '../../adapters/system/random.ts';
import type { Config } from '../../config/load-config.ts';
import { SETTINGS } from '../../config/settings.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { Log } from '../../ports/log.ts';
import type { BuildDependencies } from '../../workers/metadata/build-metadata.ts';
import type { Adapters, WiredAdapters } from './adapters.ts';
import { byteLimit } from './byte-limit.ts';
import type { SharedLimits } from './open-shared-limits.ts';
import { storeOf } from './open-store.ts';
import { warehouseOf } from './open-warehouse.ts';
import { type SharedHttp, sharedHttp } from './shared-http.ts';

export interface WireOptions {
  /** Create a missing DuckDB file; not for commands that read results from it. */
  readonly createWarehouse: boolean;
  readonly log: Log;
  /** Limits for all workers; default: none. */
  readonly limits?: SharedLimits;
}

/** The adapters of a configuration with `warehouse` and `bucket`. Contacts and opens nothing yet. */
export async function wire(config: Config, options: WireOptions): Promise<WiredAdapters> {
  const clock = clockOf(config);
  const random = systemRandom;
  const { log, limits } = options;
  const http = sharedHttp();
  const [warehouse, store, api] = await Promise.all([
    warehouseOf(config, { ...options, clock, random, http }),
    storeOf(config, { clock, random, log, http, ...(limits === undefined ? {} : { limits }) }),
    experimentsSourceOf(config, http),
  ]);
  const experiments = await keptExperiments(config, api, clock);
  const resolution = once(() => resolutionOf(config, { clock, http }));
  return {
    clock,
    random,
    log,
    http,
    ...warehouse,
    store,
    composingStore: store,
    experiments,
    resolution,
  };
}

export function clockOf(config: Config): Clock {
  return config.now === undefined ? systemClock : fixedClock(config.now);
}

/** The experiments API, cached for a short while. */
async function keptExperiments(config: Config, api: ExperimentsApi, clock: Clock): Promise<ExperimentsApi> {
  const { KeptExperimentsApi } = await import('../../adapters/experimenter/kept-experiments-api.ts');
  return new KeptExperimentsApi({ api, keepMs: config['experimenter.keep'], clock });
}

async function experimentsSourceOf(config: Config, http: SharedHttp): Promise<ExperimentsApi> {
  const place = config.experimenter;
  const limits = {
    bytes: byteLimit(config, 'experimenter.maximumBytes'),
    records: {
      count: config['experimenter.maximumRecords'],
      setting: SETTINGS['experimenter.maximumRecords'].variable,
    },
  };
  if (place.scheme === 'file') {
    const { FileExperimentsApi } = await import('../../adapters/experimenter/file-experiments-api.ts');
    return new FileExperimentsApi({ path: place.path, limits });
  }
  const { HttpExperimentsApi } = await import('../../adapters/experimenter/http-experiments-api.ts');
  return new HttpExperimentsApi({ address: place.address, http: http(), timeoutMs: 30_000, limits });
}

async function resolutionOf(
  config: Config,
  { clock, http }: Pick<Adapters, 'clock' | 'http'>,
): Promise<BuildDependencies> {
  const [{ fetchedMetricHub, localMetricHub }, { ConfigurationLoader }] = await Promise.all([
    import('../../adapters/metric-hub/open-metric-hub.ts'),
    import('../../workers/metadata/configuration-loader.ts'),
  ]);
  const place = config.metricHub;
  const options = {
    cloneFolder: config['metricHub.folder'],
    refreshMs: config['metricHub.refresh'],
    timeoutMs: config['metricHub.timeout'],
    limits: {
      pack: byteLimit(config, 'metricHub.maximumBytes'),
      file: byteLimit(config, 'metricHub.maximumFileBytes'),
    },
    isPrivate: config['metricHub.private'],
    clock,
  };
  const metricHub =
    place.scheme === 'file'
      ? await localMetricHub(place.path, options)
      : fetchedMetricHub(place.address, { ...options, http: http() });
  return { metricHub, configurations: new ConfigurationLoader() };
}

/** Makes a value on first use, and again if that failed. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
