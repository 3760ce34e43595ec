/** CRC32C (Castagnoli) as Cloud Storage computes it, with the processor's instruction: the client library's is slower than the encoder. */
import { crc32c } from '@node-rs/crc32';

/** The checksum of bytes that come in pieces. */
export class Crc32c {
  #sum = 0;

  update(bytes: Uint8Array): void {
    this.#sum = crc32c(bytes, this.#sum);
  }

  /** Of all bytes so far, in the service's notation: base64 of the four bytes, highest first. */
  toBase64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#sum);
    return bytes.toString('base64');
  }
}
