/** The freshness index of one process. */
import type { FileEntry } from '../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../domain/freshness/file-key.ts';
import { type FileNote, noteFile } from '../../domain/freshness/file-note.ts';
import type { FreshnessIndex, FreshnessSnapshot, IndexPass, PassEnd } from '../../ports/freshness-index.ts';

interface EndedPass extends PassEnd {
  readonly pass: number;
}

export class MemoryFreshnessIndex implements FreshnessIndex {
  readonly #entries = new Map<string, FileEntry>();
  #index = 0;
  #passes = 0;
  #revision = 0;
  #last: EndedPass | undefined;

  async read(): Promise<FreshnessSnapshot | undefined> {
    if (this.#last === undefined) return undefined;
    return {
      revision: `${this.#index}.${this.#revision}`,
      scannedAt: this.#last.at,
      unread: this.#last.unread,
      entries: [...this.#entries.values()],
    };
  }

  async begin(): Promise<IndexPass> {
    this.#passes += 1;
    return { number: this.#passes, index: String(this.#index) };
  }

  async note(notes: readonly FileNote[], pass?: IndexPass): Promise<boolean> {
    if (!this.#isOf(pass) || (pass !== undefined && this.#isOver(pass))) return false;
    for (const note of notes) this.#note(note);
    return true;
  }

  async finish(pass: IndexPass, end: PassEnd): Promise<boolean> {
    if (!this.#isOf(pass) || this.#isOver(pass)) return false;
    this.#last = { ...end, pass: pass.number };
    this.#revision += 1;
    return true;
  }

  /** Loses everything, as a flushed Redis does. */
  lose(): void {
    this.#entries.clear();
    this.#index += 1;
    this.#passes = 0;
    this.#revision = 0;
    this.#last = undefined;
  }

  #isOf(pass: IndexPass | undefined): boolean {
    return pass === undefined || pass.index === String(this.#index);
  }

  #isOver(pass: IndexPass): boolean {
    return this.#last !== undefined && this.#last.pass > pass.number;
  }

  #note(note: FileNote): void {
    const key = keyOfFile(note.file);
    const known = this.#entries.get(key);
    const entry = noteFile(known, note);
    if (JSON.stringify(entry) === JSON.stringify(known)) return;
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    this.#revision += 1;
  }
}
