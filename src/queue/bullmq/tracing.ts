/**
 * OpenTelemetry traces of the queue. Loaded only if they are wanted. Where spans go is decided by the OpenTelemetry SDK that
 * the process was started with (docs/metrics.md); without one they go nowhere.
 */
import { ROOT_CONTEXT, type Context, SpanKind, trace } from '@opentelemetry/api';
import { SpanKind as QueueSpanKind, type Telemetry } from 'bullmq';
import { BullMQOtel, BullMQOTelSpan } from 'bullmq-otel';
import { CONTRAIL_VERSION } from '../../domain/version.ts';

const NAME = 'contrail';

export type QueueTelemetry = Telemetry<Context>;

/** What BullMQ's queues and workers take. Each attempt at a job is a trace of its own, linked to whoever enqueued the job. */
export function queueTelemetry(): QueueTelemetry {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: NAME, version: CONTRAIL_VERSION });
  return {
    tracer: {
      startSpan: (name, options, asker) =>
        options?.kind === QueueSpanKind.CONSUMER ? startAttempt(name, asker) : tracer.startSpan(name, options, asker),
    },
    contextManager: {
      with: (context, work) => contextManager.with(context, work),
      active: () => contextManager.active(),
      // Loops that begin in a span do not belong to it.
      root: () => ROOT_CONTEXT,
      getMetadata: (context) => contextManager.getMetadata(context),
      fromMetadata: (active, metadata) => contextManager.fromMetadata(active, metadata),
    },
  };
}

/** A backfill of a day would be one trace of thousands of spans, if attempts were children of the one that asked. */
function startAttempt(name: string, asker: Context | undefined): BullMQOTelSpan {
  const asking = asker === undefined ? undefined : trace.getSpanContext(asker);
  const links = asking === undefined ? [] : [{ context: asking }];
  const tracer = trace.getTracer(NAME, CONTRAIL_VERSION);
  return new BullMQOTelSpan(tracer.startSpan(name, { kind: SpanKind.CONSUMER, root: true, links }, asker));
}
