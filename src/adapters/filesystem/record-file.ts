/** A file of record batches, one per line. */
import { type FileHandle, open } from 'node:fs/promises';

export class RecordFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #size = 0;
  #isBroken = false;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<RecordFile> {
    return new RecordFile(path, await open(path, 'ax'));
  }

  /** Bytes of complete lines. */
  get size(): number {
    return this.#size;
  }

  /** Whether a line failed. Then the next line needs another file, because a half line would swallow it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Appends a line; on failure removes what was written of it and throws. */
  async add(line: string, isSynced: boolean): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    try {
      await this.#handle.appendFile(bytes);
      if (isSynced) await this.#handle.datasync();
      this.#size += bytes.length;
    } catch (error) {
      this.#isBroken = true;
      // If this fails too, the reader skips the half line.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
