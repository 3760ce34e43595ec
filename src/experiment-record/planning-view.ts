/** The part of a record for planning; each experiment also has what its files need. */
import { z } from 'zod';
import { ContrailError } from '../domain/errors.ts';
import type { Experiment, ExperimentList } from '../domain/experiment.ts';
import { quote } from '../domain/slug.ts';
import { branchRatiosOf } from './branches-view.ts';
import { consoleRecordOf } from './console-view.ts';
import { planOf } from './metadata-view.ts';
import { problemsOf, slugOfMalformed } from './problems.ts';
import { unicodeText, usableSlug } from './record.ts';
import { resultsOf, resultsProblem } from './results-view.ts';
import { tracedRecordOf } from './trace-view.ts';

/** Older records have no application but the desktop, and lack keys that are null today. */
const DEFAULT_APP_NAME = 'firefox_desktop';

const DateText = z.iso.date({ error: 'must be a date such as 2026-01-15, or null' });
const OptionalDate = DateText.nullish().transform((date) => date ?? null);

const PlanningView = z.object({
  slug: usableSlug((problem) => problem),
  appName: unicodeText('must be a text, or null')
    .nullish()
    .transform((name) => name || DEFAULT_APP_NAME),
  startDate: OptionalDate,
  endDate: OptionalDate,
  enrollmentEndDate: OptionalDate,
});

export type MalformedExperiment = ExperimentList['malformed'][number];

/** A record and its place, for messages: `record 3`, `my-slug.json`. */
export interface FoundRecord {
  readonly where: string;
  readonly record: unknown;
}

/** The experiments in these records. A record that cannot be read is reported and does not stop the others. */
export function parseExperiments(found: readonly FoundRecord[]): ExperimentList {
  const experiments: Experiment[] = [];
  const malformed: MalformedExperiment[] = [];
  const flawed: ContrailError[] = [];
  for (const { where, record } of found) {
    const parsed = PlanningView.safeParse(record);
    if (parsed.success) {
      const views = {
        plan: planOf(record),
        console: consoleRecordOf(record),
        results: resultsOf(record),
        trace: tracedRecordOf(record),
        branchRatios: branchRatiosOf(record),
      };
      experiments.push({ ...parsed.data, ...views });
      flawed.push(...flawOf(parsed.data.slug, resultsProblem(record)));
    } else malformed.push(malformedExperiment(where, problemsOf(parsed.error), slugOfMalformed(record)));
  }
  return { experiments, malformed, flawed };
}

function flawOf(slug: string, problem: string | undefined): ContrailError[] {
  if (problem === undefined) return [];
  const sentence = `The experiment ${quote(slug)} has fields that cannot be read and count as absent: ${problem}.`;
  return [new ContrailError('EXPERIMENT_MALFORMED', sentence, { subject: slug })];
}

/** The entries of a list as records, numbered from 1. */
export function numberRecords(records: readonly unknown[]): FoundRecord[] {
  return records.map((record, index) => ({ where: `record ${index + 1}`, record }));
}

/** One EXPERIMENT_MALFORMED with the place and, if known, the experiment. */
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
