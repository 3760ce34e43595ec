/** Cuts bytes into chunks of one size: one is sent while the other fills. The memory is reused. */

const SMALLEST_BYTES = 64 * 1024;

export class ChunkPipe {
  readonly #send: (chunk: Uint8Array) => Promise<void>;
  #filling: Chunk;
  /** Free again when the current chunk has been sent. */
  #other: Chunk;
  #sending: Promise<void> = Promise.resolve();

  /** `chunkBytes` per chunk. A chunk is sent after the previous one; its memory stays valid until then. */
  constructor(chunkBytes: number, send: (chunk: Uint8Array) => Promise<void>) {
    this.#send = send;
    this.#filling = new Chunk(chunkBytes);
    this.#other = new Chunk(chunkBytes);
  }

  /** Copies bytes. A chunk is sent when more bytes follow it. Fails with the error of an earlier chunk. */
  async add(bytes: Uint8Array): Promise<void> {
    for (let rest = this.#filling.add(bytes); rest.length > 0; rest = this.#filling.add(rest)) {
      await this.#sending;
      const full = this.#filling;
      this.#filling = this.#other;
      this.#filling.clear();
      this.#other = full;
      this.#sending = this.#send(full.bytes);
      // The next await throws its error.
      this.#sending.catch(() => undefined);
    }
  }

  /** Waits for all other chunks and returns the last, which may be shorter. */
  async last(): Promise<Uint8Array> {
    await this.#sending;
    return this.#filling.bytes;
  }

  /** Waits until nothing is being sent, whatever the result. */
  async settle(): Promise<void> {
    await this.#sending.catch(() => undefined);
  }
}

/** Memory that grows up to a limit and is kept when it is emptied. */
class Chunk {
  readonly #limit: number;
  #memory: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  /** Copies as many bytes as fit and returns the rest. */
  add(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, this.#limit - this.#length);
    this.#reserve(this.#length + taken.length);
    this.#memory.set(taken, this.#length);
    this.#length += taken.length;
    return bytes.subarray(taken.length);
  }

  clear(): void {
    this.#length = 0;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const wanted = Math.max(bytes, 2 * this.#memory.length, SMALLEST_BYTES);
    const larger = Buffer.allocUnsafeSlow(Math.min(wanted, this.#limit));
    larger.set(this.bytes);
    this.#memory = larger;
  }
}
