/** Tries a DuckDB file: reading a table, and opening it for writing. Nothing is written. */
import type { WarehouseProbe } from '../../ports/warehouse-probe.ts';
import type { DuckDbFile } from './database.ts';
import { qualified } from './sql.ts';

export class DuckDbWarehouseProbe implements WarehouseProbe {
  readonly place: string;
  readonly #file: DuckDbFile;
  readonly #dataset: string;

  constructor({ file, resultsDataset }: { readonly file: DuckDbFile; readonly resultsDataset: string }) {
    this.place = file.url;
    this.#file = file;
    this.#dataset = resultsDataset;
  }

  async readResults(table: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#file.use('read', (connection) =>
      connection.run(`SELECT * FROM ${qualified(this.#dataset, table)} LIMIT 0`),
    );
  }

  async quotaProject(): Promise<undefined> {}

  async needlessRights(): Promise<undefined> {}

  async writeRecords(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#file.use('write', (connection) => connection.run('SELECT 1'));
  }

  /** The file holds its own jobs. */
  async readJobs(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }
}
