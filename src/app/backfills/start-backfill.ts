/** Enqueues a plan as a backfill of its own, which can be listed, paused and cancelled by its id. */
import { backfillIdOf } from '../../domain/backfill-id.ts';
import type { Backfills, NewBackfill } from '../../ports/backfills.ts';
import type { JobQueue } from '../../ports/job-queue.ts';
import type { EnqueueOptions, EnqueueReport } from '../../producer/enqueue-files.ts';
import type { ProductPlan } from '../../producer/product-plan.ts';
import { type EnqueueDependencies, enqueuePlan } from '../enqueue.ts';
import { JoiningQueue } from './joining-queue.ts';

export interface StartDependencies extends EnqueueDependencies {
  readonly queue: Pick<JobQueue, 'find' | 'enqueue' | 'renew' | 'cancel'>;
  readonly backfills: Backfills;
}

export interface StartRequest {
  readonly plan: ProductPlan;
  readonly asked: Omit<NewBackfill, 'id' | 'at'>;
  readonly options: EnqueueOptions;
  readonly signal: AbortSignal;
}

export interface StartedBackfill {
  readonly report: EnqueueReport;
  /** Undefined if nothing was enqueued. */
  readonly id: string | undefined;
}

export async function startBackfill(deps: StartDependencies, request: StartRequest): Promise<StartedBackfill> {
  const { plan, asked, options, signal } = request;
  if (plan.due.length === 0) return { report: await enqueuePlan(deps, plan, options, signal), id: undefined };
  const id = await createBackfill(deps, asked);
  const joining = { ...deps, queue: new JoiningQueue({ ...deps, id }) };
  try {
    const report = await enqueuePlan(joining, plan, options, signal);
    return { report, id: report.enqueued.length === 0 ? undefined : id };
  } finally {
    // Also if it fails: then no more jobs join. Of a command that is killed, the backfill stays incomplete.
    await deps.backfills.complete(id);
  }
}

async function createBackfill(
  { backfills, clock, random }: StartDependencies,
  asked: StartRequest['asked'],
): Promise<string> {
  for (;;) {
    const id = backfillIdOf(random.uuid());
    if (await backfills.create({ ...asked, id, at: clock.now() })) return id;
  }
}
