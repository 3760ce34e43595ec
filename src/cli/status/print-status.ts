/** Prints file states in columns, problems first, then the queues. */
import type { StrayJobs } from '../../app/stray-jobs.ts';
import type { FileStateName } from '../../producer/file-state-names.ts';
import type { FileState } from '../../producer/file-states.ts';
import type { QueueStates } from '../../queue/queue-states.ts';
import { formatAge } from '../../domain/age-text.ts';
import { formatCount, oneLine, plural, printResult } from '../output.ts';
import { needsSomebody } from './options.ts';

/** Order of the states: problems first. */
const ORDER: readonly FileStateName[] = [
  'failed',
  'refused',
  'stale',
  'never',
  'missing',
  'gone',
  'rebuilding',
  'running',
  'queued',
  'not due',
  'fresh',
];

/** Sorts problems first; files of one state keep their order. */
export function problemsFirst(files: readonly FileState[]): FileState[] {
  return files.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ state, behind }: FileState): number {
  return ORDER.indexOf(behind ?? state);
}

/** `checkedAt`: when a scan looked at the files, milliseconds since 1970. */
export function headlineOf(files: readonly FileState[], { checkedAt, now }: Checked): string {
  const count = files.filter(needsSomebody).length;
  const age = `Checked ${formatAge(Math.max(0, now - checkedAt))} ago.`;
  if (count === 0)
    return `${files.length === 1 ? 'The file needs' : `All ${plural(files.length, 'file')} need`} nothing. ${age}`;
  return `${formatCount(count)} of ${plural(files.length, 'file')} ${count === 1 ? 'needs' : 'need'} you. ${age}`;
}

interface Checked {
  readonly checkedAt: number;
  readonly now: number;
}

export function totalsOf(files: readonly FileState[]): Record<string, number> {
  const counts = new Map<FileStateName, number>();
  for (const { state } of files) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Object.fromEntries(ORDER.flatMap((state) => (counts.has(state) ? [[state, counts.get(state) ?? 0]] : [])));
}

/** One line per file: state, age, experiment, period or product, code and reason. */
export function fileLines(files: readonly FileState[], now: number): string[] {
  const rows = files.map((file) => [
    file.state,
    file.since === undefined ? '' : formatAge(now - file.since),
    oneLine(file.experiment),
    file.period ?? file.product,
    file.code ?? '',
    oneLine(file.detail ?? ''),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => ((widths[column] ?? 0) === 0 ? '' : `${cell.padEnd(widths[column] ?? 0)}  `))
      .join('')
      .trimEnd(),
  );
}

export function printTotals(files: readonly FileState[], hidden: number): void {
  if (files.length === 0) return printResult('There are no results yet.');
  const totals = Object.entries(totalsOf(files)).map(([state, count]) => `${formatCount(count)} ${state}`);
  printResult(`${plural(files.length, 'file')}: ${totals.join(', ')}.${hidden > 0 ? ' All files: --all.' : ''}`);
}

export function printQueues(queues: QueueStates): void {
  for (const [name, { waiting, paused, active, delayed, failed, isPaused }] of Object.entries(queues)) {
    if (waiting + paused + active + delayed + failed === 0 && !isPaused) continue;
    const counts = `${waiting + paused} waiting, ${active} running, ${delayed} delayed, ${failed} failed`;
    const hint = isPaused
      ? ' It is paused: no worker takes its jobs. Resume it on the page /queues of contrail web.'
      : '';
    printResult(`Queue ${name}: ${counts}.${hint}`);
  }
}

/** Jobs whose experiment was removed after they were enqueued. */
export function printStrays(strays: readonly StrayJobs[]): void {
  for (const { experiment, jobs } of strays) {
    const wait = jobs === 1 ? '1 job waits or runs' : `${jobs} jobs wait or run`;
    const stop = `To stop: contrail cancel ${experiment}`;
    printResult(oneLine(`${wait} for ${experiment}, which is gone or has nothing to publish any more. ${stop}`));
  }
}
