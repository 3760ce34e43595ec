/** Configured queries for tests, and a warehouse that answers them with given rows. */
import type { Column } from '../../src/domain/column-type.ts';
import { ContrailError } from '../../src/domain/errors.ts';
import type { QueryExport } from '../../src/domain/query-export/query-export.ts';
import type { OpenQuery, QueryCheck, QueryRequest, QuerySource } from '../../src/ports/query-source.ts';
import { columnBatch, type Row } from './column-batches.ts';

export const HOUR_MS = 3_600_000;

export function queryExport(parts: Partial<QueryExport> = {}): QueryExport {
  return {
    name: 'my-query',
    isEnabled: true,
    scope: { kind: 'global' },
    experiments: { isRunning: true, endedDays: 0, hasRollouts: true },
    query: { from: { kind: 'sql', sql: 'SELECT 1' }, order: [] },
    parameters: {},
    object: 'live/my-query.json',
    cadence: { kind: 'every', everyMs: HOUR_MS },
    date: 'tick',
    format: { kind: 'array' },
    nulls: 'keep',
    ints: 'string',
    limits: { maximumBytesBilled: 1e9, timeoutMs: 60_000, maxRows: 1_000 },
    emptyIs: 'keep',
    hash: 'a'.repeat(40),
    ...parts,
  };
}

export const BY_EXPERIMENT: readonly Column[] = [
  { name: 'experiment', type: { kind: 'string' } },
  { name: 'value', type: { kind: 'int64' } },
];

/** Rows in batches of two, so that files begin and end inside of batches. */
export class QueryRows implements QuerySource {
  readonly url = 'memory:';
  columns: readonly Column[] = BY_EXPERIMENT;
  rows: readonly Row[] = [];
  /** Called before the rows of each batch, with its number from 0. */
  beforeBatch: (number: number) => Promise<void> = () => Promise.resolve();
  /** What each opened query was asked. */
  readonly asked: QueryRequest[] = [];
  closed = 0;

  check({ query }: QueryRequest): Promise<QueryCheck> {
    return Promise.resolve({ sql: query.from.kind === 'sql' ? query.from.sql : 'SELECT', columns: this.columns });
  }

  open(request: QueryRequest): Promise<OpenQuery> {
    this.asked.push(request);
    const { columns, rows, beforeBatch } = this;
    return Promise.resolve({
      columns,
      async *batches(signal) {
        for (let from = 0; from < rows.length; from += 2) {
          await beforeBatch(from / 2);
          signal.throwIfAborted();
          yield columnBatch(columns, rows.slice(from, from + 2));
        }
      },
      usage: () => ({ requests: 1, bytesRead: 10, bytesBilled: 10_000_000, slotMs: HOUR_MS, queryMs: 5 }),
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  }
}

export function unavailable(): ContrailError {
  return new ContrailError('SERVICE_UNAVAILABLE', 'The warehouse did not answer.');
}
