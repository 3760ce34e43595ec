/** What is published, and what each file is of: listed at once for all files, never one query per file. */
import { z } from 'zod';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import { errorsObjectName } from '../../domain/errors-export.ts';
import { KNOWN_BY } from '../../domain/file-claim.ts';
import { metadataObjectName } from '../../domain/metadata-name.ts';
import { normaliseSlug } from '../../domain/slug.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { parseStatisticsTableName, statisticsObjectName } from '../../domain/statistics-name.ts';
import { WORK_FOLDER, WORK_KEPT_MS } from '../../domain/work-folder.ts';
import { StatisticsPayload } from '../../jobs/statistics-job.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import type { DueFile, ProductFile, ProductName, ProductPlan } from '../../producer/product-plan.ts';

const FOLDERS: Readonly<Record<ProductName, string>> = {
  statistics: 'statistics/',
  metadata: 'metadata/',
  errors: 'errors/',
};

export interface InventoryDependencies {
  readonly store: Pick<ObjectStore, 'list'>;
  readonly clock: WallClock;
  /** A plan of all selected files, as if all were to be published anew. */
  readonly plan: (signal: AbortSignal) => Promise<ProductPlan>;
  /** Slugs of the experiments API, of tables and of log rows; undefined if not all could be read. */
  readonly knownSlugs: (signal: AbortSignal) => Promise<ReadonlySet<string> | undefined>;
  /** Only files of these experiments; empty: all. */
  readonly experiments: readonly string[];
}

/** What a file would be made from now. */
export interface Source {
  readonly version: SourceVersion;
  /** Rows, if the warehouse knows them without reading. */
  readonly rows?: number | undefined;
  /** Whether the slug is that of the API, and not one read from a table's name. */
  readonly isOwner: boolean;
  readonly payload: unknown;
  readonly due: DueFile;
}

export interface PublishedFile {
  readonly object: StoredObject;
  /** Undefined for names that are not ours. */
  readonly file: ProductFile | undefined;
  /** Undefined if there is none now, or it cannot be read. */
  readonly source: Source | undefined;
  /** Whether its experiment is known to the API, the warehouse or the logs; undefined if that cannot be told. */
  readonly isKnown: boolean | undefined;
}

export interface Inventory {
  /** By name. */
  readonly files: readonly PublishedFile[];
  /** Parts of files that no export can still need. */
  readonly leftovers: readonly StoredObject[];
  readonly plan: ProductPlan;
}

export async function takeInventory(deps: InventoryDependencies, signal: AbortSignal): Promise<Inventory> {
  const { store, clock, experiments } = deps;
  // Listed first: a file that is published meanwhile looks older than its source, and is looked at again.
  const objects = (await Promise.all(Object.values(FOLDERS).map((folder) => store.list(folder, signal)))).flat();
  const work = experiments.length > 0 ? [] : await store.list(WORK_FOLDER, signal);
  const plan = await deps.plan(signal);
  const known = await deps.knownSlugs(signal);
  const planned = new Map([...plan.refused, ...plan.skipped, ...plan.due].map((file) => [objectNameOf(file), file]));
  const selected = new Set(experiments.map(normaliseSlug));
  const files = objects
    .map((object): PublishedFile => {
      const found = planned.get(object.name);
      const file = found ?? parseObjectName(object.name, known);
      const source = found === undefined || !('payload' in found) ? undefined : sourceOf(found);
      // Planning also names files whose tables are gone, whoever published them.
      const isKnown = source !== undefined || known === undefined || isKnownFile(file, known);
      return { object, file, source, isKnown };
    })
    .filter(({ file }) => selected.size === 0 || (file !== undefined && selected.has(normaliseSlug(file.experiment))));
  return {
    files: files.sort((a, b) => (a.object.name < b.object.name ? -1 : 1)),
    leftovers: work.filter(({ changedAt }) => clock.now() - changedAt > WORK_KEPT_MS),
    plan,
  };
}

export function objectNameOf({ product, experiment, period }: ProductFile): string {
  if (product === 'statistics') return period === undefined ? '' : statisticsObjectName(experiment, period);
  return product === 'metadata' ? metadataObjectName(experiment) : errorsObjectName(experiment);
}

const Versioned = z.object({ sourceVersion: z.string(), knownBy: z.enum(KNOWN_BY).default('api') });

function sourceOf(due: DueFile): Source {
  const payload = due.payload(due.reason, []);
  const { sourceVersion: version, knownBy } = Versioned.parse(payload);
  const rows = due.product === 'statistics' ? StatisticsPayload.parse(payload).rows : undefined;
  return { version, rows, isOwner: knownBy === 'api', payload, due };
}

/** A file by its name alone; its experiment is then the normalised slug. */
function parseObjectName(name: string, known: ReadonlySet<string> | undefined): ProductFile | undefined {
  const base = /^(statistics|metadata|errors)\/(\1_[A-Za-z0-9_]+)\.json$/.exec(name);
  if (base === null) return undefined;
  const [, product, table = ''] = base;
  if (product === 'metadata' || product === 'errors') {
    return { product, experiment: table.slice(product.length + 1) };
  }
  const readings = periodReadings(table);
  const reading = readings.find(({ slug }) => known?.has(slug)) ?? parseStatisticsTableName(table);
  return reading === undefined
    ? undefined
    : { product: 'statistics', experiment: reading.slug, period: reading.period };
}

/** A slug may end like a period, so a name can be read in several ways. */
function periodReadings(table: string): { readonly slug: string; readonly period: AnalysisPeriod }[] {
  return ANALYSIS_PERIODS.flatMap((period) => {
    const slug = table.slice('statistics_'.length, -(period.length + 1));
    return table.endsWith(`_${period}`) && slug !== '' ? [{ slug, period }] : [];
  });
}

function isKnownFile(file: ProductFile | undefined, known: ReadonlySet<string>): boolean {
  return file !== undefined && known.has(normaliseSlug(file.experiment));
}
