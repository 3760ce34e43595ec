/** Counts the attempts of a worker pool, and what they read, wrote and cost. */
import type { JobOutcome, PublishedFacts } from '../../domain/outcome.ts';
import { costOf, type Pricing } from '../../domain/query-cost-price.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { FailureEvent, OutcomeEvent, ThrottledEvent } from '../../queue/worker-events.ts';
import type { AttemptHooks } from '../attempts/attempt-hooks.ts';

export function countAttempts(metrics: Metrics, pricing: Pricing): Omit<AttemptHooks, 'onSlow'> {
  return {
    onOutcome: (event) => countOutcome(metrics, event, pricing),
    onFailure: (event) => countFailure(metrics, event),
    onThrottled: (event) => countThrottled(metrics, event),
    onParked: ({ queue }) => metrics.add('contrail_attempts_total', { queue, outcome: 'parked' }),
  };
}

function countOutcome(metrics: Metrics, { queue, outcome, durationMs }: OutcomeEvent, pricing: Pricing): void {
  metrics.add('contrail_attempts_total', { queue, outcome: outcome.kind });
  metrics.observe('contrail_attempt_seconds', { queue }, durationMs / 1_000);
  countContent(metrics, queue, outcome);
  if (outcome.kind === 'published' || outcome.kind === 'unchanged') countUsage(metrics, queue, outcome, pricing);
}

function countContent(metrics: Metrics, queue: string, outcome: JobOutcome): void {
  switch (outcome.kind) {
    case 'published':
      metrics.add('contrail_rows_total', { queue }, outcome.rows);
      metrics.add('contrail_written_bytes_total', { queue }, outcome.bytes);
      metrics.add('contrail_rows_left_out_total', { queue }, outcome.rejected + outcome.dropped + outcome.duplicates);
      break;
    case 'written':
      metrics.add('contrail_rows_total', { queue }, outcome.rows);
      metrics.add('contrail_rows_left_out_total', { queue }, outcome.rejected);
      break;
    default:
  }
}

function countUsage(metrics: Metrics, queue: string, facts: PublishedFacts, pricing: Pricing): void {
  const { readMs, publishMs, usage } = facts;
  if (readMs !== undefined) metrics.observe('contrail_phase_seconds', { queue, phase: 'read' }, readMs / 1_000);
  if (publishMs !== undefined)
    metrics.observe('contrail_phase_seconds', { queue, phase: 'publish' }, publishMs / 1_000);
  if (usage === undefined) return;
  const { bytesRead, bytesBilled, slotMs } = usage;
  metrics.add('contrail_read_bytes_total', { queue }, bytesRead);
  metrics.add('contrail_billed_bytes_total', { queue }, bytesBilled);
  metrics.add('contrail_slot_seconds_total', { queue }, slotMs / 1_000);
  metrics.add('contrail_cost_usd_total', { queue }, costOf({ slotMs, bytesProcessed: bytesBilled }, pricing) ?? 0);
}

function countFailure(metrics: Metrics, { queue, error, final, durationMs }: FailureEvent): void {
  const outcome = error.code === 'CANCELLED' ? 'cancelled' : final ? 'failed' : 'retried';
  metrics.add('contrail_attempts_total', { queue, outcome });
  metrics.add('contrail_failures_total', { queue, code: error.code });
  metrics.observe('contrail_attempt_seconds', { queue }, durationMs / 1_000);
}

function countThrottled(metrics: Metrics, { queue, restMs }: ThrottledEvent): void {
  metrics.add('contrail_attempts_total', { queue, outcome: 'throttled' });
  metrics.add('contrail_throttled_rest_seconds_total', { queue }, restMs / 1_000);
}
