/** Options of the BigQuery adapter. Creating it contacts nothing. */
import type { Clock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';

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
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface BigQueryLimits {
  /** Rows that are taken inside a query's own reply; more are read as a stream. The service fits about 10 MB in a reply. */
  readonly smallRows: number;
  /** A table above either is too much for the warehouse to sort: it is read window by window, in parts. */
  readonly veryLargeBytes: number;
  readonly veryLargeRows: number;
  /** Into about how many parts such a table is divided. */
  readonly parts: number;
  /** No query may be billed for more bytes. */
  readonly maximumBytesBilled: number;
  /** A stream that delivers nothing for so long is broken off and taken up again. */
  readonly stallTimeoutMs: number;
  /** Reading one table, or one part of it, must end within so long. */
  readonly deadlineMs: number;
  /** Requests that are under way together where one question takes many. */
  readonly concurrency: number;
  /** Tables that are streamed at once, of all that are open. */
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
