/** Reports attempts of a worker pool: a log line each, and a row of `export_runs_v1`. */
import { type JobFields, jobFields } from '../../jobs/log-fields.ts';
import type { AttemptFacts, WorkerHooks } from '../../queue/worker-events.ts';
import { recordFailure, recordOutcome, type Recording } from './record-attempts.ts';

export const SLOW_REMEDY =
  'The warehouse or the bucket may answer slowly: see their status pages, and run `contrail doctor`. The job goes on by itself; `contrail cancel` stops it.';

export type AttemptHooks = Required<
  Pick<WorkerHooks, 'onOutcome' | 'onFailure' | 'onThrottled' | 'onParked' | 'onSlow'>
>;

export function attemptHooks(recording: Recording): AttemptHooks {
  const { log } = recording;
  return {
    async onOutcome(event) {
      const { outcome, durationMs } = event;
      log.info({ ...fieldsOf(event), outcome: outcome.kind, durationMs: Math.round(durationMs) }, 'job done');
      await recordOutcome(recording, event);
    },
    async onFailure(event) {
      const { error, final } = event;
      log.warn({ ...fieldsOf(event), final, code: error.code, problem: error.sentence }, 'job failed');
      await recordFailure(recording, event);
    },
    onThrottled(event) {
      const { times, forMs, error } = event;
      log.info({ ...fieldsOf(event), times, forMs, problem: error.sentence }, 'job throttled');
    },
    onParked({ queue, jobId, reason }) {
      log.debug({ queue, jobId, problem: reason }, 'job put off');
    },
    onSlow(event) {
      log.warn({ ...fieldsOf(event), durationMs: event.durationMs, remedy: SLOW_REMEDY }, 'job takes long');
    },
  };
}

function fieldsOf(event: AttemptFacts): JobFields {
  return jobFields(event, event.payload);
}
