/** What an experiment cost: its tables in the analysis, and its files in Contrail. */
import { z } from 'zod';
import { groupBy } from '../../../domain/group-by.ts';
import { EXPORT_RUNS_TABLE, QUERY_COST_TABLE } from '../../../domain/monitoring-tables.ts';
import { normaliseSlug } from '../../../domain/slug.ts';
import { MICROS_PER_MS, MS_PER_DAY } from '../../../domain/utc-time.ts';
import type { MonitoringReader } from '../../../ports/monitoring-reader.ts';
import type { TableCost } from '../../../web/pages/experiment/source.ts';

const DAYS = 30;
/** Many times what the analysis of one experiment needs in a month. */
const LIMITS = { rows: 20_000, characters: 1_100 };

const Amount = z.number().nullish();
const Query = z.object({ destination_table: z.string().nullish(), cost_usd: Amount, total_bytes_processed: Amount });
const Run = z.object({ product: z.string(), cost_usd: z.number(), bytes_billed: Amount });

export interface CostRequest {
  readonly slug: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Of the last 30 days, the dearest first. */
export async function readCost(
  reader: MonitoringReader,
  { slug, now }: CostRequest,
  signal: AbortSignal,
): Promise<readonly TableCost[]> {
  const from = (now - DAYS * MS_PER_DAY) * MICROS_PER_MS;
  const [queries, runs] = await Promise.all([
    reader.rows(
      {
        table: QUERY_COST_TABLE,
        columns: Object.keys(Query.shape),
        since: { column: 'submission_timestamp', from },
        among: { column: 'experiment_slug', values: derivedSlugs(slug) },
        limits: LIMITS,
      },
      signal,
    ),
    reader.rows(
      {
        table: EXPORT_RUNS_TABLE,
        columns: Object.keys(Run.shape),
        since: { column: 'finished_at', from },
        among: { column: 'experiment', values: [slug] },
        limits: LIMITS,
      },
      signal,
    ),
  ]);
  const entries = [
    ...queries.flatMap((row): TableCost[] => {
      const { destination_table: table, cost_usd: usd, total_bytes_processed: bytes } = Query.parse(row);
      return [{ kind: 'analysis', table: table ?? 'no table', usd: usd ?? 0, queries: 1, bytes: bytes ?? 0 }];
    }),
    ...runs.flatMap((row): TableCost[] => {
      const run = Run.safeParse(row).data;
      if (run === undefined) return [];
      const { product, cost_usd: usd, bytes_billed: bytes } = run;
      return [{ kind: 'contrail', table: `exports of ${product}`, usd, queries: 1, bytes: bytes ?? 0 }];
    }),
  ];
  return [...groupBy(entries, ({ kind, table }) => `${kind} ${table}`).values()]
    .flatMap(sumOf)
    .toSorted((a, b) => b.usd - a.usd || (a.table < b.table ? -1 : 1));
}

function sumOf(entries: readonly TableCost[]): TableCost[] {
  const [first] = entries;
  if (first === undefined) return [];
  const sum = (of: (entry: TableCost) => number): number => entries.reduce((total, entry) => total + of(entry), 0);
  return [
    { ...first, usd: sum(({ usd }) => usd), queries: sum(({ queries }) => queries), bytes: sum(({ bytes }) => bytes) },
  ];
}

/** The slug as the names of the tables give it back: every `_` becomes `-`. */
function derivedSlugs(slug: string): string[] {
  return [...new Set([slug, normaliseSlug(slug).replaceAll('_', '-')])];
}
