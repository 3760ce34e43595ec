/** Prints what is, or would be, done again: a line each for people, all columns for programs. */
import type { Estimate } from '../../app/estimate.ts';
import type { RetriedRun } from '../../app/retry/retry-failed.ts';
import type { RetryPlan } from '../../app/retry/retry-plan.ts';
import { subjectOf } from '../../app/runs/read-runs.ts';
import { formatAge } from '../../domain/age-text.ts';
import type { Pricing } from '../../domain/query-cost-price.ts';
import { estimateDocument, usdText } from '../backfill/print-plan.ts';
import { columnLines } from '../columns.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { plural, printJson, printResult, say } from '../output.ts';
import type { PlanWarning } from '../read-plan.ts';

/** `due`: it would be enqueued. */
type Retried = Omit<RetriedRun, 'end'> & { readonly end: RetriedRun['end'] | 'due' };

export interface PrintedRetry {
  readonly retried: readonly Retried[];
  /** From when on failures were looked for, milliseconds since 1970. */
  readonly since: number;
  readonly now: number;
  readonly warnings: readonly PlanWarning[];
  /** Whether older failures were not looked at. */
  readonly isCut: boolean;
  readonly estimate: Estimate | undefined;
  readonly pricing: Pricing;
}

/** What a dry run shows. */
export function wouldRetry({ files, tasks, left }: RetryPlan): Retried[] {
  return [
    ...[...files, ...tasks].map(({ run }) => ({ run, end: 'due' as const })),
    ...left.map(({ run, reason }) => ({ run, end: 'left' as const, reason })),
  ];
}

export function printRetry({ retried, now }: PrintedRetry): void {
  const isTerminal = process.stdout.isTTY;
  const rows = retried.map((one) => (isTerminal ? cellsOf(one, now) : columnsOf(one)));
  for (const line of columnLines(rows)) printResult(line);
  say(`${countsText(retried)}.`);
}

/** `3 enqueued, 1 queued before, 2 left` */
function countsText(retried: readonly Retried[]): string {
  const count = (end: Retried['end']): number => retried.filter((one) => one.end === end).length;
  const due = count('due');
  const done = due > 0 ? `${due} to be enqueued; nothing was enqueued` : `${count('enqueued')} enqueued`;
  const others = [
    ...(count('queued') === 0 ? [] : [`${count('queued')} queued before`]),
    ...(count('left') === 0 ? [] : [`${count('left')} left`]),
  ];
  return [done, ...others].join(', ');
}

/** `2 files and 1 task can be done again (1.2 GB, at most 0.01 USD at the on-demand price), 1 is left.` */
export function planText({ files, tasks, left }: RetryPlan, { totalBytes, usd }: Estimate): string {
  const counts = [
    ...(files.length === 0 && tasks.length > 0 ? [] : [plural(files.length, 'file')]),
    ...(tasks.length === 0 ? [] : [plural(tasks.length, 'task')]),
  ].join(' and ');
  const price = totalBytes === 0 ? '' : ` (${formatBytes(totalBytes)}, at most ${usdText(usd)} at the on-demand price)`;
  const rest = left.length === 0 ? '' : `; ${left.length} cannot`;
  return `${counts} can be enqueued again${price}${rest}.`;
}

function cellsOf({ run, end, reason }: Retried, now: number): string[] {
  return [end, subjectOf(run), run.code ?? '', `failed ${formatAge(now - run.finishedAt)} ago`, reason ?? ''];
}

/** The columns of the piped table, in this order; documented in the help. */
function columnsOf({ run, end, reason }: Retried): string[] {
  const { experiment, period, product, code, finishedAt, jobId, source } = run;
  const subject = experiment === undefined ? (source ?? product) : (period ?? product);
  return [end, experiment ?? '', subject, code ?? '', new Date(finishedAt).toISOString(), jobId, reason ?? ''];
}

export function printRetryAsJson(printed: PrintedRetry): void {
  const { retried, since, isCut, estimate, pricing, warnings } = printed;
  const count = (end: Retried['end']): number => retried.filter((one) => one.end === end).length;
  printJson({
    since: new Date(since).toISOString(),
    failed: retried.length,
    enqueued: count('enqueued'),
    queued: count('queued'),
    left: count('left'),
    isCut,
    ...(estimate === undefined ? {} : { estimate: estimateDocument(estimate, pricing) }),
    runs: retried.map(({ run, end, reason }) => ({
      state: end,
      ...(reason === undefined ? {} : { reason }),
      product: run.product,
      experiment: run.experiment,
      period: run.period,
      source: run.source,
      code: run.code,
      message: run.message,
      failedAt: new Date(run.finishedAt).toISOString(),
      jobId: run.jobId,
    })),
    warnings,
  });
}
