/** Repeated work on the monitoring tables. */
import { z } from 'zod';
import type { JobKind, JobProduct } from './job-kind.ts';

/** The names that configured queries may have. */
const QUERY_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;

const Tasks = z.discriminatedUnion('task', [
  z.object({ version: z.literal(1), task: z.literal('import-experiments') }),
  z.object({ version: z.literal(1), task: z.literal('query-cost'), day: z.iso.date() }),
  z.object({ version: z.literal(1), task: z.literal('sample-ratio') }),
  z.object({ version: z.literal(1), task: z.literal('check-alerts') }),
  z.object({
    version: z.literal(1),
    task: z.literal('query'),
    name: z.string().regex(QUERY_NAME),
    /** The time that the run is for, milliseconds since 1970. */
    tick: z.int().min(0).max(8.64e15),
  }),
]);

/** The version comes first: another one may have other tasks. */
export const MonitoringPayload = z.looseObject({ version: z.literal(1) }).pipe(Tasks);
export type MonitoringPayload = z.infer<typeof MonitoringPayload>;
export type MonitoringTask = MonitoringPayload['task'];
export type QueryPayload = Extract<MonitoringPayload, { readonly task: 'query' }>;

/** Sample ratios are here because an alert rule is made from them. */
const PRODUCT_OF: Readonly<Record<MonitoringTask, JobProduct>> = {
  'import-experiments': 'experiments',
  'query-cost': 'query_cost',
  'sample-ratio': 'alerts',
  'check-alerts': 'alerts',
  query: 'query',
};

export const MONITORING_JOB: JobKind<MonitoringPayload> = {
  queue: 'monitoring',
  payload: MonitoringPayload,
  subject: (payload) => ({
    product: PRODUCT_OF[payload.task],
    ...(payload.task === 'query' ? { source: `query:${payload.name}` } : {}),
  }),
  // The next tick is the retry.
  retry: { attempts: 1, firstDelayMs: 1_000, longestDelayMs: 1_000 },
};

/** `query.my-query.1767441600000` */
export function queryJobId({ name, tick }: Pick<QueryPayload, 'name' | 'tick'>): string {
  return `query.${name}.${tick}`;
}

/** `import-experiments.2945808`, `query-cost.2026-01-14.1`: the task and its tick. */
export function monitoringJobId(task: Exclude<MonitoringTask, 'query'>, tick: string): string {
  return `${task}.${tick}`;
}

/** What the job with this id does; undefined if no job of this queue has such an id. */
export function payloadOfMonitoringId(id: string): MonitoringPayload | undefined {
  const [task = '', tick = ''] = id.split('.');
  const query = /^query\.(?<name>[^.]+)\.(?<tick>\d+)$/.exec(id)?.groups;
  const details =
    task === 'query'
      ? { name: query?.['name'], tick: Number(query?.['tick']) }
      : task === 'query-cost'
        ? { day: tick }
        : {};
  return tick === '' ? undefined : MonitoringPayload.safeParse({ version: 1, task, ...details }).data;
}
