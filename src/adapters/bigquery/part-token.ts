/** What a part of a divided table is, as text: everything a worker in another process needs to read it. */
import { z } from 'zod';
import { ContrailError } from '../../domain/errors.ts';

export const PartToken = z.object({
  source: z.string(),
  version: z.string(),
  table: z.object({ project: z.string(), dataset: z.string(), table: z.string() }),
  /** Milliseconds since 1970; a stored table that may change is read as it was then. */
  snapshotAt: z.number().exactOptional(),
  slices: z.array(z.object({ restriction: z.string().exactOptional(), rows: z.number().int() })).min(1),
});
export type PartToken = z.infer<typeof PartToken>;

/** Reads a token, or throws PAYLOAD_INVALID. */
export function parsePartToken(text: string): PartToken {
  try {
    return PartToken.parse(JSON.parse(text));
  } catch (cause) {
    throw new ContrailError('PAYLOAD_INVALID', 'A part of a divided table cannot be read.', { cause });
  }
}
