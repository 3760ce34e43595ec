/** Replaces `experimenter_experiments_v1` by the list of experiments (spec: monitoring, section 3). */
import { ContrailError } from '../../domain/errors.ts';
import type { ExperimentRow } from '../../domain/experiments-table.ts';
import { type LogEvent, recordBatchId } from '../../domain/log-record.ts';
import { EXPERIMENTS_TABLE } from '../../domain/monitoring-tables.ts';
import { quote } from '../../domain/slug.ts';
import { dayOf, MICROS_PER_MS } from '../../domain/utc-time.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import { type LogRecordDependencies, writeLogRecords } from '../records/write-log-records.ts';
import { resultsProblem } from '../../experiment-record/results-view.ts';
import { readExperimentRecord } from './experiment-record-row.ts';

export interface ImportDependencies {
  readonly experimentRecords: Pick<ExperimentsApi, 'url' | 'fetch'>;
  readonly tables: Pick<RecordSink, 'replace' | 'hasRows'>;
  readonly records: LogRecordDependencies;
  readonly clock: WallClock;
}

export interface ImportResult {
  readonly imported: number;
  readonly malformed: number;
  /** `kept`: neither the reply nor the table has an experiment, so nothing was done. */
  readonly outcome: 'replaced' | 'kept';
}

/**
 * Replaces the table by the API's current list. `work` identifies this import, so that a repetition writes nothing twice.
 * A record that cannot be read makes one ERROR row a day in `monitoring.logs` and does not stop the others. Throws
 * EXPERIMENTS_UNREADABLE, and keeps the table, if the reply is not a list or would empty the table.
 */
export async function importExperiments(
  { experimentRecords, tables, records, clock }: ImportDependencies,
  work: readonly string[],
  signal: AbortSignal,
): Promise<ImportResult> {
  const now = clock.now();
  const reply = await experimentRecords.fetch(signal);
  if (!Array.isArray(reply)) throw refusal(experimentRecords.url, 'its reply is not a list');
  const { rows, malformed, flawed } = readRecords(reply, now * MICROS_PER_MS);
  for (const event of [...malformed, ...flawed]) {
    // The import runs every ten minutes; the same problem is one row a day, not 144.
    await writeLogRecords(records, ['import-experiments', event.message, dayOf(now)], [event]);
  }
  if (rows.length === 0) {
    if (await tables.hasRows(EXPERIMENTS_TABLE, signal)) {
      throw refusal(
        experimentRecords.url,
        `none of its ${reply.length} records can be used, and the table has experiments`,
      );
    }
    return { imported: 0, malformed: malformed.length, outcome: 'kept' };
  }
  await tables.replace({ id: recordBatchId([EXPERIMENTS_TABLE, ...work]), table: EXPERIMENTS_TABLE, rows }, signal);
  return { imported: rows.length, malformed: malformed.length, outcome: 'replaced' };
}

/** The rows in the order of the list, including repeated slugs, and an event per record that is malformed or has flaws. */
function readRecords(
  reply: readonly unknown[],
  now: number,
): { readonly rows: ExperimentRow[]; readonly malformed: LogEvent[]; readonly flawed: LogEvent[] } {
  const rows: ExperimentRow[] = [];
  const malformed: LogEvent[] = [];
  const flawed: LogEvent[] = [];
  for (const [index, record] of reply.entries()) {
    const reading = readExperimentRecord(record, now);
    if (reading.kind === 'row') {
      rows.push(reading.row);
      flawed.push(...flawEvents(reading.row.normandy_slug, resultsProblem(record)));
    } else malformed.push(malformedEvent(index, reading));
  }
  return { rows, malformed, flawed };
}

function malformedEvent(index: number, reading: { readonly slug: string | null; readonly reason: string }): LogEvent {
  const name = reading.slug === null ? '' : ` (${quote(reading.slug)})`;
  return {
    ...(reading.slug === null ? {} : { experiment: reading.slug }),
    level: 'ERROR',
    message: `Record ${index + 1}${name} of the experiments API cannot be read: ${reading.reason}.`,
    exceptionType: 'ExperimentMalformedException',
    at: { file: 'import-experiments.ts', function: 'importExperiments' },
  };
}

/** Of a record that is used without some fields. */
function flawEvents(experiment: string, problem: string | undefined): LogEvent[] {
  if (problem === undefined) return [];
  return [
    {
      experiment,
      level: 'WARNING',
      message: `The record of ${quote(experiment)} has fields that cannot be read and count as absent: ${problem}.`,
      at: { file: 'import-experiments.ts', function: 'importExperiments' },
    },
  ];
}

function refusal(url: string, reason: string): ContrailError {
  return new ContrailError('EXPERIMENTS_UNREADABLE', `The experiments of ${url} were not imported: ${reason}.`, {
    subject: EXPERIMENTS_TABLE,
    hint: 'The table keeps its rows. Check the reply of the experiments API.',
  });
}
