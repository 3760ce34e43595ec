/** What planning looks at once for all products: the experiments, the tables, the published objects. */
import type { ContrailError } from '../domain/errors.ts';
import type { Experiment } from '../domain/experiment.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import { type ExperimentSources, listExperiments } from './known-experiments.ts';

export interface Listing {
  readonly experiments: readonly Experiment[];
  /** What made the list poorer than it could be. */
  readonly problems: readonly ContrailError[];
  /** Bare names of all tables and views of the results dataset. */
  readonly tables: readonly string[];
}

export async function takeListing(
  { api, source }: Pick<ExperimentSources, 'api' | 'source'>,
  signal: AbortSignal,
): Promise<Listing> {
  const { experiments, problems } = await listExperiments(api, signal);
  return { experiments, problems, tables: await source.listTables(signal) };
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
