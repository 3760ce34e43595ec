/** Repeated work on the monitoring tables. */
import { z } from 'zod';
import type { JobKind, JobProduct } from './job-kind.ts';

export const MonitoringPayload = z.discriminatedUnion('task', [
  z.object({ version: z.literal(1), task: z.literal('import-experiments') }),
  z.object({ version: z.literal(1), task: z.literal('query-cost'), day: z.iso.date() }),
  z.object({ version: z.literal(1), task: z.literal('sample-ratio') }),
  z.object({ version: z.literal(1), task: z.literal('check-alerts') }),
]);
export type MonitoringPayload = z.infer<typeof MonitoringPayload>;
export type MonitoringTask = MonitoringPayload['task'];

/** Sample ratios are here because an alert rule is made from them. */
const PRODUCT_OF: Readonly<Record<MonitoringTask, JobProduct>> = {
  'import-experiments': 'experiments',
  'query-cost': 'query_cost',
  'sample-ratio': 'alerts',
  'check-alerts': 'alerts',
};

export const MONITORING_JOB: JobKind<MonitoringPayload> = {
  queue: 'monitoring',
  payload: MonitoringPayload,
  subject: ({ task }) => ({ product: PRODUCT_OF[task] }),
  // The next tick is the retry.
  retry: { attempts: 1, firstDelayMs: 1_000, longestDelayMs: 1_000 },
};

/** `import-experiments.2945808`, `query-cost.2026-01-14.1`: the task and its tick. */
export function monitoringJobId(task: MonitoringTask, tick: string): string {
  return `${task}.${tick}`;
}
