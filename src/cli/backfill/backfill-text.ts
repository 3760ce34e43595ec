/** Backfills as text and as JSON. */
import { formatAge } from '../../domain/age-text.ts';
import type { Backfill } from '../../ports/backfills.ts';
import { columnLines } from '../columns.ts';
import { formatCount, printResult } from '../output.ts';
import { usdText } from './print-plan.ts';

/** `enqueuing`: not all its jobs are enqueued yet; if that lasts, its command was killed. `done`: all have ended. */
export type BackfillProgress = 'enqueuing' | 'running' | 'paused' | 'cancelled' | 'done';

export function progressOf({ state, isEnqueued, open }: Backfill): BackfillProgress {
  if (state === 'cancelled') return 'cancelled';
  if (open === 0 && isEnqueued) return 'done';
  if (state === 'paused') return 'paused';
  return isEnqueued ? 'running' : 'enqueuing';
}

export function jobsOf({ open, ended }: Backfill): number {
  return Object.values(ended).reduce((sum, count) => sum + count, open);
}

/** Newest first. */
export function printBackfills(backfills: readonly Backfill[], now: number): void {
  const isTerminal = process.stdout.isTTY;
  const rows = backfills.map((backfill) => (isTerminal ? cellsOf(backfill, now) : columnsOf(backfill)));
  for (const line of columnLines(rows)) printResult(line);
}

export function backfillDocument(backfill: Backfill) {
  const { id, at, by, selection, estimatedUsd, state, isEnqueued, open, running, ended, usd, changedAt } = backfill;
  return {
    id,
    at: new Date(at).toISOString(),
    by,
    selection,
    progress: progressOf(backfill),
    state,
    isEnqueued,
    jobs: jobsOf(backfill),
    waiting: open - running,
    running,
    ...ended,
    usd,
    ...(estimatedUsd === undefined ? {} : { estimatedUsd }),
    changedAt: new Date(changedAt).toISOString(),
  };
}

/** `38 of 200 ended: 36 published, 2 failed; 4 running, 158 waiting` */
export function countsText(backfill: Backfill): string {
  const { open, running, ended } = backfill;
  const jobs = jobsOf(backfill);
  const ends = Object.entries(ended).flatMap(([end, count]) => (count === 0 ? [] : [`${formatCount(count)} ${end}`]));
  const left = [
    ...(running === 0 ? [] : [`${formatCount(running)} running`]),
    ...(open === running ? [] : [`${formatCount(open - running)} waiting`]),
  ];
  const done = `${formatCount(jobs - open)} of ${formatCount(jobs)} ended`;
  return `${done}${ends.length === 0 ? '' : `: ${ends.join(', ')}`}${left.length === 0 ? '' : `; ${left.join(', ')}`}`;
}

function cellsOf(backfill: Backfill, now: number): string[] {
  const { id, at, by, selection, usd } = backfill;
  return [
    id,
    `${formatAge(now - at)} ago`,
    progressOf(backfill),
    countsText(backfill),
    usd === 0 ? '' : usdText(usd),
    by,
    selection === '' ? 'all that was due' : selection,
  ];
}

/** The columns of the piped table, in this order; documented in the help. */
function columnsOf(backfill: Backfill): string[] {
  const { id, at, by, selection, estimatedUsd, open, running, ended, usd } = backfill;
  const counts = [jobsOf(backfill), open - running, running, ...endCounts(ended)];
  return [
    id,
    new Date(at).toISOString(),
    progressOf(backfill),
    ...counts.map(String),
    String(usd),
    estimatedUsd === undefined ? '' : String(estimatedUsd),
    by,
    selection,
  ];
}

function endCounts({ published, unchanged, failed, cancelled, gone }: Backfill['ended']): number[] {
  return [published, unchanged, failed, cancelled, gone];
}
