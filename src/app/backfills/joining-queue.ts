/** A queue whose new jobs join a backfill. */
import { ContrailError } from '../../domain/errors.ts';
import type { Backfills, BackfillState } from '../../ports/backfills.ts';
import type { EnqueueResult, JobQueue, JobReference, JobRequest } from '../../ports/job-queue.ts';

/** A command that is killed leaves at most one chunk of jobs that joined and were not enqueued. */
const CHUNK = 1_000;

type QueueOfProducer = Pick<JobQueue, 'find' | 'enqueue' | 'renew'>;

export interface JoiningQueueOptions {
  readonly queue: QueueOfProducer & Pick<JobQueue, 'cancel'>;
  readonly backfills: Pick<Backfills, 'join' | 'leave' | 'align'>;
  /** The backfill's id. */
  readonly id: string;
}

/** Jobs that were enqueued before stay whose they are. Throws BACKFILL_CANCELLED when somebody cancels the backfill meanwhile. */
export class JoiningQueue implements QueueOfProducer {
  readonly #options: JoiningQueueOptions;

  constructor(options: JoiningQueueOptions) {
    this.#options = options;
  }

  find(queue: string, ids: readonly string[], signal: AbortSignal) {
    return this.#options.queue.find(queue, ids, signal);
  }

  enqueue(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    return this.#inChunks(queue, requests, (chunk) => this.#options.queue.enqueue(queue, chunk, signal));
  }

  renew(queue: string, requests: readonly JobRequest[], signal: AbortSignal): Promise<EnqueueResult> {
    return this.#inChunks(queue, requests, (chunk) => this.#options.queue.renew(queue, chunk, signal));
  }

  async #inChunks(
    queue: string,
    requests: readonly JobRequest[],
    put: (chunk: readonly JobRequest[]) => Promise<EnqueueResult>,
  ): Promise<EnqueueResult> {
    const { backfills, id } = this.#options;
    const result = { added: [] as string[], known: [] as string[] };
    for (let start = 0; start < requests.length; start += CHUNK) {
      const chunk = requests.slice(start, start + CHUNK).map((request) => ({ ...request, backfill: id }));
      const ids = chunk.map((request) => request.id);
      if ((await backfills.join(id, referencesTo(queue, ids))) === 'cancelled') throw cancelled(id);
      const { added, known } = await put(chunk);
      result.added.push(...added);
      result.known.push(...known);
      await this.#obey(await backfills.leave(id, referencesTo(queue, known)), queue, added);
    }
    return result;
  }

  /** Whoever paused or cancelled the backfill meanwhile may not have seen these jobs. */
  async #obey(state: BackfillState | undefined, name: string, added: readonly string[]): Promise<void> {
    const { queue, backfills, id } = this.#options;
    if (state === 'paused') await backfills.align(id, referencesTo(name, added));
    if (state !== 'cancelled') return;
    // Not with the caller's signal: what was enqueued must not be left there.
    const never = new AbortController().signal;
    await queue.cancel(name, added, never);
    throw cancelled(id);
  }
}

function referencesTo(queue: string, ids: readonly string[]): JobReference[] {
  return ids.map((id) => ({ queue, id }));
}

function cancelled(id: string): ContrailError {
  return new ContrailError(
    'BACKFILL_CANCELLED',
    `The backfill ${id} was cancelled while its jobs were being enqueued.`,
    {
      hint: 'No more are enqueued. Ask for the files again when you want them.',
    },
  );
}
