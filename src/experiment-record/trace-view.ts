/** The part of a record for the trace. Invalid values count as absent, because they must not hide the rest. */
import { z } from 'zod';
import type { TracedRecord } from '../domain/trace/traced-record.ts';

const TraceView = z.object({ outcomes: z.array(z.unknown()).catch([]).default([]) });
const PrimaryOutcome = z.object({ slug: z.string(), priority: z.literal('primary').nullish() });

export function tracedRecordOf(record: unknown): TracedRecord {
  const { outcomes } = TraceView.parse(record);
  return { primaryOutcomes: outcomes.flatMap((outcome) => PrimaryOutcome.safeParse(outcome).data?.slug ?? []) };
}
