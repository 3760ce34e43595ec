/** Jobs of an experiment that have not ended, found by their ids, which begin with the slug. */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { isSlugOf, normaliseSlug, quote } from '../../domain/slug.ts';
import { slugForId } from '../../jobs/experiment-id.ts';
import { FILE_QUEUES, subjectOf } from '../../jobs/job-kinds.ts';
import type { JobQueue, KnownJob } from '../../ports/job-queue.ts';

/** How many open jobs are read to suggest a slug. */
const SUGGESTED_FROM = 1_000;

export interface CancelSelection {
  /** A slug, as in the experiments API or normalised, or the id of a job. */
  readonly name: string;
  readonly period?: AnalysisPeriod;
}

/** Throws NOTHING_TO_CANCEL with the nearest name if there are none. */
export async function findOpenJobs(
  queue: Pick<JobQueue, 'openIds' | 'find'>,
  selection: CancelSelection,
  signal: AbortSignal,
): Promise<KnownJob[]> {
  const found: KnownJob[] = [];
  const others: { readonly queue: string; readonly ids: readonly string[] }[] = [];
  for (const name of FILE_QUEUES) {
    const ids = await queue.openIds(name, signal);
    const matching = ids.filter((id) => mayBe(id, selection));
    const jobs = await queue.find(name, matching, signal);
    found.push(...jobs.filter((job) => isOpen(job) && isSelected(job, selection)));
    others.push({ queue: name, ids: ids.slice(0, SUGGESTED_FROM) });
  }
  if (found.length > 0) return found;
  throw await nothingFound(queue, selection, { others, signal });
}

function isOpen({ state }: KnownJob): boolean {
  return state !== 'completed' && state !== 'failed';
}

/** Whether the id can be one of the selection; the job itself decides. */
function mayBe(id: string, { name }: CancelSelection): boolean {
  return (
    id === name ||
    [slugForId(name), normaliseSlug(name)].some((slug) => id.startsWith(`${slug}.`) || id.startsWith(`${slug}-`))
  );
}

function isSelected({ id, queue, payload }: KnownJob, { name, period }: CancelSelection): boolean {
  const subject = subjectOf(queue, payload);
  return (
    id === name || (isSlugOf(name, subject?.experiment ?? '') && (period === undefined || subject?.period === period))
  );
}

interface Looked {
  readonly others: readonly { readonly queue: string; readonly ids: readonly string[] }[];
  readonly signal: AbortSignal;
}

async function nothingFound(
  queue: Pick<JobQueue, 'find'>,
  { name, period }: CancelSelection,
  { others, signal }: Looked,
): Promise<ContrailError> {
  const open: KnownJob[] = [];
  for (const { queue: of, ids } of others) open.push(...(await queue.find(of, ids, signal)).filter(isOpen));
  if (open.length === 0) return new ContrailError('NOTHING_TO_CANCEL', 'No export is waiting or running.');
  const slugs = open.flatMap((job) => subjectOf(job.queue, job.payload)?.experiment ?? []);
  const what = period === undefined ? quote(name) : `${quote(name)} ${period}`;
  const nearest = slugs.includes(name) ? '' : didYouMean(name, [...new Set(slugs)]);
  return new ContrailError('NOTHING_TO_CANCEL', `No export of ${what} is waiting or running.`, {
    hint: `${nearest}Run \`contrail status\` to see what is.`,
  });
}
