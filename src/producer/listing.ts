/** What planning looks at once for all products: the experiments, the tables, the published objects. */
import type { ContrailError } from '../domain/errors.ts';
import type { Experiment, ExperimentList } from '../domain/experiment.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import { type ExperimentSources, listExperiments } from './known-experiments.ts';

export interface Listing {
  readonly experiments: readonly Experiment[];
  /** Records of the API that cannot be read. */
  readonly malformed: ExperimentList['malformed'];
  /** Why the list could not be had at all; tables and log rows are then all there is. */
  readonly unlisted?: ContrailError;
  /** What made the list poorer than it could be: all of these errors. */
  readonly problems: readonly ContrailError[];
  /** Bare names of all tables and views of the results dataset. */
  readonly tables: readonly string[];
}

export async function takeListing(
  { api, source }: Pick<ExperimentSources, 'api' | 'source'>,
  signal: AbortSignal,
): Promise<Listing> {
  const list = await listExperiments(api, signal);
  const problems = [
    ...list.malformed.map(({ error }) => error),
    ...(list.unlisted === undefined ? [] : [list.unlisted]),
  ];
  return { ...list, problems, tables: await source.listTables(signal) };
}

/** The objects whose names begin so, by name. */
export async function objectsByName(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): Promise<Map<string, StoredObject>> {
  const objects = await store.list(prefix, signal);
  return new Map(objects.map((object) => [object.name, object]));
}
