/** What a part of a divided table is, as text: everything a worker in another process needs to read it. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';
import { type DatasetName, tableText } from './sql.ts';

export const PartToken = z.object({
  source: z.string(),
  version: z.string(),
  table: z.object({ project: z.string(), dataset: z.string(), table: z.string() }),
  /** Milliseconds since 1970; a stored table that may change is read as it was then. */
  snapshotAt: z.number().exactOptional(),
  slices: z.array(z.object({ restriction: z.string().exactOptional(), rows: z.number().int() })).min(1),
});
export type PartToken = z.infer<typeof PartToken>;

/** Where queries leave their rows: datasets that the service makes, which nobody can list. */
const ANONYMOUS_DATASET = /^_\w+$/;

/** Reads a token, or throws PAYLOAD_INVALID, also for rows that are neither results nor those of a query over them. */
export function parsePartToken(text: string, { project, dataset }: DatasetName): PartToken {
  const { table, ...token } = parse(text);
  const isOurs = table.dataset === dataset || ANONYMOUS_DATASET.test(table.dataset);
  if (table.project === project && isOurs) return { ...token, table };
  throw new ContrailError(
    'PAYLOAD_INVALID',
    `The table ${tableText(table)} is not one that statistics are read from.`,
    {
      subject: tableText(table),
      hint: `Statistics are read from ${project}.${dataset} alone.`,
    },
  );
}

function parse(text: string): PartToken {
  try {
    return PartToken.parse(JSON.parse(text));
  } catch (cause) {
    throw new ContrailError('PAYLOAD_INVALID', 'A part of a divided table cannot be read.', { cause });
  }
}
