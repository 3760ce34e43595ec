/** Records of the experiments API (v8), parsed at the door: only the fields that Contrail uses. */
import { z } from 'zod';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import type { Experiment } from '../../domain/experiment.ts';
import { checkSlug, quote } from '../../domain/slug.ts';
import type { ExperimentList } from '../../ports/experiments-api.ts';
import { consoleRecordOf } from './console-record.ts';
import { planOf } from './experiment-plan.ts';
import { NOT_UNICODE, problemsOf } from './record-problems.ts';

/** Older records know no application but the desktop, and leave keys out that are null today. */
const DEFAULT_APP_NAME = 'firefox_desktop';

const DateText = z.iso.date({ error: 'must be a date such as 2026-01-15, or null' });
const OptionalDate = DateText.nullish().transform((date) => date ?? null);

const ExperimentRecord = z.object({
  slug: z.string({ error: 'must be a text' }).transform((slug, context) => {
    try {
      return checkSlug(slug);
    } catch (error) {
      context.addIssue({ code: 'custom', message: toContrailError(error).message });
      return z.NEVER;
    }
  }),
  appName: z
    .string({ error: 'must be a text, or null' })
    .refine((name) => name.isWellFormed(), { error: NOT_UNICODE })
    .nullish()
    .transform((name) => name || DEFAULT_APP_NAME),
  startDate: OptionalDate,
  endDate: OptionalDate,
  enrollmentEndDate: OptionalDate,
});

export type MalformedExperiment = ExperimentList['malformed'][number];

/** A record and where it was found, for the message: `record 3`, `my-slug.json`. */
export interface FoundRecord {
  readonly where: string;
  readonly record: unknown;
}

/** The experiments in these records; each record that cannot be read is reported, and stops no other. */
export function parseExperiments(found: readonly FoundRecord[]): ExperimentList {
  const experiments: Experiment[] = [];
  const malformed: MalformedExperiment[] = [];
  for (const { where, record } of found) {
    const parsed = ExperimentRecord.safeParse(record);
    if (parsed.success) experiments.push({ ...parsed.data, plan: planOf(record), console: consoleRecordOf(record) });
    else malformed.push(malformedExperiment(where, problemsOf(parsed.error), slugOf(record)));
  }
  return { experiments, malformed };
}

/** The entries of a list as records, numbered from 1. */
export function numberRecords(records: readonly unknown[]): FoundRecord[] {
  return records.map((record, index) => ({ where: `record ${index + 1}`, record }));
}

/** One EXPERIMENT_MALFORMED that names the place and, where it is known, the experiment. */
export function malformedExperiment(where: string, problem: string, slug?: string): MalformedExperiment {
  const name = slug === undefined ? '' : ` (${quote(slug)})`;
  const error = new ContrailError(
    'EXPERIMENT_MALFORMED',
    `The experiment in ${where}${name} cannot be read: ${problem}.`,
    {
      subject: slug ?? where,
    },
  );
  return { ...(slug === undefined ? {} : { slug }), error };
}

/** Text that is not Unicode could be written to no log row. */
function slugOf(record: unknown): string | undefined {
  const slug = z.object({ slug: z.string() }).safeParse(record).data?.slug;
  return slug?.isWellFormed() ? slug : undefined;
}
