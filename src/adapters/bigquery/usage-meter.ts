/** Counts what a piece of work costs while it goes on. */
import type { SourceUsage } from '../../ports/statistics-source.ts';

export class UsageMeter {
  requests = 0;
  bytesRead = 0;
  bytesBilled = 0;
  slotMs = 0;
  queryMs = 0;

  /** What it has come to until now. */
  read(): SourceUsage {
    const { requests, bytesRead, bytesBilled, slotMs, queryMs } = this;
    return { requests, bytesRead, bytesBilled, slotMs, queryMs };
  }
}
