/** An entry of the errors file by the console's schema; keys in the order of the file. */
import { z } from 'zod';
import { withoutNul } from '../../domain/nul-character.ts';
import { parseTimestamp, timestampText } from '../../domain/utc-time.ts';

const OptionalText = storableText('must be a text, or NULL').nullish().default(null);
const Text = storableText('must be a text');

/** The only sources that the console accepts, besides NULL. */
const SOURCES = ['jetstream', 'jetstream-preview', 'sizing'] as const;
const BASES = ['enrollments', 'exposures'] as const;

const Timestamp = z.string({ error: 'must be a time' }).transform((text, context) => {
  const micros = parseTimestamp(text);
  if (micros !== undefined) return timestampText(micros);
  context.addIssue({ code: 'custom', message: 'must be a time' });
  return z.NEVER;
});

/** Replaces U+0000 and rejects lone surrogates, because one of either makes the console's database reject the whole file. */
function storableText(error: string) {
  return z
    .string({ error })
    .refine((text) => text.isWellFormed(), { error: 'must be valid Unicode' })
    .transform(withoutNul);
}

export const ErrorEntry = z.object({
  analysis_basis: z
    .enum(BASES, { error: `must be one of ${BASES.join(', ')}, or NULL` })
    .nullish()
    .default(null),
  source: z
    .enum(SOURCES, { error: `must be one of ${SOURCES.join(', ')}, or NULL` })
    .nullish()
    .default(null),
  exception: OptionalText,
  exception_type: OptionalText,
  experiment: OptionalText,
  filename: Text,
  func_name: Text,
  log_level: Text,
  message: Text,
  metric: OptionalText,
  segment: OptionalText,
  statistic: OptionalText,
  timestamp: Timestamp,
});

export type ErrorEntry = z.infer<typeof ErrorEntry>;
