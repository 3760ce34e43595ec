/** How a job ended, as one line. */
import { z } from 'zod';
import type { KnownJob } from '../../ports/job-queue.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { plural } from '../output.ts';

const Published = z.object({
  kind: z.enum(['published', 'unchanged']),
  rows: z.number(),
  bytes: z.number(),
  durationMs: z.number(),
});
/** Width of the longest label, `nothing to do`. */
const LABEL_WIDTH = 13;
const Written = z.object({ kind: z.literal('written'), rows: z.number(), table: z.string() });
const Ended = z.object({ kind: z.string(), reason: z.string() });

/** `published     my-slug weekly  (882 rows, 210 kB, 31 ms)` */
export function describeEndedJob(job: KnownJob): string {
  const published = Published.safeParse(job.result).data;
  if (published !== undefined) {
    const facts = [plural(published.rows, 'row'), formatBytes(published.bytes), `${published.durationMs} ms`];
    return `${published.kind.padEnd(LABEL_WIDTH)} ${job.name}  (${facts.join(', ')})`;
  }
  const written = Written.safeParse(job.result).data;
  if (written !== undefined) {
    return `${written.kind.padEnd(LABEL_WIDTH)} ${job.name}  (${plural(written.rows, 'row')} of ${written.table})`;
  }
  const ended = Ended.safeParse(job.result).data;
  if (ended !== undefined) {
    const label = ended.kind === 'skipped' ? 'nothing to do' : ended.kind;
    return `${label.padEnd(LABEL_WIDTH)} ${job.name}: ${ended.reason}`;
  }
  const reason = job.failure?.message ?? 'unknown reason';
  return `${'refused'.padEnd(LABEL_WIDTH)} ${job.name}: ${reason}`;
}
