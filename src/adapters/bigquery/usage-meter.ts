/** Adds up the cost of a task while it runs. */
import type { SourceUsage } from '../../ports/statistics-source.ts';

export class UsageMeter {
  requests = 0;
  bytesRead = 0;
  bytesBilled = 0;
  slotMs = 0;
  queryMs = 0;

  /** The cost so far. */
  read(): SourceUsage {
    const { requests, bytesRead, bytesBilled, slotMs, queryMs } = this;
    return { requests, bytesRead, bytesBilled, slotMs, queryMs };
  }
}
