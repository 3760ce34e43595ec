/** The write of one window of records into the warehouse. */
import { z } from 'zod';
import type { JobKind } from './job-kind.ts';

export const RecordsPayload = z.object({
  version: z.literal(2),
  table: z.string().regex(/^[a-z0-9_]{1,100}$/),
  /** When the window opened, epoch milliseconds, and a random part. */
  window: z.string().regex(/^\d{1,16}-[0-9a-f]{16}$/),
});
export type RecordsPayload = z.infer<typeof RecordsPayload>;

export const RECORDS_JOB: JobKind<RecordsPayload> = {
  queue: 'records',
  payload: RecordsPayload,
  subject: () => undefined,
  // Records wait for the warehouse however long it takes.
  retry: { attempts: 1_000_000, firstDelayMs: 2_000, longestDelayMs: 2 * 60_000 },
  mostAtOnce: 2,
  gathers: true,
  endures: true,
};

export function recordsJobId({ table, window }: { readonly table: string; readonly window: string }): string {
  return `${table}.${window}`;
}
