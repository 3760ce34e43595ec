/** A file that takes record batches, a line each. */
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

  /** Bytes of the lines that were taken. */
  get size(): number {
    return this.#size;
  }

  /** Whether a line failed: the next one needs another file, as half a line would swallow it. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Adds a line, or takes back what was written of it and throws. */
  async add(line: string, isSynced: boolean): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    try {
      await this.#handle.appendFile(bytes);
      if (isSynced) await this.#handle.datasync();
      this.#size += bytes.length;
    } catch (error) {
      this.#isBroken = true;
      // Where this fails as well, the reader passes over the half line.
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
