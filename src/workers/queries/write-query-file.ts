/** Streams the rows of one query file into a writer. */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ObjectWriter } from '../../ports/object-store.ts';
import type { FileFormat } from './format.ts';
import { piecesOf, type RowRange } from './row-range.ts';

/** Rows that are encoded before other work gets its turn. */
const ROWS_AT_ONCE = 4096;
/** Small pieces are gathered, because many keys have one row. */
const GATHERED_BYTES = 64 * 1024;

export interface WrittenQueryFile {
  readonly rows: number;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** NaN and infinities that were not written as numbers. */
  readonly nonFinite: number;
}

/** Memory is bounded by one batch, whatever the number of rows. */
export async function writeQueryFile(
  ranges: AsyncIterable<RowRange>,
  format: FileFormat,
  writer: ObjectWriter,
): Promise<WrittenQueryFile> {
  const output = new GatheredOutput(writer);
  let rows = 0;
  for await (const range of ranges) {
    for (const piece of piecesOf(range, ROWS_AT_ONCE)) {
      for (const bytes of format.rows(piece)) await output.add(bytes);
      rows += piece.to - piece.from;
      await setImmediate();
    }
  }
  for (const bytes of format.end()) await output.add(bytes);
  return { rows, ...(await output.end()), nonFinite: format.nonFinite };
}

class GatheredOutput {
  readonly #writer: ObjectWriter;
  readonly #hash: Hash = createHash('sha256');
  readonly #gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  #length = 0;
  #bytes = 0;

  constructor(writer: ObjectWriter) {
    this.#writer = writer;
  }

  async add(bytes: Uint8Array): Promise<void> {
    if (this.#length + bytes.length > GATHERED_BYTES) await this.#flush();
    if (bytes.length > GATHERED_BYTES) return this.#write(bytes);
    this.#gathered.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  async end(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    await this.#flush();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async #flush(): Promise<void> {
    if (this.#length === 0) return;
    await this.#write(this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    await this.#writer.write(bytes);
  }
}
