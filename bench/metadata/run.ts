/** Is a revision of metric-hub read once for all experiments? See README.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { numberRecords, parseExperiments } from '../../src/experiment-record/planning-view.ts';
import { localMetricHub } from '../../src/adapters/metric-hub/open-metric-hub.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import type { MetricHub } from '../../src/ports/metric-hub.ts';
import { buildMetadata } from '../../src/workers/metadata/build-metadata.ts';
import { ConfigurationLoader } from '../../src/workers/metadata/configuration-loader.ts';
import { readExperiment, type ReadExperiment } from '../../src/domain/read-experiment.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { Stopwatch } from '../stopwatch.ts';

const EXPERIMENTS = 1_000;
const READINGS = 10;
// Seen from `bench/.build/<run>/bench/metadata`, where this is compiled to.
const FIXTURES = new URL('../../../../../test/fixtures/metadata/', import.meta.url);
const { signal } = new AbortController();

export const data = `${EXPERIMENTS.toLocaleString('en')} experiments, 28 files of TOML, 0.25 MB`;

/** Resolves a thousand experiments, and reads the tree ten times, turn by turn. */
export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  const records = readExperiments();
  const resolving = new Stopwatch();
  const reading = new Stopwatch();
  for (let turn = 0; turn < (full ? 9 : 5); turn++) {
    await resolving.measure(0, () => resolveAll(records));
    // Ten slices of one reading each: what they add up to is ten readings.
    for (let slice = 0; slice < READINGS; slice++) await reading.measure(slice, () => load(new ConfigurationLoader()));
  }
  return [
    { question: `Resolve ${EXPERIMENTS} experiments, the tree read once`, value: resolving.bestSeconds, unit: 's' },
    { question: `Read and parse the tree ${READINGS} times`, value: reading.bestSeconds, unit: 's' },
    {
      question: `${READINGS} readings over ${EXPERIMENTS} experiments`,
      value: reading.bestSeconds / resolving.bestSeconds,
      unit: 'times',
      limit: { atLeast: 1 },
    },
  ];
}

/** The records of the fixtures, and copies of them under other slugs until there are enough. */
function readExperiments(): ReadExperiment[] {
  const names = readdirSync(new URL('experimenter', FIXTURES)).filter((name) => name.endsWith('.json'));
  const records = names.map((name): unknown =>
    JSON.parse(readFileSync(new URL(`experimenter/${name}`, FIXTURES), 'utf8')),
  );
  const experiments = parseExperiments(numberRecords(records)).experiments.map(readExperiment);
  return Array.from({ length: EXPERIMENTS }, (_, index) => {
    const experiment = experiments[index % experiments.length]!;
    // Half of them keep the slug of a file of their own.
    return index % 2 === 0 ? experiment : { ...experiment, slug: `${experiment.slug}-${index}` };
  });
}

async function resolveAll(experiments: readonly ReadExperiment[]): Promise<void> {
  const configurations = new ConfigurationLoader();
  const metricHub = await load(configurations);
  for (const experiment of experiments) {
    const request = { experiment, analysisStart: null, firstAnalysedAt: undefined, signal };
    try {
      await buildMetadata({ metricHub, configurations }, request);
    } catch (error) {
      // Two of the fixtures are there because they cannot be resolved.
      if (!(error instanceof ContrailError)) throw error;
    }
  }
}

async function load(configurations: ConfigurationLoader): Promise<MetricHub> {
  const metricHub = await localMetricHub(new URL('metric-hub', FIXTURES).pathname, {
    refreshMs: Number.POSITIVE_INFINITY,
    clock: systemClock,
  });
  await configurations.load((await metricHub.current(signal)).newest, signal);
  return metricHub;
}
