/** Entries and ends of passes as Redis keeps them. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';

const Time = z.number();
const Source = z.object({ version: z.string(), changedAt: Time.optional(), seenAt: Time });

const Entry = z.object({
  file: z.object({
    product: z.enum(['statistics', 'errors', 'metadata']),
    experiment: z.string(),
    period: z.enum(ANALYSIS_PERIODS).optional(),
  }),
  application: z.string().optional(),
  pass: z.number(),
  source: Source.optional(),
  published: z
    .object({
      version: z.string(),
      generation: z.string().optional(),
      at: Time,
      rows: z.number().optional(),
      leftOut: z.number().optional(),
      bytes: z.number().optional(),
      windows: z.string().optional(),
    })
    .optional(),
  newer: Source.optional(),
  failure: z
    .object({ version: z.string(), code: z.string(), sentence: z.string(), attempts: z.number(), at: Time })
    .optional(),
  lacking: z
    .object({
      kind: z.enum(['gone', 'rebuilding']),
      since: Time.optional(),
      windows: z.string().optional(),
      isForGood: z.boolean().optional(),
    })
    .optional(),
  reason: z.string().optional(),
  expectedSince: Time.optional(),
  refusal: z.object({ code: z.string(), sentence: z.string() }).optional(),
});

/** The same text for the same entry, whatever the order in which it was put together. */
export function entryText(entry: FileEntry): string {
  return JSON.stringify(Entry.parse(entry));
}

const End = z.object({ at: Time, unread: z.array(z.object({ code: z.string(), sentence: z.string() })) });

/** Undefined: the text is damaged. */
export function parseEntry(text: string): FileEntry | undefined {
  return parsed(Entry, text);
}

export function parseEnd(text: string | undefined): z.infer<typeof End> | undefined {
  return text === undefined ? undefined : parsed(End, text);
}

function parsed<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
