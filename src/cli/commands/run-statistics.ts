/** `contrail run statistics`: exports one file in this process, without Redis. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { claimOfTyped } from '../../domain/file-claim.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import { checkSlug } from '../../domain/slug.ts';
import { statisticsObjectName } from '../../domain/statistics-name.ts';
import { explainMissingResults } from '../../producer/known-experiments.ts';
import type { ExportRequest } from '../../workers/statistics/export-request.ts';
import { exportTable } from '../../workers/statistics/export-table.ts';
import { ask } from '../help.ts';
import { logOf } from '../log.ts';
import { printJson, say } from '../output.ts';
import { failureDocument, printOutcome } from '../print-outcome.ts';
import { consoleRecordOf } from '../../app/compose/console-record.ts';
import { progressBar } from '../progress-bar.ts';
import { recordRunFailure, recordRunOutcome } from '../../app/attempts/record-run.ts';
import { makeRunId } from '../../app/attempts/run-id.ts';
import { abortOnSignals } from '../signals.ts';
import { exportDependencies } from '../../app/compose/export-dependencies.ts';
import type { Adapters } from '../../app/compose/adapters.ts';
import { wire } from '../../app/compose/wire.ts';
import { printable } from '../../domain/terminal-text.ts';

interface Options {
  readonly experiment: string;
  readonly period: string;
  readonly force?: true;
  readonly json?: true;
}

export async function runStatistics(options: Options): Promise<void> {
  const claim = claimOfTyped(ask(() => checkSlug(options.experiment)));
  const request = {
    experiment: claim.experiment,
    period: parseAnalysisPeriod(options.period),
  };
  const config = loadConfig(['warehouse', 'bucket']);
  const adapters = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  const bar = progressBar(`${request.experiment} ${request.period}`, adapters.clock);
  let ended: JobOutcome;
  try {
    const { outcome } = await exportAndRecord(config, adapters, {
      ...request,
      knownBy: claim.knownBy,
      record: await consoleRecordOf(adapters.experiments, request, signal),
      force: options.force ?? false,
      job: makeRunId(adapters.random),
      signal,
      onProgress: (rows, ofRows) => bar.update(rows, ofRows),
    });
    bar.stop();
    ended = outcome;
    if (options.json) printJson({ ...request, outcome: outcome.kind, ...outcome });
    else printOutcome(outcome, 'row');
  } catch (error) {
    bar.stop();
    const failure = toContrailError(error);
    if (options.json)
      printJson({
        ...request,
        object: statisticsObjectName(request.experiment, request.period),
        ...failureDocument(failure),
      });
    else if (failure.evidence !== undefined) say(printable(failure.evidence));
    throw failure;
  } finally {
    release();
    await adapters.close();
  }
  checkTablesAreThere(request, ended);
}

/** Nothing was wrong, but what was asked for was not done either. */
function checkTablesAreThere(
  { experiment, period }: Pick<ExportRequest, 'experiment' | 'period'>,
  outcome: JobOutcome,
): void {
  if (outcome.kind !== 'skipped' || outcome.source === undefined) return;
  const subject = statisticsObjectName(experiment, period);
  if (outcome.source === 'gone') {
    throw new ContrailError('SOURCE_GONE', `${experiment} has no ${period} tables at present; nothing was published.`, {
      subject,
      hint: 'A rerun of the analysis deletes them and makes them anew. A file that is published already stays as it is.',
    });
  }
  throw new ContrailError(
    'SOURCE_REBUILDING',
    `${experiment} ${period} is being rebuilt, and the published file has more windows; it stays as it is.`,
    { subject, hint: 'Wait for the rerun of the analysis, or publish what is there with --force.' },
  );
}

/** Exports, and writes the log and run records before the command ends. */
async function exportAndRecord(config: Config, adapters: Adapters, request: ExportRequest) {
  const { experiment, period, job } = request;
  const run = {
    adapters,
    config,
    product: 'statistics',
    experiment,
    period,
    job,
    startedAt: adapters.clock.now(),
  } as const;
  try {
    const result = await exportTable(exportDependencies(adapters, config), request);
    await recordRunOutcome(run, result.outcome, result.events);
    return result;
  } catch (error) {
    const failure = await explained(adapters, request, toContrailError(error));
    await recordRunFailure(run, failure);
    throw failure;
  }
}

/** Adds the reason to RESULTS_MISSING: unknown slug, or results only for other periods. */
async function explained(adapters: Adapters, request: ExportRequest, failure: ContrailError): Promise<ContrailError> {
  if (failure.code !== 'RESULTS_MISSING') return failure;
  const sources = { api: adapters.experiments, source: adapters.source, sink: adapters.sink };
  return explainMissingResults(sources, request, request.signal);
}
