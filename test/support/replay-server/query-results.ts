/** What a query gives: the shapes of `statements.ts` over the catalog. */
import type { Catalog, StoredTable } from './catalog.ts';
import { cellText, ExplicitContent, type ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';
import { rowTest, type Parameters } from './row-conditions.ts';
import { windowTest } from './row-restriction.ts';
import { selectRange, sortedRows } from './row-selection.ts';
import { recognise, type SelectedItem, type Statement } from './statements.ts';
import { RefusedError } from './statuses.ts';
import type { TableContent } from './table-content.ts';

export interface Query {
  readonly sql: string;
  readonly defaultDataset: string | undefined;
  readonly parameters: Parameters;
}

export interface QueryResult {
  readonly content: TableContent;
  readonly referenced: readonly StoredTable[];
  /** Logical bytes that the query reads. */
  readonly bytes: number;
}

const TABLES_META: readonly TableField[] = [
  { name: 'project_id', type: 'STRING' },
  { name: 'dataset_id', type: 'STRING' },
  { name: 'table_id', type: 'STRING' },
  { name: 'creation_time', type: 'INTEGER' },
  { name: 'last_modified_time', type: 'INTEGER' },
  { name: 'row_count', type: 'INTEGER' },
  { name: 'size_bytes', type: 'INTEGER' },
  { name: 'type', type: 'INTEGER' },
];

const TABLE_OPTIONS: readonly TableField[] = [
  { name: 'table_name', type: 'STRING' },
  { name: 'option_name', type: 'STRING' },
  { name: 'option_type', type: 'STRING' },
  { name: 'option_value', type: 'STRING' },
];

/** What a query of INFORMATION_SCHEMA is billed at least. */
const LEAST_BYTES = 10 * 1024 * 1024;

/** Runs a query. Throws RefusedError as the service refuses one: `invalidQuery`, `notFound`, or what the table is set to. */
export function runQuery(catalog: Catalog, query: Query): QueryResult {
  const statement = recognise(query.sql);
  if (statement === undefined || (statement.path.includes('INFORMATION_SCHEMA') && !isTableOptions(statement)))
    throw invalidQuery(UNKNOWN_STATEMENT);
  try {
    return resultOf(catalog, statement, query);
  } catch (error) {
    throw error instanceof SyntaxError ? invalidQuery(error.message) : error;
  }
}

/** The 400 of a query that does not compile. */
export function invalidQuery(message: string): RefusedError {
  return new RefusedError({ code: 'INVALID_ARGUMENT', reason: 'invalidQuery', message });
}

const UNKNOWN_STATEMENT =
  'The replay server does not know this statement: give it an answer (see test/support/replay-server/README.md).';

function resultOf(catalog: Catalog, statement: Statement, query: Query): QueryResult {
  const name = statement.path.at(-1) ?? '';
  const dataset = statement.path.at(-2) ?? query.defaultDataset ?? '';
  if (name === '__TABLES__') {
    catalog.checkDataset(dataset);
    const meta = new ExplicitContent(
      TABLES_META,
      catalog.tablesOf(dataset).map((table) => metaRow(catalog, table)),
    );
    return { content: selectRows(meta, statement, query.parameters), referenced: [], bytes: 0 };
  }
  if (isTableOptions(statement)) {
    const owner = statement.path.at(-3) ?? '';
    catalog.checkDataset(owner);
    const options = new ExplicitContent(TABLE_OPTIONS, catalog.tablesOf(owner).flatMap(optionRows));
    return { content: selectRows(options, statement, query.parameters), referenced: [], bytes: LEAST_BYTES };
  }
  const table = catalog.get(dataset, name);
  if (table.queryFails !== undefined) throw new RefusedError(table.queryFails);
  return {
    content: contentOf(table.content, statement, query.parameters),
    referenced: [table, ...(table.reads ?? []).map((read) => catalog.get(...splitName(read)))],
    bytes: table.content.byteCount,
  };
}

function splitName(name: string): [dataset: string, table: string] {
  const [dataset = '', table = ''] = name.split('.');
  return [dataset, table];
}

function isTableOptions({ path }: Statement): boolean {
  return path.at(-2) === 'INFORMATION_SCHEMA' && path.at(-1) === 'TABLE_OPTIONS';
}

/** A value is a literal, as in SQL. */
function optionRows({ name, properties }: StoredTable): ExplicitRow[] {
  const { description } = properties;
  if (typeof description !== 'string') return [];
  const row = { table_name: name, option_name: 'description', option_type: 'STRING' };
  return [{ ...row, option_value: JSON.stringify(description) }];
}

function metaRow(catalog: Catalog, { dataset, name, kind, content, ...table }: StoredTable): ExplicitRow {
  const isView = kind === 'view';
  return {
    project_id: catalog.project,
    dataset_id: dataset,
    table_id: name,
    creation_time: table.createdMs,
    last_modified_time: table.lastModifiedMs,
    row_count: isView ? null : content.rowCount,
    size_bytes: isView ? null : content.byteCount,
    type: isView ? 2 : 1,
  };
}

function contentOf(content: TableContent, statement: Statement, parameters: Parameters): TableContent {
  checkColumns(content, statement);
  if (content instanceof ExplicitContent) return selectRows(content, statement, parameters);
  const isCount = statement.items.some((item) => isCounting(item));
  if (isCount || statement.isDistinct) return countWindows(content, statement);
  const fields = fieldsOf(content, statement.items);
  const test = windowTest(statement.where);
  const ranges = test === undefined ? [{ from: 0, to: content.rowCount }] : content.rangesOfWindows(test);
  return selectRange(content, { fields, ranges, limit: statement.limit });
}

/** Rows that were written down: chosen, sorted, counted. */
function selectRows(content: ExplicitContent, statement: Statement, parameters: Parameters): ExplicitContent {
  checkColumns(content, statement);
  const kept = content.rows.filter(rowTest(statement.where, parameters));
  const fields = fieldsOf(content, statement.items);
  const isGrouped = statement.isDistinct || statement.items.some((item) => isCounting(item));
  const rows = isGrouped
    ? sortedRows(fields, groupRows(kept, statement), statement)
    : renamed(sortedRows(content.fields, kept, statement), statement.items);
  return new ExplicitContent(fields, rows.slice(0, statement.limit));
}

function renamed(rows: readonly ExplicitRow[], items: readonly SelectedItem[]): readonly ExplicitRow[] {
  if (items.some(({ expression }) => expression === '*')) return rows;
  return rows.map((row) => Object.fromEntries(items.map(({ expression, name }) => [name, row[expression]])));
}

function groupRows(rows: readonly ExplicitRow[], { items }: Statement): ExplicitRow[] {
  const keys = items.filter((item) => !isCounting(item));
  const groups = new Map<string, { readonly row: ExplicitRow; count: number }>();
  if (keys.length === 0) groups.set('', { row: {}, count: 0 });
  for (const row of rows) {
    const key = keys.map(({ expression }) => JSON.stringify(cellText(row[expression]))).join('\0');
    const group = groups.get(key) ?? { row, count: 0 };
    groups.set(key, group);
    group.count += 1;
  }
  return [...groups.values()].map(({ row, count }) =>
    Object.fromEntries(items.map((item) => [item.name, isCounting(item) ? count : row[item.expression]])),
  );
}

/** The windows of generated rows, with their counts if they are asked for. */
function countWindows(content: TableContent, statement: Statement): TableContent {
  const isByWindow = statement.items.some(({ expression }) => expression === 'window_index');
  const test = windowTest(statement.where) ?? (() => true);
  const counts = content.windowCounts().filter(({ window }) => window === null || test(window));
  const total = { window: null, rows: counts.reduce((sum, { rows }) => sum + rows, 0) };
  const rows = (isByWindow ? counts : [total]).map(({ window, rows }) =>
    Object.fromEntries(statement.items.map((item) => [item.name, isCounting(item) ? rows : window])),
  );
  return new ExplicitContent(fieldsOf(content, statement.items), rows);
}

function isCounting({ expression }: SelectedItem): boolean {
  return /^COUNT\(/i.test(expression);
}

function fieldsOf(content: TableContent, items: readonly SelectedItem[]): readonly TableField[] {
  return items.flatMap((item): readonly TableField[] => {
    if (item.expression === '*') return content.fields;
    if (isCounting(item)) return [{ name: item.name, type: 'INTEGER' }];
    return content.fields
      .filter((field) => field.name === item.expression)
      .map((field) => ({ ...field, name: item.name }));
  });
}

/** As the service: a name that the table lacks is refused with its place in the text. */
function checkColumns(content: TableContent, { sql, items, groupBy, orderBy }: Statement): void {
  const aliases = items.map(({ name }) => name);
  const known = new Set(['*', ...aliases, ...content.fields.map(({ name }) => name)]);
  const selected = items.filter((item) => !isCounting(item)).map(({ expression }) => expression);
  const fieldNames = new Set(['*', ...content.fields.map(({ name }) => name)]);
  const unknown =
    selected.find((name) => !fieldNames.has(name)) ??
    [...groupBy, ...orderBy.map(({ column }) => column)].find((name) => !known.has(name) && !/^\d+$/.test(name));
  if (unknown === undefined) return;
  const before = sql.slice(0, Math.max(0, sql.indexOf(unknown)));
  const line = before.split('\n').length;
  throw new SyntaxError(`Unrecognized name: ${unknown} at [${line}:${before.length - before.lastIndexOf('\n')}]`);
}
