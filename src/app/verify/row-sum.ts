/** A sum over the rows of a file that does not depend on their order. */
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { readElements } from './json-elements.ts';

/** Throws MalformedArrayError for anything but a JSON array. */
export async function rowSum(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let sum = 0n;
  for await (const rows of readElements(bytes)) {
    for (const row of rows) {
      const digest = createHash('sha256').update(JSON.stringify(row)).digest();
      sum = BigInt.asUintN(64, sum + digest.readBigUInt64BE(0));
    }
  }
  return sum.toString(16);
}

/** The sum of bytes that somebody writes piece by piece. */
export class WrittenRowSum {
  readonly #pipe = new PassThrough();
  readonly #sum = rowSum(this.#pipe);

  constructor() {
    // A reader that fails closes the pipe; `end` tells why.
    this.#pipe.on('error', () => undefined);
    this.#sum.catch(() => undefined);
  }

  async write(bytes: Uint8Array): Promise<void> {
    // The writer may use the memory again.
    if (this.#pipe.destroyed || this.#pipe.write(Uint8Array.from(bytes))) return;
    await new Promise<void>((resolve) => this.#pipe.once('drain', resolve).once('close', resolve));
  }

  end(): Promise<string> {
    this.#pipe.end();
    return this.#sum;
  }
}
