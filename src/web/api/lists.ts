/** Lists of the API: pages with a cursor, and what they were read from. */
import { z } from 'zod';
import { ParameterProblem } from '../parameters.ts';

const MOST = 500;
const USUAL = 100;

/** For the query schema of a list. */
export const LIST_PARAMETERS = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `a number from 1 to ${MOST}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MOST, `a number from 1 to ${MOST}`)
    .default(USUAL),
  cursor: z.string().max(2_000, 'the cursor of the page before').optional(),
};

/** A source that a reply was made from. */
export const Source = z.object({
  name: z.string(),
  /** Why it did not answer; null if it did. */
  problem: z.string().nullable(),
  /** When what is shown of it was read. */
  as_of: z.iso.datetime().nullable(),
});
export type Source = z.infer<typeof Source>;

/** The reply of a list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    as_of: z.iso.datetime(),
    sources: z.array(Source),
    items: z.array(item),
    next_cursor: z.string().nullable(),
  });
}

/** Opaque to clients. */
export function writeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What `writeCursor` was given; ParameterProblem for anything else. */
export function readCursor<Schema extends z.ZodType>(schema: Schema, cursor: string): z.output<Schema> {
  const result = schema.safeParse(parsed(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (result.success) return result.data;
  throw new ParameterProblem(
    'cursor',
    'The parameter "cursor" is none of ours.',
    'Allowed: the next_cursor of a reply.',
  );
}

const Offset = z.object({ offset: z.int().min(0) });

/** One page of a list that is whole in memory. */
export function pageOf<Item>(
  items: readonly Item[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly items: Item[]; readonly next_cursor: string | null } {
  const { offset } = cursor === undefined ? { offset: 0 } : readCursor(Offset, cursor);
  const end = offset + limit;
  return {
    items: items.slice(offset, end),
    next_cursor: end < items.length ? writeCursor({ offset: end }) : null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
