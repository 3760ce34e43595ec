/** What planning lists once for all products: experiments, tables, published objects. */
import pMap from 'p-map';
import type { ContrailError } from '../domain/errors.ts';
import type { Experiment, ExperimentList } from '../domain/experiment.ts';
import type { ObjectStore, StoredObject } from '../ports/object-store.ts';
import type { ListedTable } from '../ports/statistics-source.ts';
import { type ExperimentSources, listExperiments } from './known-experiments.ts';

const LISTS_AT_ONCE = 16;

export interface Listing {
  readonly experiments: readonly Experiment[];
  /** Records of the API that cannot be read. */
  readonly malformed: ExperimentList['malformed'];
  /** Why the whole list could not be read; then only tables and log rows count. */
  readonly unlisted?: ContrailError;
  /** All errors of the list. */
  readonly problems: readonly ContrailError[];
  /** All tables and views of the results dataset. */
  readonly tables: readonly ListedTable[];
}

/** `beginnings`: list only tables whose names begin with one of them. */
export async function takeListing(
  { api, source }: Pick<ExperimentSources, 'api' | 'source'>,
  signal: AbortSignal,
  beginnings?: readonly string[],
): Promise<Listing> {
  const list = await listExperiments(api, signal);
  const problems = [
    ...list.malformed.map(({ error }) => error),
    ...list.flawed,
    ...(list.unlisted === undefined ? [] : [list.unlisted]),
  ];
  return { ...list, problems, tables: await source.listTables(signal, beginnings) };
}

/** Objects whose names begin with one of the prefixes, by name. */
export async function objectsByName(
  store: ObjectStore,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, StoredObject>> {
  const objects = await pMap(prefixes, (prefix) => store.list(prefix, signal), { concurrency: LISTS_AT_ONCE });
  return new Map(objects.flat().map((object) => [object.name, object]));
}
