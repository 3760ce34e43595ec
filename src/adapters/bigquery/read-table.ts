/** What the service knows of one table. */
import { TableReply } from './query-replies.ts';
import type { RestClient } from './rest-client.ts';
import type { TableName } from './sql.ts';
import type { UsageMeter } from './usage-meter.ts';
import { isDatasetMissing, isTableMissing } from './vendor-errors.ts';

export interface TableReading {
  readonly rest: RestClient;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

/** Undefined if the table, or its dataset, is missing. Free. */
export async function readTable(
  name: TableName,
  { rest, meter, signal }: TableReading,
): Promise<TableReply | undefined> {
  const path = `/datasets/${encodeURIComponent(name.dataset)}/tables/${encodeURIComponent(name.table)}`;
  try {
    return TableReply.parse(await rest.request({ method: 'GET', path, isRepeatable: true, meter, signal }));
  } catch (error) {
    if (isTableMissing(error, name) || isDatasetMissing(error)) return undefined;
    throw error;
  }
}
