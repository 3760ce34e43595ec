/** Good bytes made bad: flipped, cut, lengthened, moved, with lengths and offsets that lie. */
import type { Random } from './random.ts';

/** A copy with one to five changes. */
export function mutate(random: Random, bytes: Uint8Array): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  const changes = random.pick([1, 1, 1, 2, 3, 5]);
  for (let change = 0; change < changes && changed.length > 0; change++) changed = mutateOnce(random, changed);
  return changed;
}

function mutateOnce(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.int(0, bytes.length - 1);
  switch (random.int(0, 9)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.int(1, 16)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.int(1, 16))]);
    case 3:
      // A copy of one place laid over another: two offsets that lead to the same place.
      bytes.copyWithin(random.int(0, bytes.length - 1), at, at + random.pick([4, 8, 16, 64]));
      return bytes;
    case 4:
    case 5:
      bytes[at] = random.int(0, 255);
      return bytes;
    case 6:
    case 7:
      return withNumber(random, bytes, 4);
    default:
      return withNumber(random, bytes, 8);
  }
}

/** A length, a count or an offset, each of which stands at a multiple of its width, replaced. */
function withNumber(random: Random, bytes: Uint8Array, width: 4 | 8): Uint8Array {
  if (bytes.length < width) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = width * random.int(0, Math.floor(bytes.length / width) - 1);
  const before = width === 4 ? BigInt(view.getInt32(at, true)) : view.getBigInt64(at, true);
  const value = random.pick([
    -1n,
    0n,
    1n,
    before + 1n,
    before - 1n,
    before + 8n,
    -before,
    2n * before,
    BigInt(random.int(0, bytes.length)),
    BigInt(random.int(0, 64)),
    2n ** 31n - 1n,
    -(2n ** 31n),
    2n ** 32n,
    2n ** 53n,
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]);
  if (width === 4) view.setInt32(at, Number(BigInt.asIntN(32, value)), true);
  else view.setBigInt64(at, BigInt.asIntN(64, value), true);
  return bytes;
}
