/**
 * Load jobs that write their rows only once: the job's id is derived from the rows, and BigQuery accepts an id once. Rows
 * and configuration go in one request.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/api-uploads#multipart
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
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
  readonly location: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

/** How often a failed load is repeated under another id. */
const MOST_JOBS = 50;
const FIRST_LOOK_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Thrown when all ids of a load belong to failed jobs. */
export class LoadsSpent extends Error {
  override readonly name = 'LoadsSpent';
}

export class Loader {
  readonly #rest: RestClient;
  readonly #location: string | undefined;
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
    const base = jobIdOf(request.id);
    for (let number = 0; number < MOST_JOBS; number++) {
      const jobId = number === 0 ? base : `${base}_retry${number}`;
      const isNew = await this.#start(jobId, request);
      const error = await this.#errorOf(jobId, request);
      if (error === undefined) return isNew ? 'written' : 'known';
      if (isNew) throw new ServiceRefusal({ status: 400, ...error });
    }
    throw new LoadsSpent(`the load ${base} failed ${MOST_JOBS} times`);
  }

  /** Whether a load with this id was done. Waits for one that is running. */
  async hasLoaded({ id, meter, signal }: Pick<LoadRequest, 'id' | 'meter' | 'signal'>): Promise<boolean> {
    const base = jobIdOf(id);
    for (let number = 0; number < MOST_JOBS; number++) {
      try {
        const jobId = number === 0 ? base : `${base}_retry${number}`;
        if ((await this.#errorOf(jobId, { meter, signal })) === undefined) return true;
      } catch (error) {
        if (error instanceof ServiceRefusal && error.status === 404) return false;
        throw error;
      }
    }
    return false;
  }

  /** Whether the job was started now; false if its id exists. */
  async #start(jobId: string, { load, lines, labels, meter, signal }: LoadRequest): Promise<boolean> {
    const place = this.#location === undefined ? {} : { location: this.#location };
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

  /** Waits for the job; returns its error, if any. An abort leaves it running, and the next attempt finds it. */
  async #errorOf(
    jobId: string,
    { meter, signal }: Pick<LoadRequest, 'meter' | 'signal'>,
  ): Promise<{ reason: string; message: string } | undefined> {
    const query = { location: this.#location };
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const path = `/jobs/${encodeURIComponent(jobId)}`;
      const reply = await this.#rest.request({ method: 'GET', path, query, isRepeatable: true, meter, signal });
      const { status } = JobReply.parse(reply);
      if (status.state === 'DONE') return status.errorResult;
      await this.#clock.sleep(pauseMs, signal);
    }
  }
}

/** Letters, digits, `_` and `-`; other characters are replaced and a hash is added. */
function jobIdOf(id: string): string {
  if (/^[\w-]{1,200}$/.test(id)) return `contrail_${id}`;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `contrail_${id.replaceAll(/[^\w-]/g, '_').slice(0, 200)}_${hash}`;
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
