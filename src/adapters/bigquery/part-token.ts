/** A part of a divided table as text: all that a worker in another process needs to read it. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';
import { type DatasetName, tableText } from './sql.ts';

export const PartToken = z.object({
  source: z.string(),
  version: z.string(),
  table: z.object({ project: z.string(), dataset: z.string(), table: z.string() }),
  /** Milliseconds since 1970: read a stored table as of this time, because it may change. */
  snapshotAt: z.number().exactOptional(),
  slices: z.array(z.object({ restriction: z.string().exactOptional(), rows: z.number().int() })).min(1),
});
export type PartToken = z.infer<typeof PartToken>;

/** Datasets with results of queries: BigQuery makes them, and nobody can list them. */
const ANONYMOUS_DATASET = /^_\w+$/;

/** Parses a token. Throws PAYLOAD_INVALID also for tables outside the results dataset and the results of queries. */
export function parsePartToken(text: string, { project, dataset }: DatasetName): PartToken {
  const { table, ...token } = parse(text);
  const isOurs = table.dataset === dataset || ANONYMOUS_DATASET.test(table.dataset);
  if (table.project === project && isOurs) return { ...token, table };
  throw new ContrailError('PAYLOAD_INVALID', `Statistics may not be read from the table ${tableText(table)}.`, {
    subject: tableText(table),
    hint: `Statistics are only read from ${project}.${dataset}.`,
  });
}

function parse(text: string): PartToken {
  try {
    return PartToken.parse(JSON.parse(text));
  } catch (cause) {
    throw new ContrailError('PAYLOAD_INVALID', 'The description of a part of a divided table is invalid.', { cause });
  }
}
