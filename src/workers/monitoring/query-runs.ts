/** When each configured query last ran, for the alert rules. */
import { z } from 'zod';
import type { WatchedQuery } from '../../alerts/inputs.ts';
import { watchedForMs } from '../../alerts/rules-queries.ts';
import { EXPORT_RUNS_TABLE } from '../../domain/monitoring-tables.ts';
import { longestGapMs } from '../../domain/query-export/cadence.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { MICROS_PER_MS, MS_PER_DAY, parseTimestamp } from '../../domain/utc-time.ts';
import type { MonitoringReader } from '../../ports/monitoring-reader.ts';

const RunRow = z.object({ source: z.string(), outcome: z.string(), finished_at: z.string() });

const SUCCESSES: readonly string[] = ['published', 'unchanged', 'superseded'];

/** All enabled queries. Runs are read as far back as each query needs. */
export async function watchedQueries(
  reader: MonitoringReader,
  definitions: readonly QueryExport[],
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<WatchedQuery[]> {
  const queries = definitions
    .filter(({ isEnabled }) => isEnabled)
    .map(({ name, cadence }) => ({ name, cadenceMs: longestGapMs(cadence, now) }));
  // Frequent queries have many rows, rare ones need old rows.
  const frequent = queries.filter((query) => watchedForMs(query) <= MS_PER_DAY);
  const rare = queries.filter((query) => watchedForMs(query) > MS_PER_DAY);
  const groups = [frequent, rare].filter((group) => group.length > 0);
  const watched = await Promise.all(groups.map((group) => readGroup(reader, group, { now, signal })));
  return watched.flat();
}

async function readGroup(
  reader: MonitoringReader,
  queries: readonly { readonly name: string; readonly cadenceMs: number }[],
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<WatchedQuery[]> {
  const from = (now - Math.max(...queries.map(watchedForMs))) * MICROS_PER_MS;
  const rows = await reader.rows(
    {
      table: EXPORT_RUNS_TABLE,
      columns: Object.keys(RunRow.shape),
      since: { column: 'finished_at', from },
      among: { column: 'source', values: queries.map(({ name }) => sourceOf(name)) },
    },
    signal,
  );
  const runs = rows.flatMap((row) => {
    const { data } = RunRow.safeParse(row);
    if (data === undefined) return [];
    return [{ ...data, at: (parseTimestamp(data.finished_at) ?? 0) / MICROS_PER_MS }];
  });
  return queries.map(({ name, cadenceMs }) => {
    const own = runs.filter(({ source }) => source === sourceOf(name));
    const succeeded = own.filter(({ outcome }) => SUCCESSES.includes(outcome)).map(({ at }) => at);
    const succeededAt = succeeded.length === 0 ? null : Math.max(...succeeded);
    return { name, cadenceMs, succeededAt, ranAt: own.length === 0 ? null : Math.min(...own.map(({ at }) => at)) };
  });
}

function sourceOf(name: string): string {
  return `query:${name}`;
}
