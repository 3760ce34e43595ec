/** The formats of query files: an array of rows, NDJSON, or rows by key (docs/queries.md). */
import type { Column } from '../../domain/column-type.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { RowEncoder, type RowStyle } from '../statistics/row-encoder.ts';
import { dividingColumn, indexOfColumn } from './column-text.ts';
import type { FileFormat } from './format.ts';
import { KeyedRows, KeyedValues } from './keyed-format.ts';
import { cutOut, type RowRange, withColumns } from './row-range.ts';

export type FormatSettings = Pick<QueryExport, 'scope' | 'format' | 'nulls' | 'ints'>;

/** Throws QUERY_FAILED if the query lacks a column that the format needs. */
export function fileFormat(columns: readonly Column[], settings: FormatSettings): FileFormat {
  const { scope, format } = settings;
  const style = styleOf(settings);
  const split = scope.kind === 'split' ? indexOfColumn(columns, scope.by, 'splitBy') : -1;
  switch (format.kind) {
    case 'array':
    case 'ndjson':
      return new RowList(columns, { without: [split], style, framing: FRAMINGS[format.kind] });
    case 'keyed':
      return format.value === undefined
        ? new KeyedRows(columns, { ...format, without: [split], style })
        : new KeyedValues(columns, { ...format, value: format.value, style });
  }
}

/** Throws QUERY_FAILED if files cannot be made of these columns: one is missing, or cannot divide rows. */
export function checkColumns(columns: readonly Column[], settings: FormatSettings): void {
  if (settings.scope.kind === 'split') dividingColumn(columns, settings.scope.by, 'splitBy');
  fileFormat(columns, settings);
}

function styleOf({ format, nulls, ints }: FormatSettings): RowStyle {
  return { nulls, ints, before: format.kind === 'ndjson' ? 'new line' : 'comma' };
}

interface Framing {
  readonly open: string;
  readonly close: string;
  readonly empty: string;
}

const FRAMINGS: Readonly<Record<'array' | 'ndjson', Framing>> = {
  array: { open: '[', close: ']', empty: '[]' },
  ndjson: { open: '', close: '\n', empty: '' },
};

interface RowListOptions {
  readonly without: readonly number[];
  readonly style: RowStyle;
  readonly framing: Framing;
}

class RowList implements FileFormat {
  readonly #kept: readonly number[];
  readonly #encoder: RowEncoder;
  readonly #framing: Framing;
  #isEmpty = true;
  nonFinite = 0;

  constructor(columns: readonly Column[], { without, style, framing }: RowListOptions) {
    this.#kept = columns.map((_, index) => index).filter((index) => !without.includes(index));
    this.#encoder = new RowEncoder(
      this.#kept.map((index) => columns[index]!),
      style,
    );
    this.#framing = framing;
  }

  *rows(range: RowRange): Generator<Uint8Array> {
    const { batch, skip } = cutOut(withColumns(range, this.#kept));
    const encoded = this.#encoder.encode(batch, skip);
    this.nonFinite += encoded.nonFinite;
    if (encoded.rows === 0) return;
    if (!this.#isEmpty) return yield encoded.bytes;
    this.#isEmpty = false;
    yield Buffer.from(this.#framing.open);
    yield encoded.bytes.subarray(1);
  }

  *end(): Generator<Uint8Array> {
    yield Buffer.from(this.#isEmpty ? this.#framing.empty : this.#framing.close);
  }
}
