/** Prints runs: a line each for people, all columns for programs. */
import { type Run, subjectOf } from '../../app/runs/read-runs.ts';
import { formatAge } from '../../domain/age-text.ts';
import { columnLines } from '../columns.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { durationText, formatCount, printJson, printResult } from '../output.ts';

export interface PrintedRuns {
  readonly runs: readonly Run[];
  /** How many match, also those that are not listed. */
  readonly total: number;
  /** Whether older ones were not looked at. */
  readonly isCut: boolean;
}

/** Newest first. */
export function printRuns({ runs }: PrintedRuns, now: number): void {
  const isTerminal = process.stdout.isTTY;
  const rows = runs.map((run) => (isTerminal ? cellsOf(run, now) : columnsOf(run)));
  for (const line of columnLines(rows)) printResult(line);
}

export function printRunsAsJson({ runs, total, isCut }: PrintedRuns): void {
  printJson({ total, isCut, runs: runs.map(documentOf) });
}

function cellsOf(run: Run, now: number): string[] {
  const { outcome, attempt, code, message, rows, bytesWritten, durationMs, costUsd } = run;
  const made = [
    ...(rows === undefined ? [] : [`${formatCount(rows)} rows`]),
    ...(bytesWritten === undefined || bytesWritten === 0 ? [] : [formatBytes(bytesWritten)]),
  ].join(', ');
  return [
    `${formatAge(now - run.finishedAt)} ago`,
    outcome,
    subjectOf(run),
    durationMs === undefined ? '' : durationText(durationMs),
    attempt > 1 ? `attempt ${attempt}` : '',
    costUsd === undefined || costUsd === 0 ? '' : `$${costUsd.toFixed(4)}`,
    code === undefined ? made : `${code}: ${message ?? ''}`,
  ];
}

/** The columns of the piped table, in this order; documented in the help. */
function columnsOf(run: Run): string[] {
  const number = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return [
    new Date(run.finishedAt).toISOString(),
    run.outcome,
    run.experiment ?? '',
    run.period ?? run.product,
    run.code ?? '',
    String(run.attempt),
    number(run.durationMs),
    number(run.rows),
    number(run.bytesWritten),
    number(run.costUsd),
    run.worker ?? '',
    run.jobId,
    run.message ?? '',
  ];
}

function documentOf({ finishedAt, ...run }: Run) {
  return { finishedAt: new Date(finishedAt).toISOString(), ...run };
}
