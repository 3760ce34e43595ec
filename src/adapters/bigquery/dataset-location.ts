/**
 * Where a dataset is. Outside the US and EU multi-regions, the service finds a job only if it is told the job's location.
 *
 * @see https://cloud.google.com/bigquery/docs/locations#specify_locations
 */
import { DatasetReply } from './query-replies.ts';
import type { RestClient } from './rest-client.ts';
import type { UsageMeter } from './usage-meter.ts';

export interface DatasetLocationOptions {
  readonly rest: RestClient;
  readonly dataset: string;
  /** From the settings; then nothing is asked. */
  readonly configured: string | undefined;
}

export class DatasetLocation {
  readonly #options: DatasetLocationOptions;
  #found: string | undefined;

  constructor(options: DatasetLocationOptions) {
    this.#options = options;
    this.#found = options.configured;
  }

  /** Asks the service once. Undefined if it does not say, as an emulator. Throws what the service refuses. */
  async find(meter: UsageMeter, signal: AbortSignal): Promise<string | undefined> {
    if (this.#found !== undefined) return this.#found;
    const path = `/datasets/${encodeURIComponent(this.#options.dataset)}`;
    const reply = await this.#options.rest.request({ method: 'GET', path, isRepeatable: true, meter, signal });
    this.#found = DatasetReply.parse(reply).location;
    return this.#found;
  }
}
