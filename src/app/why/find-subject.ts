/** Finds the experiment of a typed slug: its record, or why there is none. */
import { ContrailError } from '../../domain/errors.ts';
import type { Experiment } from '../../domain/experiment.ts';
import { normaliseSlug, quote } from '../../domain/slug.ts';
import type { ExperimentsApi } from '../../ports/experiments-api.ts';
import type { RecordSink } from '../../ports/record-sink.ts';
import { mayName } from '../../domain/table-owners.ts';
import type { ListedTable } from '../../ports/statistics-source.ts';
import {
  byStart,
  distinctSlugs,
  listExperiments,
  slugsOfTables,
  unknownExperiment,
} from '../../producer/known-experiments.ts';

export interface SubjectSources {
  readonly experiments: ExperimentsApi;
  readonly sink: Pick<RecordSink, 'loggedExperiments'>;
}

/** `error`: the experiment is known, but its record cannot be used. `slugs`: those of the API, which may own its tables. */
export type Subject = { readonly slugs: readonly string[] } & (
  { readonly record: Experiment } | { readonly slug: string; readonly error: ContrailError }
);

export interface SubjectRequest {
  readonly slug: string;
  /** All tables; undefined if they could not be listed. */
  readonly tables: readonly ListedTable[] | undefined;
  readonly signal: AbortSignal;
}

/** Throws EXPERIMENT_UNKNOWN, with suggestions, if neither the API nor the warehouse has the experiment. */
export async function findSubject(
  { experiments: api, sink }: SubjectSources,
  { slug, tables, signal }: SubjectRequest,
): Promise<Subject> {
  const { experiments, malformed, unlisted } = await listExperiments(api, signal);
  const record = recordOf(slug, experiments);
  const slugs = byStart(experiments).map((experiment) => experiment.slug);
  if (record !== undefined) return { record, slugs };
  const unreadable = malformed.find((entry) => entry.slug === slug)?.error ?? unlisted;
  if (unreadable !== undefined) return { slug, slugs, error: unreadable };
  const logged: readonly string[] = await sink.loggedExperiments(signal).catch(() => []);
  if (logged.includes(slug) || (tables ?? []).some(({ name }) => mayName(name, slug))) {
    return { slug, slugs, error: withoutRecord(slug, api.url) };
  }
  throw unknownExperiment(slug, distinctSlugs(slugs, slugsOfTables(tables ?? [], slugs), logged));
}

/** A slug may be typed as in the names of tables, if that names one experiment. */
function recordOf(slug: string, experiments: readonly Experiment[]): Experiment | undefined {
  const exact = experiments.find((experiment) => experiment.slug === slug);
  const [alike, another] = experiments.filter((experiment) => normaliseSlug(experiment.slug) === slug);
  return exact ?? (another === undefined ? alike : undefined);
}

function withoutRecord(slug: string, url: string): ContrailError {
  return new ContrailError(
    'EXPERIMENT_UNKNOWN',
    `The experiments API at ${url} does not list ${quote(slug)}, so Experimenter shows nothing of it and its configuration is unknown.`,
    { subject: slug, hint: 'If it should be there, check that it is launched and not archived.' },
  );
}
