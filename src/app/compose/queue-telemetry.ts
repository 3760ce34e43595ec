/** Traces of the queue, if the settings want them. */
import type { Config } from '../../config/load-config.ts';
import type { QueueTelemetry } from '../../queue/bullmq/tracing.ts';

/** As options of queues and pools; nothing is loaded where traces are off. */
export async function queueTelemetryOf(config: Config): Promise<{ readonly telemetry?: QueueTelemetry }> {
  if (!config.traces) return {};
  const { queueTelemetry } = await import('../../queue/bullmq/tracing.ts');
  return { telemetry: queueTelemetry() };
}
