/** The part of a record for the metadata file. Stricter than the rest: missing keys are errors. */
import { z } from 'zod';
import type { Experiment } from '../domain/experiment.ts';
import { problemsOf } from './problems.ts';
import { ExperimentRecord, slugsOfEntries, Text, unicodeText, Whole } from './record.ts';

const Slugs = slugsOfEntries({ list: 'must be a list, or null', entry: 'must be an object with a slug' });
/** A date that may be null but not absent; its format was checked before. */
const PresentDate = z.string({ error: 'must be a date such as 2026-01-15, or null' }).nullable();

const MetadataView = z.object({
  startDate: PresentDate,
  endDate: PresentDate,
  branches: z.array(z.object({ slug: Text, ratio: Whole }, { error: 'must be an object' }), {
    error: 'must be a list',
  }),
  bucketConfig: z.object(
    { randomizationUnit: Text, namespace: Text, start: Whole, count: Whole, total: Whole.optional() },
    { error: 'must be an object' },
  ),
  proposedEnrollment: ExperimentRecord.shape.proposedEnrollment,
  referenceBranch: unicodeText('must be a text, or null').nullable(),
  outcomes: Slugs,
  segments: Slugs,
});

/** The plan in a record, or why it cannot be read. */
export function planOf(record: unknown): Experiment['plan'] & object {
  const parsed = MetadataView.safeParse(record);
  if (!parsed.success) return { problem: problemsOf(parsed.error) };
  const { outcomes, segments, proposedEnrollment, referenceBranch } = parsed.data;
  return { outcomes, segments, proposedEnrollment, referenceBranch };
}
