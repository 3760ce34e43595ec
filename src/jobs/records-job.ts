/** The write of one window of records into the warehouse (design, section 8). */
import { z } from 'zod';
import type { JobKind } from './job-kind.ts';

export const RecordsPayload = z.object({
  version: z.literal(1),
  table: z.string().regex(/^[a-z0-9_]{1,100}$/),
  window: z.number().int().min(0),
});
export type RecordsPayload = z.infer<typeof RecordsPayload>;

export const RECORDS_JOB: JobKind<RecordsPayload> = {
  queue: 'records',
  payload: RecordsPayload,
  // Records wait for the warehouse as long as it takes.
  retry: { attempts: 1_000_000, firstDelayMs: 2_000, longestDelayMs: 2 * 60_000 },
  concurrency: 2,
  gathers: true,
  endures: true,
};

export function recordsJobId({ table, window }: { readonly table: string; readonly window: number }): string {
  return `${table}.${window}`;
}
