/** A read session: what is read, and how its streams share the batches. */
import type { TableField } from './field-schema.ts';
import type { RowRange, TableContent } from './table-content.ts';

export interface ReadStream {
  readonly content: TableContent;
  readonly fields: readonly TableField[];
  /** In the order of the stream. */
  readonly batches: readonly RowRange[];
  readonly rowCount: number;
  /** Whether its batches are sent packed. */
  readonly isCompressed: boolean;
}

export interface Dealing {
  readonly ranges: readonly RowRange[];
  readonly streams: number;
  readonly isCompressed: boolean;
}

/**
 * Deals the batches of some ranges out to streams, in turn: a single stream has the order of the table, several have
 * windows in order each, but none a whole window.
 */
export function dealStreams(
  content: TableContent,
  fields: readonly TableField[],
  { ranges, streams, isCompressed }: Dealing,
): ReadStream[] {
  const batches = joined(ranges).flatMap((range) => batchesOf(content, range));
  const count = Math.min(streams, batches.length);
  return Array.from({ length: count }, (_, stream) => {
    const own = batches.filter((_, index) => index % count === stream);
    const rowCount = own.reduce((sum, { from, to }) => sum + to - from, 0);
    return { content, fields, batches: own, rowCount, isCompressed };
  });
}

/** The batches from a row of the stream on; the first one may be the rest of one. */
export function batchesFrom(stream: ReadStream, offset: number): RowRange[] {
  const rest: RowRange[] = [];
  let row = 0;
  for (const { from, to } of stream.batches) {
    const next = row + to - from;
    if (next > offset) rest.push({ from: from + Math.max(0, offset - row), to });
    row = next;
  }
  return rest;
}

function batchesOf(content: TableContent, { from, to }: RowRange): RowRange[] {
  const batches: RowRange[] = [];
  for (let row = from; row < to;) {
    const end = Math.min(to, content.batchEnd(row));
    batches.push({ from: row, to: end });
    row = end;
  }
  return batches;
}

function joined(ranges: readonly RowRange[]): RowRange[] {
  const whole: RowRange[] = [];
  for (const range of ranges) {
    const last = whole.at(-1);
    if (last?.to === range.from) whole.splice(-1, 1, { from: last.from, to: range.to });
    else whole.push(range);
  }
  return whole;
}
