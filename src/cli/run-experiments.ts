/** Exports several experiments one after another, for `run metadata` and `run errors`. */
import type { Config } from '../config/load-config.ts';
import { ContrailError, toContrailError } from '../domain/errors.ts';
import type { LogEvent } from '../domain/log-record.ts';
import type { JobOutcome } from '../domain/outcome.ts';
import { plural, printJson, say, sayError } from './output.ts';
import { failureDocument, printOutcome } from './print-outcome.ts';
import { recordRunFailure, recordRunOutcome } from '../app/attempts/record-run.ts';
import { makeRunId } from '../app/attempts/run-id.ts';
import type { Adapters } from '../app/compose/adapters.ts';

export interface ExperimentRuns {
  readonly product: 'metadata' | 'errors';
  readonly experiments: readonly string[];
  readonly adapters: Pick<Adapters, 'sink' | 'clock' | 'random' | 'log'>;
  readonly config: Config;
  readonly asJson: boolean;
  /** What the rows of a file are called. */
  readonly counted?: string;
  readonly signal: AbortSignal;
  /** Makes one file. `job` goes into the object's metadata. */
  readonly run: (
    experiment: string,
    job: string,
  ) => Promise<{ readonly outcome: JobOutcome; readonly events: readonly LogEvent[] }>;
}

/** A failure does not stop the others; it throws at the end. A single failure is thrown unchanged. */
export async function runExperiments(request: ExperimentRuns): Promise<void> {
  const documents: object[] = [];
  const failures: ContrailError[] = [];
  for (const experiment of request.experiments) {
    const result = await runOne(request, experiment);
    if (result instanceof ContrailError) {
      failures.push(result);
      documents.push({ experiment, ...failureDocument(result) });
      if (request.experiments.length > 1) sayError(result);
    } else {
      documents.push({ experiment, outcome: result.kind, ...result });
      if (!request.asJson) printOutcome(result, request.counted);
    }
  }
  if (request.asJson) printJson(request.experiments.length === 1 ? documents[0] : documents);
  const [first] = failures;
  if (first !== undefined && request.experiments.length === 1) throw first;
  if (first !== undefined) {
    throw new ContrailError('JOB_FAILED', `${plural(failures.length, 'export')} failed; see above.`);
  }
}

async function runOne(
  { adapters, config, product, signal, run }: ExperimentRuns,
  experiment: string,
): Promise<JobOutcome | ContrailError> {
  const job = makeRunId(adapters.random);
  const recorded = { adapters, config, product, experiment, job, startedAt: adapters.clock.now() };
  try {
    const { outcome, events } = await run(experiment, job);
    await recordRunOutcome(recorded, outcome, events);
    return outcome;
  } catch (error) {
    signal.throwIfAborted();
    const failure = toContrailError(error);
    if (failure.evidence !== undefined) say(failure.evidence);
    await recordRunFailure(recorded, failure);
    return failure;
  }
}
