/**
 * Load jobs that write their rows only once: the job's id is derived from the rows, and BigQuery accepts an id once. Rows
 * and configuration go in one request.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/api-uploads#multipart
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { DatasetLocation } from './dataset-location.ts';
import { JobReply } from './query-replies.ts';
import type { RestClient } from './rest-client.ts';
import type { UsageMeter } from './usage-meter.ts';
import { isDuplicate, ServiceRefusal } from './vendor-errors.ts';

export interface LoadRequest {
  /** Identifies the rows: the same id is loaded once. */
  readonly id: string;
  /** The `load` part of the job's configuration. */
  readonly load: Readonly<Record<string, unknown>>;
  /** Lines of JSON. */
  readonly lines: Uint8Array;
  readonly labels: Readonly<Record<string, string>>;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

export interface LoaderOptions {
  readonly rest: RestClient;
  /** Of the dataset that is loaded into. */
  readonly location: DatasetLocation;
  readonly clock: Clock;
  readonly random: Random;
}

/** A job's id is taken a moment before everybody can see the job. */
const UNSEEN_MS = 10_000;
const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

type JobError = NonNullable<JobReply['status']['errorResult']>;
type Asking = Pick<LoadRequest, 'id' | 'meter' | 'signal'>;

export class Loader {
  readonly #rest: RestClient;
  readonly #location: DatasetLocation;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor({ rest, location, clock, random }: LoaderOptions) {
    this.#rest = rest;
    this.#location = location;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Loads the rows, unless they were loaded before. An id with a failed job is used up, so the next attempt takes the next id
   * of a fixed sequence: concurrent attempts take the same one. Throws what the service refuses.
   */
  async load(request: LoadRequest): Promise<'written' | 'known'> {
    for (let number = 0; ;) {
      const isNew = await this.#start(number, request);
      const error = await this.#errorOf(number, request, UNSEEN_MS);
      if (error === undefined) return isNew ? 'written' : 'known';
      if (error === 'missing') throw new ServiceRefusal({ status: 503, reason: '', message: UNSEEN });
      if (isNew) throw new ServiceRefusal({ status: 400, ...error });
      const next = await this.#findUnused(number, request);
      if (next === 'loaded') return 'known';
      number = next;
    }
  }

  /** Whether a load with this id was done. Waits for one that is running. */
  async hasLoaded(request: Asking): Promise<boolean> {
    const error = await this.#errorOf(0, request);
    if (error === undefined || error === 'missing') return error === undefined;
    return (await this.#findUnused(0, request)) === 'loaded';
  }

  /**
   * The number after the last job, where job `failed` has failed. All jobs before the last one have failed, so a thousand failed
   * ones take twenty requests.
   */
  async #findUnused(failed: number, request: Asking): Promise<number | 'loaded'> {
    let last = failed;
    let unused = Infinity;
    for (let step = 1; unused - last > 1; step *= 2) {
      const number = unused === Infinity ? last + step : Math.floor((last + unused) / 2);
      const error = await this.#errorOf(number, request);
      if (error === undefined) return 'loaded';
      if (error === 'missing') unused = number;
      else last = number;
    }
    return unused;
  }

  /** Whether the job was started now; false if its id exists. */
  async #start(number: number, { id, load, lines, labels, meter, signal }: LoadRequest): Promise<boolean> {
    const location = await this.#location.find(meter, signal);
    const jobId = jobIdOf(id, number);
    const place = location === undefined ? {} : { location };
    const job = { jobReference: { projectId: this.#rest.project, jobId, ...place }, configuration: { labels, load } };
    try {
      await this.#rest.request({
        method: 'POST',
        path: '/jobs',
        query: { uploadType: 'multipart' },
        upload: multipart(JSON.stringify(job), lines, this.#random.uuid()),
        isRepeatable: true,
        meter,
        signal,
      });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /**
   * Waits for a job; returns its error, if any. An abort leaves it running, and the next attempt finds it. `unseenMs`: for how long
   * a job that exists may not be found.
   */
  async #errorOf(
    number: number,
    { id, meter, signal }: Asking,
    unseenMs = 0,
  ): Promise<JobError | 'missing' | undefined> {
    const path = `/jobs/${encodeURIComponent(jobIdOf(id, number))}`;
    const query = { location: await this.#location.find(meter, signal) };
    const seenBy = this.#clock.monotonic() + unseenMs;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const reply = await this.#rest.request({ method: 'GET', path, query, isRepeatable: true, meter, signal });
        const { status } = JobReply.parse(reply);
        if (status.state === 'DONE') return status.errorResult;
      } catch (error) {
        if (!(error instanceof ServiceRefusal && error.status === 404)) throw error;
        if (this.#clock.monotonic() >= seenBy) return 'missing';
      }
      await this.#clock.sleep(pauseMs, signal);
    }
  }
}

const UNSEEN = 'the service knows the id of the load, but does not find its job';

/** Letters, digits, `_` and `-`; other characters are replaced and a hash is added. */
function jobIdOf(id: string, number: number): string {
  const retry = number === 0 ? '' : `_retry${number}`;
  if (/^[\w-]{1,200}$/.test(id)) return `contrail_${id}${retry}`;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `contrail_${id.replaceAll(/[^\w-]/g, '_').slice(0, 200)}_${hash}${retry}`;
}

function multipart(
  json: string,
  lines: Uint8Array,
  id: string,
): { contentType: string; pieces: readonly Uint8Array[] } {
  const boundary = `contrail_${id}`;
  const head = [
    `--${boundary}`,
    'content-type: application/json; charset=UTF-8',
    '',
    json,
    `--${boundary}`,
    'content-type: application/octet-stream',
    '',
    '',
  ];
  return {
    contentType: `multipart/related; boundary=${boundary}`,
    pieces: [Buffer.from(head.join('\r\n')), lines, Buffer.from(`\r\n--${boundary}--\r\n`)],
  };
}
