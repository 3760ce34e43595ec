/** Reads the lines of a spool file, even if a crash or a full disk has damaged it. */
import { z } from 'zod';
import type { JsonValue } from '../../domain/json-value.ts';

/** Looser than what we write, so that lines of later versions are not lost. */
const Line = z.object({
  id: z.string().min(1).max(500),
  table: z.string().regex(/^[a-z0-9_]{1,100}$/),
  window: z.string().optional(),
  rows: z.array(z.record(z.string(), z.json())),
});

export interface RecordLine {
  readonly id: string;
  readonly table: string;
  /** The window of a batch that was staged. */
  readonly window?: string;
  readonly rows: readonly Readonly<Record<string, JsonValue>>[];
}

export interface RecordLines {
  readonly batches: readonly RecordLine[];
  /** Line numbers that hold no batch. */
  readonly unreadable: readonly { readonly line: number; readonly text: string }[];
}

/** All batches in order; a damaged line does not affect the others. */
export function readRecordLines(text: string): RecordLines {
  const batches: RecordLine[] = [];
  const unreadable: { line: number; text: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const batch = parseLine(line);
    if (batch === undefined) unreadable.push({ line: index + 1, text: line });
    else batches.push(batch);
  }
  return { batches, unreadable };
}

function parseLine(line: string): RecordLine | undefined {
  try {
    const { window, ...batch } = Line.parse(JSON.parse(line));
    return window === undefined ? batch : { ...batch, window };
  } catch {
    return undefined;
  }
}
