/** Statistics tables kept in memory, for tests and for measuring without a warehouse. */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError } from '../../domain/errors.ts';
import { type SourceVersion, versionOfTime } from '../../domain/source-version.ts';
import { parseStatisticsTableName } from '../../domain/statistics-name.ts';
import { WINDOW_PERIODS } from '../../domain/window-period.ts';
import type {
  DividedTable,
  DivisibleSource,
  ListedTable,
  OpenRequest,
  OpenTable,
  ReadEstimate,
  TableDescriptions,
  TablePart,
} from '../../ports/statistics-source.ts';

export interface MemoryTable {
  readonly columns: readonly Column[];
  /** The rows in the order of a file (`domain/row-order.ts`). */
  readonly batches: readonly ColumnBatch[];
  /** When the table was last changed, milliseconds since 1970. */
  readonly changedAt: number;
  /** When it was created; if not told, when it was last changed. */
  readonly createdAt?: number;
  readonly kind?: ListedTable['kind'];
  readonly description?: string;
  /** Instead of the time, as in a warehouse that keeps none. */
  readonly version?: SourceVersion;
  /** What the table promises, where that is not what it holds. */
  readonly promisedRows?: number;
  /** It is so large that it is read in parts: each batch is one. Rows of one key must then lie in one batch. */
  readonly isVeryLarge?: boolean;
  /** Reading the table fails with this error. */
  readonly error?: ContrailError;
}

export class MemoryStatisticsSource implements DivisibleSource {
  readonly url = 'memory:';
  readonly #tables = new Map<string, MemoryTable>();
  /** When each view of windows was made, milliseconds since 1970. */
  readonly #views = new Map<string, number>();
  /** Tables as they were when they were divided. */
  readonly #divisions: NamedTable[] = [];

  /** Creates or replaces a table. Exports under way go on with what they opened. */
  set(name: string, table: MemoryTable): void {
    this.#tables.set(name, table);
  }

  /** A table as it was set. */
  table(name: string): MemoryTable | undefined {
    return this.#tables.get(name);
  }

  /** Makes the view of a period, which reads the tables of its windows, whichever there are. */
  setView(name: string, changedAt: number): void {
    this.#views.set(name, changedAt);
  }

  /** Takes a table or view away. */
  remove(name: string): void {
    this.#tables.delete(name);
    this.#views.delete(name);
  }

  listTables(signal: AbortSignal, beginnings: readonly string[] = ['']): Promise<readonly ListedTable[]> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const all = [...this.#tables.keys(), ...this.#views.keys()].sort();
    const names = all.filter((name) => beginnings.some((beginning) => name.startsWith(beginning)));
    return Promise.resolve(names.flatMap((name) => listed(name, this.#find(name))));
  }

  hasDataset(signal: AbortSignal): Promise<boolean> {
    return signal.aborted ? Promise.reject(signal.reason) : Promise.resolve(true);
  }

  describeTables(names: readonly string[], signal: AbortSignal): Promise<TableDescriptions> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const known = names.flatMap((name) => {
      const table = this.#find(name);
      return table === undefined ? [] : [{ name, table }];
    });
    return Promise.resolve({
      tables: known.flatMap(({ name, table }) =>
        table.error === undefined ? [{ name, version: versionOf(table), rows: rowsOf(table) }] : [],
      ),
      unreadable: known.flatMap(({ name, table }) => (table.error === undefined ? [] : [{ name, error: table.error }])),
    });
  }

  estimateReads(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ReadEstimate>> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const known = names.filter((name) => this.#find(name) !== undefined);
    return Promise.resolve(new Map(known.map((name) => [name, { bytes: 0, tables: 1 }])));
  }

  open({ table: name, signal }: OpenRequest): Promise<OpenTable | undefined> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const table = this.#find(name);
    if (table === undefined) return Promise.resolve(undefined);
    if (table.error !== undefined) return Promise.reject(table.error);
    return Promise.resolve(opened({ name, table }));
  }

  async divide({ table: name, signal }: OpenRequest): Promise<DividedTable | undefined> {
    signal.throwIfAborted();
    const table = this.#find(name);
    if (table?.error !== undefined) throw table.error;
    if (table?.isVeryLarge !== true) return undefined;
    const division = this.#divisions.push({ name, table }) - 1;
    const parts = table.batches.map((_, index) => ({ token: `${division}.${index}` }));
    return { ...factsOf({ name, table }), parts };
  }

  async openPart({ token }: TablePart, signal: AbortSignal): Promise<OpenTable> {
    signal.throwIfAborted();
    const [, division, index] = /^(\d+)\.(\d+)$/.exec(token) ?? [];
    if (division === undefined) {
      throw new ContrailError('PAYLOAD_INVALID', 'A part of a divided table cannot be read.', { subject: token });
    }
    const divided = this.#divisions[Number(division)];
    const batch = divided?.table.batches[Number(index)];
    if (divided === undefined || batch === undefined) {
      throw new ContrailError('SOURCE_CHANGED', 'A divided table is no longer there.', { subject: token });
    }
    const { name, table } = divided;
    return opened({ name, table: { ...table, batches: [batch], version: versionOf(table) } });
  }

  #find(name: string): MemoryTable | undefined {
    const viewedAt = this.#views.get(name);
    return viewedAt === undefined ? this.#tables.get(name) : readView(name, viewedAt, this.#tables);
  }

  /** As when the day is over for which a warehouse keeps what it divided. */
  forgetDivisions(): void {
    this.#divisions.length = 0;
  }
}

function readView(name: string, viewedAt: number, tables: ReadonlyMap<string, MemoryTable>): MemoryTable {
  const windows = windowsOfView(name, tables);
  const kind = 'view';
  const columns = windows[0]?.columns;
  if (columns === undefined) {
    const error = new ContrailError('SOURCE_GONE', `The view ${name} does not match any table.`, { subject: name });
    return { kind, columns: [], batches: [], changedAt: viewedAt, error };
  }
  return {
    kind,
    columns,
    batches: windows.flatMap(({ batches }) => batches),
    changedAt: windows.reduce((newest, { changedAt }) => Math.max(newest, changedAt), viewedAt),
    isVeryLarge: windows.some(({ isVeryLarge }) => isVeryLarge === true),
  };
}

/** The tables of a view by their windows. */
function windowsOfView(view: string, tables: ReadonlyMap<string, MemoryTable>): MemoryTable[] {
  const name = parseStatisticsTableName(view);
  if (name === undefined) return [];
  const stem = `statistics_${name.slug}_${WINDOW_PERIODS[name.period]}_`;
  const windows = [...tables].flatMap(([table, content]) => {
    const suffix = table.startsWith(stem) ? table.slice(stem.length) : '';
    return /^\d+$/.test(suffix) ? [{ window: Number(suffix), content }] : [];
  });
  return windows.sort((a, b) => a.window - b.window).map(({ content }) => content);
}

function listed(name: string, table: MemoryTable | undefined): ListedTable[] {
  if (table === undefined) return [];
  const { kind = 'table', changedAt, createdAt = changedAt, version, description = '' } = table;
  return [
    {
      name,
      kind,
      ...(version === undefined ? { createdAt, changedAt } : {}),
      ...(description === '' ? {} : { description }),
      rows: rowsOf(table),
    },
  ];
}

interface NamedTable {
  readonly name: string;
  readonly table: MemoryTable;
}

function opened({ name, table }: NamedTable): OpenTable {
  return { ...factsOf({ name, table }), order: 'key', batches: (signal) => deliver(table.batches, signal) };
}

function factsOf({ name, table }: NamedTable): Omit<OpenTable, 'order' | 'batches'> {
  return {
    source: `memory.${name}`,
    version: versionOf(table),
    columns: table.columns,
    rowCount: rowsOf(table),
    usage: () => ({ requests: 0, bytesRead: 0, bytesBilled: 0, slotMs: 0, queryMs: 0 }),
    close: () => Promise.resolve(),
  };
}

async function* deliver(batches: readonly ColumnBatch[], signal: AbortSignal): AsyncGenerator<ColumnBatch> {
  for (const batch of batches) {
    // As where a batch is waited for: an abort meanwhile is noticed.
    await Promise.resolve();
    signal.throwIfAborted();
    yield batch;
  }
  signal.throwIfAborted();
}

function rowsOf(table: MemoryTable): number {
  return table.promisedRows ?? table.batches.reduce((rows, batch) => rows + batch.rowCount, 0);
}

function versionOf(table: MemoryTable): SourceVersion {
  return table.version ?? versionOfTime(table.changedAt);
}
