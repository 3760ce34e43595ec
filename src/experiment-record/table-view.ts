/** The part of a record for the table of experiments (spec: monitoring, section 3), or what is wrong with it. */
import type { z } from 'zod';
import { slugOfMalformed } from './problems.ts';
import { ExperimentRecord } from './record.ts';

const TableView = ExperimentRecord.omit({
  proposedDuration: true,
  isHoldback: true,
  doRerun: true,
  doRerunTimestamp: true,
});
export type TableView = z.infer<typeof TableView>;

export type TableReading =
  | { readonly kind: 'read'; readonly record: TableView }
  /** `slug` if it is readable Unicode; `reason` names the fields. */
  | { readonly kind: 'malformed'; readonly slug: string | null; readonly reason: string };

export function readForTable(record: unknown): TableReading {
  const parsed = TableView.safeParse(record);
  if (parsed.success) return { kind: 'read', record: parsed.data };
  return { kind: 'malformed', slug: slugOfMalformed(record) ?? null, reason: reasonOf(parsed.error) };
}

function reasonOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(' '))
    .join('; ');
}
