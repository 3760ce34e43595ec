/** The files of an experiment and ends of passes as Redis keeps them. */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../domain/analysis-period.ts';
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../domain/freshness/file-key.ts';

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

const CHECKSUM_LENGTH = 8;

/** The same text for the same entries, whatever the order in which they were put together. */
export function filesText(entries: readonly FileEntry[]): string {
  const inOrder = entries.map((entry) => [keyOfFile(entry.file), entry] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const json = JSON.stringify(inOrder.map(([, entry]) => Entry.parse(entry)));
  return checksumOf(json) + json;
}

/**
 * Undefined: the text is damaged. A checksum tells, since checking the shape of thirty thousand entries takes longer than
 * reading them; what another version of Contrail wrote in another shape has another key.
 */
export function parseFiles(text: string): readonly FileEntry[] | undefined {
  const json = text.slice(CHECKSUM_LENGTH);
  if (json === '' || checksumOf(json) !== text.slice(0, CHECKSUM_LENGTH)) return undefined;
  return JSON.parse(json) as readonly FileEntry[];
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(CHECKSUM_LENGTH, '0');
}

const End = z.object({ at: Time, unread: z.array(z.object({ code: z.string(), sentence: z.string() })) });

export function parseEnd(text: string | undefined): z.infer<typeof End> | undefined {
  try {
    return text === undefined ? undefined : End.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
