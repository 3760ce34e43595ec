/** Bytes in pieces, never copied: what waits to be sent, and the rest of what was sent in part. */

/** Pieces in the order in which they came. */
export class PieceQueue {
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** Takes that many bytes from the front, or all there are. */
  take(bytes: number = this.#bytes): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let wanted = Math.min(bytes, this.#bytes);
    this.#bytes -= wanted;
    while (wanted > 0) {
      const piece = this.#pieces[0]!;
      taken.push(piece.subarray(0, wanted));
      if (piece.length > wanted) this.#pieces[0] = piece.subarray(wanted);
      else this.#pieces.shift();
      wanted -= Math.min(piece.length, wanted);
    }
    return taken;
  }
}

/** How many bytes there are in all. */
export function bytesIn(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** The pieces without their first bytes. */
export function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const queue = new PieceQueue();
  for (const piece of pieces) queue.push(piece);
  queue.take(bytes);
  return queue.take();
}
