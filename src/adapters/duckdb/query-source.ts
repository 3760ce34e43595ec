/** Configured queries on a DuckDB file, in transactions that cannot write. */
import { ContrailError } from '../../domain/errors.ts';
import { queryTooSlow } from '../../domain/query-export/query-errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OpenQuery, QueryCheck, QueryRequest, QuerySource } from '../../ports/query-source.ts';
import type { SourceUsage } from '../../ports/statistics-source.ts';
import type { DuckDbFile, Lease } from './database.ts';
import { prepareQuery, queryError } from './prepare-query.ts';
import { readBatches } from './read-batches.ts';

const NO_USAGE: SourceUsage = { requests: 0, bytesRead: 0, bytesBilled: 0, slotMs: 0, queryMs: 0 };

export interface DuckDbQueriesOptions {
  readonly file: DuckDbFile;
  readonly clock: Clock;
}

export class DuckDbQuerySource implements QuerySource {
  readonly #file: DuckDbFile;
  readonly #clock: Clock;

  constructor({ file, clock }: DuckDbQueriesOptions) {
    this.#file = file;
    this.#clock = clock;
  }

  get url(): string {
    return this.#file.url;
  }

  async check(request: QueryRequest): Promise<QueryCheck> {
    request.signal.throwIfAborted();
    return this.#file.use('read', async (connection) => {
      const { sql, columns, statement } = await prepareQuery(connection, request);
      statement.destroySync();
      return { sql, columns };
    });
  }

  /** Preparing is the check, so nothing is checked beforehand. */
  async open(request: QueryRequest): Promise<OpenQuery> {
    request.signal.throwIfAborted();
    const limit = this.#clock.timeout(request.timeoutMs);
    const lease = await this.#file.lease('read');
    try {
      return await openIn(lease, request, limit);
    } catch (error) {
      lease.release();
      throw error;
    }
  }
}

async function openIn(lease: Lease, request: QueryRequest, limit: AbortSignal): Promise<OpenQuery> {
  const { connection } = lease;
  const { statement, types, columns } = await prepareQuery(connection, request);
  const closing = new AbortController();
  const isOver = (): boolean => limit.aborted && !closing.signal.aborted;
  return {
    columns,
    async *batches(signal) {
      try {
        yield* readBatches({
          lease,
          start: () => statement.stream(),
          types,
          failed: (error) => queryError(request.name, error),
          signal: AbortSignal.any([signal, closing.signal, limit]),
        });
      } catch (error) {
        signal.throwIfAborted();
        throw isOver() ? queryTooSlow(request.name, request.timeoutMs) : error;
      }
    },
    usage: () => NO_USAGE,
    close: () => {
      closing.abort(new ContrailError('ABORTED', `The query ${request.name} was closed.`));
      lease.release();
      return Promise.resolve();
    },
  };
}
