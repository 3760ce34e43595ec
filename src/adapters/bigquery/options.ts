/** Options of the BigQuery adapter. Creating it contacts nothing. */
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedLimit } from '../../ports/shared-limit.ts';

export interface BigQueryOptions {
  /** The project that runs and pays for queries, and has the datasets. */
  readonly project: string;
  /** Location of the datasets: `US`, `EU`, `europe-west1`. Without it BigQuery finds out by itself. */
  readonly location?: string;
  /** Address of another REST service than the real one: `http://127.0.0.1:9050`. Over plain HTTP no credentials are sent. */
  readonly apiEndpoint?: string;
  /** Address of another Storage Read service: `127.0.0.1:9060`, spoken to in plain text. */
  readonly storageEndpoint?: string;
  /**
   * Whether rows come compressed (LZ4): a third of the bytes, for the time that unpacking takes. Not unless told: in the
   * region of the datasets bytes cost nothing on the way, and this process's time is what an export waits for.
   */
  readonly isCompressed?: boolean;
  readonly limits: BigQueryLimits;
  readonly turns?: BigQueryTurns;
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** What waits for a turn. */
export interface BigQueryTurns {
  /** Default: queries wait for nobody. */
  readonly queries?: SharedLimit;
  /** Reading a stream. Default: as many at once as `limits.streams` says, for each adapter by itself. */
  readonly readStreams?: SharedLimit;
}

export interface BigQueryLimits {
  /** Most rows in a query's reply; more are streamed. The service fits about 10 MB into a reply. */
  readonly smallRows: number;
  /** Tables above either limit are too large to sort: they are read window by window, in parts. */
  readonly veryLargeBytes: number;
  readonly veryLargeRows: number;
  /** Approximate number of parts of such a table. */
  readonly parts: number;
  /** Limit of billed bytes for a query. */
  readonly maximumBytesBilled: number;
  /** A stream without data for this long is ended and resumed. */
  readonly stallTimeoutMs: number;
  /** Time limit for reading a table, or one part of it. */
  readonly deadlineMs: number;
  /** Concurrent requests where one question takes many. */
  readonly concurrency: number;
  /** Tables that are streamed at once, of all open ones. */
  readonly streams: number;
}

export const DEFAULT_LIMITS: BigQueryLimits = {
  smallRows: 5_000,
  veryLargeBytes: 2 * 1024 ** 3,
  veryLargeRows: 10_000_000,
  parts: 16,
  maximumBytesBilled: 100 * 1024 ** 3,
  stallTimeoutMs: 60_000,
  deadlineMs: 2 * 3_600_000,
  concurrency: 8,
  streams: 4,
};
