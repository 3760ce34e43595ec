/**
 * CRC32C (Castagnoli) as Cloud Storage counts it, by the processor's own instruction: the client library's sum would be
 * slower than the encoder whose bytes it checks.
 */
import { crc32c } from '@node-rs/crc32';

/** The checksum of bytes that come in pieces. */
export class Crc32c {
  #sum = 0;

  update(bytes: Uint8Array): void {
    this.#sum = crc32c(bytes, this.#sum);
  }

  /** Of all bytes so far, as the service writes it: base64 of the four bytes, highest first. */
  toBase64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#sum);
    return bytes.toString('base64');
  }
}
