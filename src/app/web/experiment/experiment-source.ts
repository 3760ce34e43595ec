/** What the page of an experiment reads, from ports. Each part is read once for many readers, and kept for a while. */
import type { ByteLimit } from '../../../domain/byte-limit.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { Explanation } from '../../../domain/trace/explanation.ts';
import { MICROS_PER_MS, MS_PER_DAY } from '../../../domain/utc-time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ErrorLogRow, ExperimentLogs } from '../../../ports/experiment-logs.ts';
import type { Log } from '../../../ports/log.ts';
import type { RecordStage } from '../../../ports/record-stage.ts';
import type {
  DatedCounts,
  ExperimentFiles,
  ExperimentRun,
  ExperimentSource,
  TableCost,
} from '../../../web/pages/experiment/source.ts';
import { valueOf } from '../../../web/part.ts';
import {
  type DatedCounts as CountsOfAll,
  fetchEnrollmentCounts,
} from '../../../workers/monitoring/enrollment-counts-object.ts';
import type { IndexedFiles, Unusable } from '../../freshness/indexed-files.ts';
import { readRunsOf } from '../../runs/read-runs.ts';
import { explainExperiment, type WhyDependencies } from '../../why/explain-experiment.ts';
import { KeptParts } from '../kept-parts.ts';
import { findExperiment, listVisible, otherExperiments } from './find-experiment.ts';
import { readCost } from './read-cost.ts';
import { readFiles } from './read-files.ts';

export interface ExperimentSourceDependencies extends Omit<WhyDependencies, 'clock'> {
  readonly clock: Clock;
  readonly log: Log;
  readonly logs: ExperimentLogs;
  readonly countsLimit: ByteLimit;
  readonly lagMs: number;
  /** The states of all files; absent where there is no Redis. */
  readonly indexed?: (signal: AbortSignal) => Promise<IndexedFiles | Unusable>;
  /** Runs on their way to the warehouse; absent where there is no Redis. */
  readonly stage?: Pick<RecordStage, 'windows' | 'peek'>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LOOK_BACK_MS = 90 * MS_PER_DAY;
const MOST_RUNS = 20;
/** More than Experimenter shows; texts as long as people read. */
const ERRORS_LIMITS = { rows: 1_000, characters: 5_000 };
const MOST_EXPERIMENTS = 64;
/** A trace may have thousands of results. */
const MOST_TRACES = 24;
const ALL = '';

export function experimentSource(deps: ExperimentSourceDependencies): ExperimentSource {
  const { clock, log } = deps;
  const kept = <Value>(name: string, keepMs: number, most = MOST_EXPERIMENTS): KeptParts<Value> =>
    new KeptParts({ clock, log, name, keepMs, most });
  const others = kept<readonly string[]>('The names of tables and log rows', 5 * MINUTE, 1);
  const states = kept<IndexedFiles | Unusable>('The states of files', 15 * SECOND, 1);
  const counts = kept<CountsOfAll>('The enrollment counts', 5 * MINUTE, 1);
  const traces = kept<Explanation>('The trace', 2 * MINUTE, MOST_TRACES);
  const files = kept<ExperimentFiles>('The published files', 15 * SECOND);
  const runs = kept<readonly ExperimentRun[]>('The runs', 15 * SECOND);
  const errors = kept<readonly ErrorLogRow[]>('The errors', MINUTE);
  const costs = kept<readonly TableCost[]>('The cost', 10 * MINUTE);
  const finding = {
    experiments: deps.experiments,
    resolution: deps.resolution,
    others: (signal: AbortSignal) => others.get(ALL, (ending) => otherExperiments(deps, ending), signal),
  };
  const listed = async (slug: string, signal: AbortSignal): Promise<Experiment | undefined> =>
    (await deps.experiments.list(signal)).experiments.find((experiment) => experiment.slug === slug);

  return {
    find: (slug, signal) => findExperiment(finding, slug, signal),
    list: (signal) => listVisible(finding, signal),
    explanation: (slug, signal) => traces.get(slug, (ending) => explainExperiment(deps, { slug }, ending), signal),
    files: (slug, signal) =>
      files.get(
        slug,
        async (ending) => {
          const { indexed } = deps;
          const found = indexed && valueOf(await states.get(ALL, indexed, ending));
          const experiment = await listed(slug, ending).catch(() => undefined);
          return readFiles(deps.store, { slug, experiment, indexed: found, lagMs: deps.lagMs }, ending);
        },
        signal,
      ),
    runs: (slug, signal) => runs.get(slug, (ending) => lastRuns(deps, slug, ending), signal),
    errors: (slug, signal) =>
      errors.get(
        slug,
        (ending) => {
          const from = (clock.now() - LOOK_BACK_MS) * MICROS_PER_MS;
          return deps.logs.errorRows({ experiment: slug, from, limits: ERRORS_LIMITS }, ending);
        },
        signal,
      ),
    cost: (slug, signal) =>
      costs.get(slug, (ending) => readCost(deps.reader, { slug, now: clock.now() }, ending), signal),
    enrollment: async (slug, signal) => {
      const part = await counts.get(ALL, (ending) => fetchEnrollmentCounts(deps, ending), signal);
      if (part.kind === 'unread') return part;
      const own = part.value.counts.get(slug);
      const value: DatedCounts | undefined = own === undefined ? undefined : { counts: own, at: part.value.at };
      return { ...part, value };
    },
  };
}

async function lastRuns(
  { reader, stage, clock }: ExperimentSourceDependencies,
  experiment: string,
  signal: AbortSignal,
): Promise<readonly ExperimentRun[]> {
  const sources = { reader, ...(stage === undefined ? {} : { stage }) };
  const { runs } = await readRunsOf(
    sources,
    { experiment, since: clock.now() - LOOK_BACK_MS, most: MOST_RUNS },
    signal,
  );
  return runs;
}
