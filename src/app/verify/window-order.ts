/** Whether windows ascend: the console takes the first and the last row of some metrics. */
import { quote } from '../../domain/slug.ts';
import { type Fault, fault } from './faults.ts';
import type { FileRow } from './row-columns.ts';

/** INT64 as it is written. */
const WINDOW = /^-?[0-9]{1,19}$/;

export class WindowOrder {
  #last: unknown = null;
  #fault: Fault | undefined;

  /** `before`: how many rows came before these. */
  add(rows: readonly FileRow[], before: number): void {
    for (const [index, row] of rows.entries()) {
      const window = row['window_index'] ?? null;
      if (window === this.#last) continue;
      if (this.#fault === undefined && isBelow(window, this.#last)) {
        const place = (before + index + 1).toLocaleString('en-US');
        this.#fault = fault(
          'order',
          `Row ${place} has window ${shown(window)} after window ${shown(this.#last)}; windows must ascend.`,
        );
      }
      this.#last = window;
    }
  }

  faults(): readonly Fault[] {
    return this.#fault === undefined ? [] : [this.#fault];
  }
}

/** NULL comes first. Windows of other types than INT64 are sorted in their own way. */
function isBelow(window: unknown, last: unknown): boolean {
  if (last === null) return false;
  if (window === null) return true;
  if (typeof window !== 'string' || typeof last !== 'string') return false;
  return WINDOW.test(window) && WINDOW.test(last) && BigInt(window) < BigInt(last);
}

function shown(window: unknown): string {
  return typeof window === 'string' ? quote(window) : 'null';
}
