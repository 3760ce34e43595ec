/** A table of generated statistics rows: few batches are built, and sent over and over with what differs written over. */
import type { ColumnBatch } from '../../../src/domain/column-batch.ts';
import { batchMessage } from './arrow-message.ts';
import { arrowSchema } from './arrow-types.ts';
import type { TableField } from './field-schema.ts';
import { RowsResponse } from './rows-response.ts';
import { StatisticsLayout } from './statistics-layout.ts';
import { RANDOM_COLUMNS, segmentName, STATISTICS_FIELDS, StatisticsRows, WINDOW_FIELD } from './statistics-rows.ts';
import type { RowRange, TableContent, WindowCount } from './table-content.ts';

export interface GeneratedRows {
  readonly rows: number;
  /** Windows of equal size, the last may be smaller; 1 unless told. */
  readonly windows?: number;
  /** Segments a window; 3 unless told, more where a window is very large. */
  readonly segments?: number;
  /** Rows of one Arrow message at most; 16,000 unless told (2.5 MB). */
  readonly batchRows?: number;
  /** The same seed gives the same rows; 1 unless told. */
  readonly seed?: number;
  /** Whether rows have the column `window_index`, as those of a view; true unless told. */
  readonly windowIndex?: boolean;
}

const DEFAULT_BATCH_ROWS = 16_000;
const DEFAULT_SEGMENTS = 3;

/** Enough for all batches of a tile; what is beyond was asked for from a middle row, and is built again. */
const MOST_TEMPLATES = 48;

/** About what BigQuery counts for a row: 2 bytes and the length a text, 8 a double or integer, 16 a NUMERIC. */
const BYTES_PER_ROW = 130;

interface Template {
  readonly response: RowsResponse;
  /** The row that it begins with at present. */
  from: number;
}

export class GeneratedContent implements TableContent {
  readonly fields: readonly TableField[];
  readonly rowCount: number;
  readonly byteCount: number;
  readonly #layout: StatisticsLayout;
  readonly #rows: StatisticsRows;
  readonly #templates = new Map<string, Template>();

  constructor(options: GeneratedRows) {
    const { rows, windows = 1, segments = DEFAULT_SEGMENTS, batchRows = DEFAULT_BATCH_ROWS } = options;
    this.#layout = new StatisticsLayout({ rows, windows, segments, batchRows });
    this.#rows = new StatisticsRows(this.#layout, options.seed ?? 1);
    this.fields = options.windowIndex === false ? STATISTICS_FIELDS : [...STATISTICS_FIELDS, WINDOW_FIELD];
    this.rowCount = rows;
    this.byteCount = rows * BYTES_PER_ROW;
  }

  batchEnd(row: number): number {
    return this.#layout.batchEnd(row);
  }

  columns(fields: readonly TableField[], { from, to }: RowRange): ColumnBatch {
    return this.#rows.columns(fields, from, to);
  }

  response(fields: readonly TableField[], { from, to }: RowRange): RowsResponse {
    const names = fields.map(({ name }) => name).join();
    const key = `${this.#layout.phaseOf(from)} ${to - from} ${names}`;
    const known = this.#templates.get(key);
    this.#templates.delete(key);
    const template = known ?? { response: this.#build(fields, from, to), from };
    this.#templates.set(key, template);
    if (this.#templates.size > MOST_TEMPLATES) this.#forgetOldest();
    if (template.from !== from) this.#overwrite(template, fields, from);
    return template.response;
  }

  windowCounts(): WindowCount[] {
    if (!this.#hasWindows) return [{ window: null, rows: this.rowCount }];
    return Array.from({ length: this.#layout.windowCount }, (_, index) => {
      const { from, to } = this.#layout.windowRange(index + 1);
      return { window: index + 1, rows: to - from };
    });
  }

  rangesOfWindows(isWanted: (window: number) => boolean): RowRange[] {
    const counts = this.#hasWindows ? this.windowCounts() : [];
    return counts.flatMap(({ window }) =>
      window !== null && isWanted(window) ? [this.#layout.windowRange(window)] : [],
    );
  }

  get #hasWindows(): boolean {
    return this.fields.includes(WINDOW_FIELD);
  }

  #build(fields: readonly TableField[], from: number, to: number): RowsResponse {
    return new RowsResponse(batchMessage(arrowSchema(fields), this.#rows.columns(fields, from, to)));
  }

  #forgetOldest(): void {
    const [oldest] = this.#templates.keys();
    if (oldest !== undefined) this.#templates.delete(oldest);
  }

  /** Turns the rows of a template into those that begin at `from`, which has the same phase. */
  #overwrite(template: Template, fields: readonly TableField[], from: number): void {
    const { response } = template;
    let index = 0;
    for (const { name, type } of fields) {
      const values = response.bufferAt(index + (type === 'STRING' ? 2 : 1));
      if (name === 'window_index') this.#overwriteWindows(wordsOf(values), from);
      else if (name === 'segment') this.#overwriteSegment(values, { from: template.from, to: from });
      else if (RANDOM_COLUMNS.includes(name)) this.#overwriteDigits(wordsOf(values), { from: template.from, to: from });
      index += type === 'STRING' ? 3 : 2;
    }
    template.from = from;
  }

  #overwriteWindows(words: Int32Array, from: number): void {
    this.#eachPart(words.length / 2, from, (start, end) => {
      const window = this.#layout.windowOf(from + start);
      for (let row = start; row < end; row++) words[2 * row] = window;
    });
  }

  /** Where batches hold several tiles, each batch has the same ones. */
  #overwriteSegment(text: Uint8Array, { from, to }: RowRange): void {
    const segment = this.#layout.placeOf(to).segment;
    if (this.#layout.placeOf(from).segment !== segment)
      Buffer.from(text.buffer, text.byteOffset, text.length).fill(segmentName(segment));
  }

  #overwriteDigits(words: Int32Array, { from, to }: RowRange): void {
    this.#eachPart(words.length / 2, to, (start, end) => {
      const change = this.#rows.maskOf(from + start) ^ this.#rows.maskOf(to + start);
      for (let row = start; row < end; row++) words[2 * row]! ^= change;
    });
  }

  /** The runs of rows of a batch that share window and tile. */
  #eachPart(rows: number, from: number, act: (start: number, end: number) => void): void {
    for (let start = 0; start < rows;) {
      const end = Math.min(rows, this.#layout.partEnd(from + start) - from);
      act(start, end);
      start = end;
    }
  }
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
