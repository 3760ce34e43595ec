/**
 * Streams a table into a writer as one JSON array, or as its rows alone, and checks every row (spec: statistics, sections 3
 * and 4).
 */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type ColumnBatch, rowsOf } from '../../domain/column-batch.ts';
import type { ObjectWriter } from '../../ports/object-store.ts';
import type { OpenTable } from '../../ports/statistics-source.ts';
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import type { DropPlan } from './acceptance/drop-plan.ts';
import type { FileOutline } from './acceptance/outline.ts';
import { type CheckResult, RowChecker } from './acceptance/row-checker.ts';
import { RowEncoder } from './row-encoder.ts';

/**
 * This many rows are checked, encoded and written before other work gets its turn: their bytes are still in the processor's
 * cache when they are hashed, and sockets are served meanwhile. A multiple of 8, because batches can only be cut there.
 */
const ROWS_AT_ONCE = 4096;
const [OPEN_BRACKET, CLOSE_BRACKET] = Buffer.from('[]');

/** `array`: a whole file. `rows`: rows separated by commas; empty without rows. */
export type Framing = 'array' | 'rows';

export interface WriteFileRequest {
  readonly table: OpenTable;
  readonly writer: ObjectWriter;
  readonly framing: Framing;
  readonly period: AnalysisPeriod;
  /** The version of the console that the file is for. */
  readonly rules: ConsoleRules;
  /** What a second reading leaves out. */
  readonly plan?: DropPlan | undefined;
  /** Most rows of a window whose keys are checked, if the table is not sorted by key. */
  readonly duplicateLimit: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (rows: number, ofRows: number) => void;
}

export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** NaN and infinite numbers, and texts of such, that were written as null. */
  readonly nonFinite: number;
  readonly check: CheckResult;
  /** The outline for the file rules. */
  readonly outline: FileOutline;
}

/** Writes all valid rows. The caller decides from the result whether the file may be published. */
export async function writeFile({
  table,
  writer,
  framing,
  period,
  rules,
  plan,
  duplicateLimit,
  signal,
  onProgress,
}: WriteFileRequest): Promise<WrittenFile> {
  const encoder = new RowEncoder(table.columns);
  const checker = new RowChecker({
    columns: table.columns,
    order: table.order,
    period,
    rules,
    plan,
    windowLimit: duplicateLimit,
    showRow: (batch, row) => showRow(encoder, batch, row),
  });
  const output = new RowsWriter(writer, framing);
  let read = 0;
  let rows = 0;
  let nonFinite = 0;
  for await (const batch of table.batches(signal)) {
    for (const part of partsOf(batch)) {
      const { batch: checked, leftOut } = checker.check(part);
      const encoded = encoder.encode(checked, leftOut);
      rows += encoded.rows;
      nonFinite += encoded.nonFinite;
      await output.add(encoded.bytes);
      await setImmediate();
    }
    read += batch.rowCount;
    onProgress?.(read, table.rowCount);
  }
  const { bytes, sha256 } = await output.end();
  const check = checker.finish();
  return { rows, bytes, sha256, nonFinite: nonFinite + check.endlessTexts, check, outline: checker.outline() };
}

/** The rows of a batch in pieces. */
function* partsOf(batch: ColumnBatch): Generator<ColumnBatch> {
  for (let from = 0; from < batch.rowCount; from += ROWS_AT_ONCE) {
    yield rowsOf(batch, from, Math.min(from + ROWS_AT_ONCE, batch.rowCount));
  }
}

/** One row as text, without its comma. */
function showRow(encoder: RowEncoder, batch: ColumnBatch, row: number): string {
  const others = new Uint8Array(batch.rowCount).fill(1);
  others[row] = 0;
  return Buffer.from(encoder.encode(batch, others).bytes.subarray(1)).toString('utf8');
}

/** Rows, each preceded by a comma: the first comma becomes the bracket, or is removed. */
class RowsWriter {
  readonly #writer: ObjectWriter;
  readonly #framing: Framing;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;

  constructor(writer: ObjectWriter, framing: Framing) {
    this.#writer = writer;
    this.#framing = framing;
  }

  async add(rows: Uint8Array): Promise<void> {
    if (rows.length === 0) return;
    await this.#write(this.#bytes === 0 ? this.#opened(rows) : rows);
  }

  async end(): Promise<{ bytes: number; sha256: string }> {
    if (this.#framing === 'array') {
      await this.#write(Uint8Array.from(this.#bytes === 0 ? [OPEN_BRACKET!, CLOSE_BRACKET!] : [CLOSE_BRACKET!]));
    }
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  #opened(rows: Uint8Array): Uint8Array {
    if (this.#framing === 'rows') return rows.subarray(1);
    rows[0] = OPEN_BRACKET!;
    return rows;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#writer.write(bytes);
  }
}
