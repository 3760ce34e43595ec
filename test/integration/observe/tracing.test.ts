/** Spans of the queue, as an SDK receives them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect, it, onTestFinished } from 'vitest';
import { queueTelemetry } from '../../../src/queue/bullmq/tracing.ts';
import { BullmqJobQueue } from '../../../src/queue/bullmq/job-queue.ts';
import { ContrailError } from '../../../src/domain/errors.ts';
import { DONE, makeQueueWorld } from '../../support/queue-world.ts';
import { SYSTEM } from '../../support/system.ts';

function startSdk(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  onTestFinished(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });
  return exporter;
}

it('makes each attempt a trace of its own, linked to the span that enqueued the job', async () => {
  const exporter = startSdk();
  const telemetry = queueTelemetry();
  const world = makeQueueWorld();
  const { redisUrl, prefix, kind } = world;
  const queue = new BullmqJobQueue({ ...SYSTEM, redisUrl, prefix, kinds: [kind], telemetry });
  onTestFinished(() => queue.close());
  const requests = ['a', 'b'].map((id, step) => ({ id, name: id, payload: { step } }));

  await trace.getTracer('test').startActiveSpan('a scan', async (span) => {
    await queue.enqueue(kind.queue, requests, world.never);
    span.end();
  });
  const pool = await world.startPool(
    async (_payload, { jobId, attempt }) => {
      if (jobId === 'a' && attempt === 1) throw new ContrailError('SERVICE_UNAVAILABLE', 'Not now.');
      return DONE;
    },
    { telemetry },
  );
  await world.ended(2);
  await pool.stop();

  const spans = exporter.getFinishedSpans();
  const scan = spans.find(({ name }) => name === 'a scan')?.spanContext();
  const asking = spans.filter(({ kind: of }) => of === SpanKind.PRODUCER);
  const attempts = spans.filter(({ name }) => name === 'process work');
  expect(asking.map((span) => span.spanContext().traceId)).toContain(scan?.traceId);
  expect(attempts).toHaveLength(3);
  expect(new Set(attempts.map((span) => span.spanContext().traceId)).size).toBe(3);
  for (const attempt of attempts) {
    expect(attempt.parentSpanContext).toBeUndefined();
    expect(attempt.links.map((link) => link.context.traceId)).toEqual([scan?.traceId]);
  }
});

it('does the same work without an SDK', async () => {
  const world = makeQueueWorld();
  await world.startPool(async () => DONE, { telemetry: queueTelemetry() });

  await world.enqueue('a');
  await world.ended(1);

  expect((await world.job('a')).state).toBe('completed');
});

it('is loaded by nobody who does not want it', () => {
  const source = fileURLToPath(new URL('../../../src', import.meta.url));
  const importers = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .filter((path) => /^import (?!type )[^;]*tracing\.ts'/m.test(readFileSync(join(source, path), 'utf8')));

  expect(importers).toEqual([]);
});
