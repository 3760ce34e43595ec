/** `contrail run statistics`: one export at once, in this process, without Redis. */
import { type Config, loadConfig } from '../../config/load-config.ts';
import { parseAnalysisPeriod } from '../../domain/analysis-period.ts';
import { type ContrailError, toContrailError } from '../../domain/errors.ts';
import { claimOfTyped } from '../../domain/file-claim.ts';
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
import { type Parts, wire } from '../../app/compose/wire.ts';
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
  const parts = await wire(config, { createWarehouse: false, log: logOf(config) });
  const { signal, release } = abortOnSignals();
  const bar = progressBar(`${request.experiment} ${request.period}`, parts.clock);
  try {
    const { outcome } = await exportAndRecord(config, parts, {
      ...request,
      knownBy: claim.knownBy,
      record: await consoleRecordOf(parts.experiments, request, signal),
      force: options.force ?? false,
      job: makeRunId(parts.random),
      signal,
      onProgress: (rows, ofRows) => bar.update(rows, ofRows),
    });
    bar.stop();
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
    await parts.close();
  }
}

/** The export with its records, which are written before the command ends. */
async function exportAndRecord(config: Config, parts: Parts, request: ExportRequest) {
  const { experiment, period, job } = request;
  const run = { parts, config, product: 'statistics', experiment, period, job, startedAt: parts.clock.now() } as const;
  try {
    const result = await exportTable(exportDependencies(parts, config), request);
    await recordRunOutcome(run, result.outcome, result.events);
    return result;
  } catch (error) {
    const failure = await explained(parts, request, toContrailError(error));
    await recordRunFailure(run, failure);
    throw failure;
  }
}

/** Missing results get the reason why: unknown slug, other periods. */
async function explained(parts: Parts, request: ExportRequest, failure: ContrailError): Promise<ContrailError> {
  if (failure.code !== 'RESULTS_MISSING') return failure;
  const sources = { api: parts.experiments, source: parts.source, sink: parts.sink };
  return explainMissingResults(sources, request, request.signal);
}
