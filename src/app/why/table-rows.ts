/** Reads the rows of a per-window table as far as the trace needs them, batch by batch. */
import type { ColumnBatch } from '../../domain/column-batch.ts';
import type { Column } from '../../domain/column-type.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import { fileRowOf, STATISTICS_COLUMNS, type StatisticsRow } from '../../domain/trace/statistics-row.ts';
import type { OpenTable } from '../../ports/statistics-source.ts';
import { RowEncoder } from '../../workers/statistics/row-encoder.ts';

/** The rows as they would be written to a file; columns that the table lacks are null. */
export async function* tableRows(
  { columns, batches }: Pick<OpenTable, 'columns' | 'batches'>,
  signal: AbortSignal,
): AsyncGenerator<StatisticsRow[]> {
  const used = usedColumns(columns);
  const encoder = new RowEncoder(used.map(({ column }) => column));
  for await (const batch of batches(signal)) {
    const part: ColumnBatch = {
      rowCount: batch.rowCount,
      columns: used.flatMap(({ index }) => batch.columns[index] ?? []),
    };
    // Every row begins with a comma.
    const { bytes } = encoder.encode(part);
    const rows = JSON.parse(`[${Buffer.from(bytes).toString('utf8').slice(1)}]`) as JsonValue[];
    yield rows.map(fileRowOf);
  }
}

function usedColumns(columns: readonly Column[]): { readonly column: Column; readonly index: number }[] {
  const names: readonly string[] = STATISTICS_COLUMNS;
  return columns.map((column, index) => ({ column, index })).filter(({ column }) => names.includes(column.name));
}
