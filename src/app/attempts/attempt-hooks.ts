/** Reports attempts of a worker pool: a log line each, and a row of `export_runs_v1`. */
import type { WorkerHooks } from '../../queue/worker-events.ts';
import { recordFailure, recordOutcome, type Recording } from './record-attempts.ts';

export type AttemptHooks = Required<Pick<WorkerHooks, 'onOutcome' | 'onFailure' | 'onThrottled'>>;

export function attemptHooks(recording: Recording): AttemptHooks {
  const { log } = recording;
  return {
    async onOutcome(event) {
      const { queue, jobId, outcome, durationMs } = event;
      log.info({ queue, jobId, outcome: outcome.kind, durationMs: Math.round(durationMs) }, 'job done');
      await recordOutcome(recording, event);
    },
    async onFailure(event) {
      const { queue, jobId, attempt, error, final } = event;
      log.warn({ queue, jobId, attempt, final, code: error.code, problem: error.sentence }, 'job failed');
      await recordFailure(recording, event);
    },
    onThrottled({ queue, jobId, times, forMs, error }) {
      log.info({ queue, jobId, times, forMs, problem: error.sentence }, 'job throttled');
    },
  };
}
