/** The newest per-window table of each analysis period, read with one query each. */
import pMap from 'p-map';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import { type ContrailError, toContrailError } from '../../domain/errors.ts';
import { normaliseSlug } from '../../domain/slug.ts';
import { assignTables, mayBelong } from '../../domain/table-owners.ts';
import type { WindowTable } from '../../domain/trace/inputs.ts';
import { TableCells } from '../../domain/trace/table-cells.ts';
import { WINDOW_PERIODS } from '../../domain/window-period.ts';
import type { ListedTable, StatisticsSource } from '../../ports/statistics-source.ts';
import { tableRows } from './table-rows.ts';

/** Enough to overlap waiting; the tables are small. */
const CONCURRENCY = 3;

/** The per-window tables of a period. */
export interface PeriodTables {
  readonly period: AnalysisPeriod;
  readonly tables: number;
  readonly newest: { readonly name: string; readonly window: number } | undefined;
}

/** Names of an experiment's per-window tables. `slugs`: other experiments that may own them; the earlier one first. */
export function ownTables(slug: string, listing: readonly ListedTable[], slugs: readonly string[]): string[] {
  return assignTables(listing, [...slugs, slug])
    .windows.filter((owned) => mayBelong(owned, slug))
    .map(({ table }) => table);
}

/** Which tables an experiment has in each period, from their names. */
export function tablesByPeriod(slug: string, names: readonly string[]): PeriodTables[] {
  return ANALYSIS_PERIODS.map((period) => {
    const start = windowTableName(slug, period, '');
    const found = names.flatMap((name) => {
      const digits = name.startsWith(start) ? name.slice(start.length) : '';
      return /^[0-9]{1,9}$/.test(digits) ? [{ name, window: Number(digits) }] : [];
    });
    const newest = found.toSorted((a, b) => b.window - a.window)[0];
    return { period, tables: found.length, newest };
  });
}

/** `my-slug`, `weekly`, 3 → `statistics_my_slug_week_3`. */
export function windowTableName(slug: string, period: AnalysisPeriod, window: number | ''): string {
  return `statistics_${normaliseSlug(slug)}_${WINDOW_PERIODS[period]}_${window}`;
}

export interface TablesRequest {
  readonly source: Pick<StatisticsSource, 'open'>;
  readonly experiment: string;
  readonly rules: ConsoleRules;
  readonly signal: AbortSignal;
}

export interface PeriodFailure {
  readonly period: AnalysisPeriod;
  readonly error: ContrailError;
}

export interface ReadTables {
  readonly tables: readonly WindowTable[];
  readonly failures: readonly PeriodFailure[];
}

/** A table that cannot be read does not stop the others. A table that has gone meanwhile is left out. */
export async function readNewestTables(periods: readonly PeriodTables[], request: TablesRequest): Promise<ReadTables> {
  const tables: WindowTable[] = [];
  const failures: PeriodFailure[] = [];
  await pMap(
    periods,
    async ({ period, newest }) => {
      if (newest === undefined) return;
      try {
        const table = await readTable({ period, ...newest }, request);
        if (table !== undefined) tables.push(table);
      } catch (error) {
        request.signal.throwIfAborted();
        failures.push({ period, error: toContrailError(error) });
      }
    },
    { concurrency: CONCURRENCY },
  );
  return { tables, failures };
}

async function readTable(
  { period, window, name }: { readonly period: AnalysisPeriod; readonly window: number; readonly name: string },
  { source, experiment, rules, signal }: TablesRequest,
): Promise<WindowTable | undefined> {
  const labels = { experiment, period, product: 'trace' };
  const open = await source.open({ table: name, labels, signal });
  if (open === undefined) return undefined;
  try {
    const cells = new TableCells({ period, window, rules });
    for await (const rows of tableRows(open, signal)) cells.add(rows);
    return { period, window, version: open.version, cells };
  } finally {
    await open.close();
  }
}
