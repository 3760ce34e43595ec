/** The alert index of one process. */
import { type AlertRow, newestRows } from '../../alerts/row.ts';
import { isForgotten } from '../../alerts/silence.ts';
import type { AlertSnapshot } from '../../alerts/snapshot.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';

export class MemoryAlertIndex implements AlertIndex {
  #snapshot: AlertSnapshot | undefined;
  #silences: readonly AlertRow[] = [];

  async read(): Promise<AlertSnapshot | undefined> {
    return this.#snapshot;
  }

  async note(snapshot: AlertSnapshot): Promise<boolean> {
    if (this.#snapshot !== undefined && this.#snapshot.checkedAt > snapshot.checkedAt) return false;
    this.#snapshot = snapshot;
    this.#silences = this.#silences.filter((row) => !isForgotten(row, snapshot.checkedAt));
    return true;
  }

  async silences(): Promise<readonly AlertRow[]> {
    return this.#silences;
  }

  async silence(row: AlertRow): Promise<void> {
    this.#silences = newestRows([...this.#silences, row]);
  }

  /** Loses everything, as a flushed Redis does. */
  lose(): void {
    this.#snapshot = undefined;
    this.#silences = [];
  }
}
