/** The rows of an open query: counted against their limit, and cut into runs of one experiment. */
import { ContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import type { OpenQuery } from '../../ports/query-source.ts';
import { type DividingColumn, type Run, runsOf } from './column-text.ts';
import type { RowRange } from './row-range.ts';

export interface RowLimit {
  /** Name of the query, for messages. */
  readonly name: string;
  readonly maxRows: number;
}

/** All rows, batch by batch. Throws QUERY_LIMIT at the first row above the limit. */
export async function* limitedRows(
  query: Pick<OpenQuery, 'batches' | 'rowCount'>,
  limit: RowLimit,
  signal: AbortSignal,
): AsyncGenerator<RowRange> {
  let rows = query.rowCount ?? 0;
  if (rows > limit.maxRows) throw tooManyRows(limit);
  rows = 0;
  for await (const batch of query.batches(signal)) {
    rows += batch.rowCount;
    if (rows > limit.maxRows) throw tooManyRows(limit);
    if (batch.rowCount > 0) yield { batch, from: 0, to: batch.rowCount };
  }
}

function tooManyRows({ name, maxRows }: RowLimit): ContrailError {
  return new ContrailError('QUERY_LIMIT', `Query ${quote(name)} has more than ${maxRows} rows (\`maxRows\`).`, {
    hint: 'The published files stay as they are. If it should have so many, raise `maxRows` in its definition.',
  });
}

/** Cuts ordered rows where the value of a column changes. */
export class DividedRows {
  readonly #runs: AsyncGenerator<Run>;
  #next: Run | undefined;
  #isAtEnd = false;

  constructor(ranges: AsyncIterable<RowRange>, column: DividingColumn) {
    this.#runs = allRuns(ranges, column);
  }

  /** The value of the next row (null: NULL); undefined after the last one. */
  async peek(): Promise<string | null | undefined> {
    if (this.#next === undefined && !this.#isAtEnd) {
      const { value, done } = await this.#runs.next();
      if (done === true) this.#isAtEnd = true;
      else this.#next = value;
    }
    return this.#next?.text;
  }

  /** The next rows, up to the first one with another value. */
  async *take(value: string | null): AsyncGenerator<RowRange> {
    while ((await this.peek()) === value && this.#next !== undefined) {
      const range = this.#next;
      this.#next = undefined;
      yield range;
    }
  }

  /** Reads over the next rows with this value and returns their number. */
  async passOver(value: string | null): Promise<number> {
    let rows = 0;
    for await (const { from, to } of this.take(value)) rows += to - from;
    return rows;
  }

  async close(): Promise<void> {
    await this.#runs.return(undefined);
  }
}

async function* allRuns(ranges: AsyncIterable<RowRange>, column: DividingColumn): AsyncGenerator<Run> {
  for await (const range of ranges) yield* runsOf(range, column);
}
