/** Versions and sizes of tables, and of views by the tables that they read. */
import pMap from 'p-map';
import { ContrailError } from '../../domain/errors.ts';
import { namesWithPrefix } from '../../domain/sorted-names.ts';
import { type SourceVersion, versionOfTime } from '../../domain/source-version.ts';
import type { SourceTable, TableDescriptions } from '../../ports/statistics-source.ts';
import { type Catalog, factsOf, type TableFacts } from './catalog.ts';
import type { KeptAnswers, ViewTables } from './kept-view-tables.ts';
import type { QueryRunner } from './query.ts';
import { type DatasetName, type TableName, tablePath, tableText } from './sql.ts';
import type { UsageMeter } from './usage-meter.ts';
import { type Act, during, MEND_THE_VIEW } from './vendor-errors.ts';
import { windowTablePrefix } from './view-tables.ts';

export interface DescribeDependencies {
  readonly catalog: Catalog;
  readonly queries: QueryRunner;
  readonly dataset: DatasetName;
  readonly concurrency: number;
  readonly maximumBytesBilled: number;
  readonly viewTables: KeptAnswers;
}

/** A description, with what reading needs besides. */
export interface DescribedTable {
  readonly source: SourceTable;
  readonly isView: boolean;
}

export interface Descriptions {
  readonly tables: readonly DescribedTable[];
  readonly unreadable: TableDescriptions['unreadable'];
}

/** The same table with that version. */
export function withVersion(table: DescribedTable, version: SourceVersion | undefined): DescribedTable {
  return version === undefined ? table : { ...table, source: { ...table.source, version } };
}

/** The tables of these names. Only views whose name does not tell their tables take requests. */
export async function describeTables(
  deps: DescribeDependencies,
  names: readonly string[],
  facts: readonly TableFacts[],
  asking: Asking,
): Promise<Descriptions> {
  const known = new Map(facts.map((entry) => [entry.name, entry]));
  const stored = facts
    .filter((entry) => entry.kind === 'table')
    .map((entry) => entry.name)
    .sort();
  const wanted = names.flatMap((name) => known.get(name) ?? []);
  const results = await pMap(
    wanted,
    async (entry) => {
      try {
        const read = entry.kind === 'view' ? windowTables(entry.name, stored, known) : [entry];
        if (read.length > 0) return summary(entry, read);
        return summary(entry, await tablesOfView(deps, entry.name, known, asking));
      } catch (error) {
        asking.signal.throwIfAborted();
        if (!(error instanceof ContrailError)) throw error;
        return { name: entry.name, error };
      }
    },
    { concurrency: deps.concurrency },
  );
  return {
    tables: results.filter((result) => 'source' in result),
    unreadable: results.filter((result) => 'error' in result),
  };
}

function windowTables(
  view: string,
  stored: readonly string[],
  known: ReadonlyMap<string, TableFacts>,
): readonly TableFacts[] {
  const prefix = windowTablePrefix(view);
  return prefix === undefined ? [] : namesWithPrefix(stored, prefix).flatMap((name) => known.get(name) ?? []);
}

interface Asking {
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

/** Tables of a view whose name does not tell them. Throws if the view fails, as reading it would. */
async function tablesOfView(
  deps: DescribeDependencies,
  view: string,
  known: ReadonlyMap<string, TableFacts>,
  asking: Asking,
): Promise<TableFacts[]> {
  const name = { ...deps.dataset, table: view };
  const kept = deps.viewTables.find(view);
  const answer = kept ?? (await askForTables(deps, name, asking));
  if (kept === undefined) deps.viewTables.keep(view, answer);
  if ('error' in answer) throw answer.error;
  return during(actOn(name), asking.signal, () => factsOfTables(deps, answer.tables, known, asking));
}

/** By a dry run, which is free. */
async function askForTables(
  deps: DescribeDependencies,
  name: TableName,
  { meter, signal }: Asking,
): Promise<ViewTables> {
  const query = {
    sql: `SELECT * FROM ${tablePath(name)}`,
    maximumBytesBilled: deps.maximumBytesBilled,
    labels: { application: 'contrail', product: 'discovery' },
    meter,
    signal,
  };
  try {
    return await during(actOn(name), signal, async () => {
      const tables = await deps.queries.referencedTables(query);
      // The emulator names no tables, and accepts views that fail.
      if (tables.length === 0) await deps.queries.dryRun(query);
      return { tables: tables.filter((table) => tableText(table) !== tableText(name)) };
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ContrailError)) throw error;
    return { error };
  }
}

function factsOfTables(
  deps: DescribeDependencies,
  tables: readonly TableName[],
  known: ReadonlyMap<string, TableFacts>,
  { meter, signal }: Asking,
): Promise<TableFacts[]> {
  const facts = pMap(
    tables,
    async (table) => {
      const { project, dataset, table: name } = table;
      const isOurs = project === deps.dataset.project && dataset === deps.dataset.dataset;
      if (name.endsWith('*')) {
        const prefix = name.slice(0, -1);
        if (isOurs) return [...known.values()].filter((fact) => fact.kind === 'table' && fact.name.startsWith(prefix));
        return deps.catalog.matching({ project, dataset }, prefix, meter, signal);
      }
      const fact = isOurs ? known.get(name) : undefined;
      if (fact !== undefined) return [fact];
      const reply = await deps.catalog.table(table, meter, signal);
      return reply === undefined ? [] : [factsOf(name, reply)];
    },
    { concurrency: deps.concurrency },
  );
  return facts.then((found) => found.flat());
}

function actOn(view: TableName): Act {
  const subject = tableText(view);
  return {
    doing: `Reading the view ${subject}`,
    subject,
    permission: 'bigquery.tables.get',
    hint: MEND_THE_VIEW,
  };
}

function summary(entry: TableFacts, read: readonly TableFacts[]): DescribedTable {
  const changedAt = read.reduce((newest, table) => Math.max(newest, table.changedAt), entry.changedAt);
  const source = {
    name: entry.name,
    version: versionOfTime(changedAt),
    rows: read.reduce((sum, table) => sum + table.rows, 0),
    bytes: read.reduce((sum, table) => sum + table.bytes, 0),
  };
  return { source, isView: entry.kind === 'view' };
}
