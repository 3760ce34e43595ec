/** When the analysis' per-window tables were last changed. */
import { windowTableOwners } from '../../domain/analysis-run.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { normaliseSlug } from '../../domain/slug.ts';
import { changeTimes, haveTimes } from '../../domain/table-times.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { StoredObject } from '../../ports/object-store.ts';
import type { ListedTable, StatisticsSource } from '../../ports/statistics-source.ts';

export interface TableChange {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  readonly description?: string;
}

export interface ChangeDependencies {
  readonly source: Pick<StatisticsSource, 'listTables' | 'describeTables'>;
  readonly clock: WallClock;
}

/**
 * The last change of each table. In a warehouse without times, the time at which a statistics file of its experiment was
 * last written, because a scan writes it within minutes; without such a file, now. Only then `objects` is called; it may
 * throw.
 */
export async function tableChanges(
  { source, clock }: ChangeDependencies,
  objects: () => readonly StoredObject[],
  signal: AbortSignal,
): Promise<TableChange[]> {
  const listing = await source.listTables(signal);
  const tables = listing.filter(({ name }) => windowTableOwners(name).length > 0);
  const [first, ...others] = tables.map(({ name }) => name);
  if (first === undefined) return [];
  const probe = await source.describeTables([first], signal, listing);
  if (!haveTimes(probe.tables)) return publicationTimes(tables, objects(), clock.now());
  const described = others.length === 0 ? { tables: [] } : await source.describeTables(others, signal, listing);
  const descriptions = new Map(listing.map(({ name, description }) => [name, description]));
  return changeTimes([...probe.tables, ...described.tables]).map((change) =>
    tableChange(change, descriptions.get(change.name)),
  );
}

function tableChange(change: Omit<TableChange, 'description'>, description: string | undefined): TableChange {
  return description === undefined ? change : { ...change, description };
}

function publicationTimes(
  tables: readonly ListedTable[],
  objects: readonly StoredObject[],
  now: number,
): TableChange[] {
  const newest = new Map<string, number>();
  for (const { metadata, name, changedAt } of objects) {
    const slug = metadata[METADATA.experiment];
    const keys = slug === undefined ? [name.replace(/^statistics\/statistics_/, '')] : [slug, normaliseSlug(slug)];
    for (const key of keys) newest.set(key, Math.max(newest.get(key) ?? 0, changedAt));
  }
  return tables.map(({ name, description }) => {
    const owners = windowTableOwners(name);
    const isDescribed = description !== undefined && owners.includes(normaliseSlug(description));
    const changes = (isDescribed ? [description] : owners).flatMap((slug) => newest.get(slug) ?? []);
    return tableChange({ name, changedAt: changes.length === 0 ? now : Math.max(...changes) }, description);
  });
}
