/** How jobs of backfills end, as their backfills count it. */
import { errorText } from '../../domain/errors.ts';
import { z } from 'zod';
import type { JobOutcome, ReadingUsage } from '../../domain/outcome.ts';
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import type { BackfillEnd, Backfills, JobEnd } from '../../ports/backfills.ts';
import type { KnownJob } from '../../ports/job-queue.ts';
import type { Log } from '../../ports/log.ts';
import type { AttemptFacts, WorkerHooks } from '../../queue/worker-events.ts';

const ResultUsage = z.object({ usage: z.object({ slotMs: z.number(), bytesBilled: z.number() }) });

export interface NotingEnds {
  readonly backfills: Pick<Backfills, 'end'>;
  readonly pricing: Pricing;
  readonly log: Log;
}

/** Notes how jobs end that a worker runs. If Redis is away, the next look at the backfill finds them out. */
export function noteEnds({
  backfills,
  pricing,
  log,
}: NotingEnds): Required<Pick<WorkerHooks, 'onOutcome' | 'onFailure'>> {
  const note = async ({ backfill, queue, jobId }: AttemptFacts, end: JobEnd): Promise<void> => {
    if (backfill === undefined) return;
    try {
      await backfills.end(backfill, [{ queue, id: jobId }], end);
    } catch (error) {
      log.warn({ backfill, queue, jobId, problem: errorText(error) }, 'the end of a job was not noted in its backfill');
    }
  };
  return {
    onOutcome: (event) => note(event, { end: endOf(event.outcome.kind), usd: usdOf(event.outcome, pricing) }),
    async onFailure(event) {
      if (event.final) await note(event, { end: endOfFailure(event.error.code) });
    },
  };
}

/** What a job cost that the queue keeps as ended, US dollars; 0 if that is not known. */
export function usdOfKnown({ result }: Pick<KnownJob, 'result'>, pricing: Pricing): number {
  const usage = ResultUsage.safeParse(result).data?.usage;
  return usage === undefined ? 0 : priceOf(usage, pricing);
}

/** The end of a job that the queue keeps as ended. */
export function endOfKnown({ state, failure, result }: KnownJob): BackfillEnd {
  if (state === 'failed') return endOfFailure(failure?.code);
  return endOf(typeof result === 'object' && result !== null && 'kind' in result ? result.kind : undefined);
}

function endOf(outcome: unknown): BackfillEnd {
  return outcome === 'published' ? 'published' : 'unchanged';
}

function endOfFailure(code: string | undefined): BackfillEnd {
  return code === 'CANCELLED' ? 'cancelled' : 'failed';
}

function usdOf(outcome: JobOutcome, pricing: Pricing): number {
  if (outcome.kind !== 'published' && outcome.kind !== 'unchanged') return 0;
  return outcome.usage === undefined ? 0 : priceOf(outcome.usage, pricing);
}

function priceOf({ slotMs, bytesBilled }: Pick<ReadingUsage, 'slotMs' | 'bytesBilled'>, pricing: Pricing): number {
  return costOf({ slotMs, bytesProcessed: bytesBilled }, pricing) ?? 0;
}
