/** The part of a record that the metadata file needs: stricter than the rest, as keys that are missing are not guessed. */
import { z } from 'zod';
import type { Experiment } from '../../domain/experiment.ts';
import { NOT_UNICODE, problemsOf } from './record-problems.ts';

const Text = z.string({ error: 'must be a text' }).refine((text) => text.isWellFormed(), { error: NOT_UNICODE });
const Count = z.int({ error: 'must be a whole number' });
const Slugs = z
  .array(z.object({ slug: Text }, { error: 'must be an object with a slug' }), { error: 'must be a list, or null' })
  .nullish()
  .transform((entries) => entries?.map((entry) => entry.slug) ?? []);
/** A date that may be null but not absent; its form was checked before. */
const PresentDate = z.string({ error: 'must be a date such as 2026-01-15, or null' }).nullable();

const PlanRecord = z.object({
  startDate: PresentDate,
  endDate: PresentDate,
  branches: z.array(z.object({ slug: Text, ratio: Count }, { error: 'must be an object' }), {
    error: 'must be a list',
  }),
  bucketConfig: z.object(
    { randomizationUnit: Text, namespace: Text, start: Count, count: Count, total: Count.optional() },
    { error: 'must be an object' },
  ),
  proposedEnrollment: Count,
  referenceBranch: z
    .string({ error: 'must be a text, or null' })
    .refine((text) => text.isWellFormed(), { error: NOT_UNICODE })
    .nullable(),
  outcomes: Slugs,
  segments: Slugs,
});

/** The plan in a record, or what keeps it from being read. */
export function planOf(record: unknown): Experiment['plan'] & object {
  const parsed = PlanRecord.safeParse(record);
  if (!parsed.success) return { problem: problemsOf(parsed.error) };
  const { outcomes, segments, proposedEnrollment, referenceBranch } = parsed.data;
  return { outcomes, segments, proposedEnrollment, referenceBranch };
}
