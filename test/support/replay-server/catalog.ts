/** The datasets and tables that the server has, and the results of queries. */
import { ExplicitContent, type ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';
import { GeneratedContent, type GeneratedRows } from './generated-content.ts';
import { RefusedError, type Refusal } from './statuses.ts';
import type { TableContent } from './table-content.ts';

/** A table to begin with; plain data, so that it can be sent to a server in another process. */
export interface TableSpec {
  /** `dataset.table`. */
  readonly name: string;
  readonly kind?: 'table' | 'view';
  /** What is in it: statistics rows by number, or these rows in this order. Empty unless told. */
  readonly generate?: GeneratedRows;
  readonly fields?: readonly TableField[];
  readonly rows?: readonly ExplicitRow[];
  /** Rows of one Arrow message, for written rows. */
  readonly batchRows?: number;
  /** When it was changed; the moment when it was added unless told. */
  readonly lastModifiedMs?: number;
  readonly description?: string;
  /** The text of a view, for tables.get. */
  readonly viewQuery?: string;
  /** Other tables that it reads, as `dataset.table` or `dataset.beginning_*`: what a dry run tells of a view. */
  readonly reads?: readonly string[];
  /** Every query that reads it fails so: a view over tables that are gone. */
  readonly queryFails?: Refusal;
  /** How long every query that reads it runs; 0 unless told. */
  readonly queryMs?: number;
}

export interface StoredTable {
  readonly dataset: string;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly content: TableContent;
  readonly createdMs: number;
  readonly lastModifiedMs: number;
  /** What the caller gave with tables.insert, tables.patch or a load job: `timePartitioning`, `clustering`, `labels`, … */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly reads?: readonly string[] | undefined;
  readonly queryFails?: Refusal | undefined;
  readonly queryMs?: number | undefined;
}

/** Rows that the service would never hold at once are kept by content, so results cost nothing. */
export class Catalog {
  readonly project: string;
  readonly location: string;
  /** What the caller may do with every table. */
  readonly permissions = new Set(['bigquery.tables.get', 'bigquery.tables.getData']);
  readonly #datasets = new Set<string>();
  readonly #tables = new Map<string, StoredTable>();

  constructor({ project, location }: { readonly project: string; readonly location: string }) {
    this.project = project;
    this.location = location;
  }

  add(spec: TableSpec): void {
    const [dataset = '', name = ''] = spec.name.split('.');
    const now = Date.now();
    this.put({
      dataset,
      name,
      kind: spec.kind ?? 'table',
      content:
        spec.generate === undefined
          ? new ExplicitContent(spec.fields ?? [], spec.rows ?? [], spec.batchRows)
          : new GeneratedContent(spec.generate),
      createdMs: spec.lastModifiedMs ?? now,
      lastModifiedMs: spec.lastModifiedMs ?? now,
      properties: {
        ...(spec.description === undefined ? {} : { description: spec.description }),
        ...(spec.kind === 'view' ? { view: { query: spec.viewQuery ?? 'SELECT 1', useLegacySql: false } } : {}),
      },
      reads: spec.reads,
      queryFails: spec.queryFails,
      queryMs: spec.queryMs,
    });
  }

  addDataset(dataset: string): void {
    this.#datasets.add(dataset);
  }

  put(table: StoredTable): void {
    this.#datasets.add(table.dataset);
    this.#tables.set(`${table.dataset}.${table.name}`, table);
  }

  remove(dataset: string, name: string): void {
    this.#tables.delete(`${dataset}.${name}`);
  }

  find(dataset: string, name: string): StoredTable | undefined {
    return this.#tables.get(`${dataset}.${name}`);
  }

  /** Throws the service's 404, which tells a missing dataset from a missing table. */
  get(dataset: string, name: string): StoredTable {
    this.checkDataset(dataset);
    const table = this.find(dataset, name) ?? this.#wildcard(dataset, name);
    if (table !== undefined) return table;
    const message = `Not found: Table ${this.project}:${dataset}.${name}`;
    throw new RefusedError({ code: 'NOT_FOUND', message });
  }

  /** The service answers for `x_*` as if it were one table, changed now. */
  #wildcard(dataset: string, name: string): StoredTable | undefined {
    if (!name.endsWith('*')) return undefined;
    const first = this.tablesOf(dataset).find((table) => table.name.startsWith(name.slice(0, -1)));
    return first === undefined ? undefined : { ...first, name, lastModifiedMs: Date.now() };
  }

  /** Throws the service's 404 for a missing dataset. */
  checkDataset(dataset: string): void {
    if (this.#datasets.has(dataset)) return;
    throw new RefusedError({ code: 'NOT_FOUND', message: `Not found: Dataset ${this.project}:${dataset}` });
  }

  /** Datasets by name; those of query results are hidden, as their leading underscore says. */
  get datasets(): string[] {
    return [...this.#datasets].filter((dataset) => !dataset.startsWith('_')).sort();
  }

  /** The tables and views of a dataset by name. */
  tablesOf(dataset: string): StoredTable[] {
    const tables = [...this.#tables.values()].filter((table) => table.dataset === dataset);
    return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
