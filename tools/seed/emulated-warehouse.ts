/** Datasets, tables and views in a BigQuery emulator, made by the calls that the service has for them. */
import { z } from 'zod';
import { HttpClient } from '../../src/adapters/http/http-client.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { RestClient } from '../../src/adapters/bigquery/rest-client.ts';
import { UsageMeter } from '../../src/adapters/bigquery/usage-meter.ts';
import { isDuplicate, ServiceRefusal } from '../../src/adapters/bigquery/vendor-errors.ts';

/** A column by the API's own names: the emulator takes FLOAT where FLOAT64 would fail later, when it is read. */
export interface SeedColumn {
  readonly name: string;
  readonly type: string;
}

/** By column; a column that is absent is NULL, NUMERIC and what is no number are texts. */
export type SeedRow = Readonly<Record<string, unknown>>;

const Inserted = z.object({ insertErrors: z.array(z.unknown()).default([]) });
const ROWS_AT_ONCE = 1_000;

export interface EmulatedWarehouseOptions {
  readonly project: string;
  /** `http://127.0.0.1:9050` */
  readonly apiEndpoint: string;
  readonly signal: AbortSignal;
}

const http = new HttpClient({ clock: systemClock, random: systemRandom });

export class EmulatedWarehouse {
  readonly #rest: RestClient;
  readonly #project: string;
  readonly #signal: AbortSignal;

  constructor({ signal, ...options }: EmulatedWarehouseOptions) {
    this.#rest = new RestClient({ ...options, http });
    this.#project = options.project;
    this.#signal = signal;
  }

  /** Makes a dataset; one that is there stays as it is. */
  async makeDataset(datasetId: string): Promise<void> {
    try {
      await this.#request('POST', '/datasets', { datasetReference: { projectId: this.#project, datasetId } });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }

  /**
   * Makes a table anew, with these rows. They are inserted: the emulator keeps every load job with all it knows, and
   * each makes all later requests slower.
   */
  async makeTable(path: string, columns: readonly SeedColumn[], rows: readonly SeedRow[]): Promise<void> {
    await this.#makeAnew(path, { schema: { fields: columns } });
    for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
      const some = rows.slice(start, start + ROWS_AT_ONCE).map((json) => ({ json }));
      const reply = Inserted.parse(await this.#request('POST', `${addressOf(path)}/insertAll`, { rows: some }));
      if (reply.insertErrors.length > 0) throw new Error(`rows of ${path} were refused: ${JSON.stringify(reply)}`);
    }
  }

  /** Makes a view anew. */
  async makeView(path: string, query: string): Promise<void> {
    await this.#makeAnew(path, { view: { query, useLegacySql: false } });
  }

  /** Whether there is a table or view of that name. */
  async has(path: string): Promise<boolean> {
    try {
      await this.#request('GET', addressOf(path));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Replacing is a failure to the emulator, so what is there goes first. */
  async #makeAnew(path: string, content: object): Promise<void> {
    const tableReference = this.#reference(path);
    const make = () =>
      this.#request('POST', `/datasets/${tableReference.datasetId}/tables`, { tableReference, ...content });
    try {
      await make();
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await this.#request('DELETE', addressOf(path));
      await make();
    }
  }

  #reference(path: string) {
    const [datasetId = '', tableId = ''] = path.split('.');
    return { projectId: this.#project, datasetId, tableId };
  }

  #request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<unknown> {
    const request = { method, path, isRepeatable: method === 'GET', meter: new UsageMeter(), signal: this.#signal };
    return this.#rest.request({ ...request, ...(body === undefined ? {} : { body }) });
  }
}

/** `mozanalysis.statistics_x_weekly` as the API's path. */
function addressOf(path: string): string {
  const [dataset = '', table = ''] = path.split('.');
  return `/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(table)}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof ServiceRefusal && error.status === 404;
}
