/**
 * Checks a git pack before the git library unpacks it. The library inflates every object whatever its size, and a pack of
 * a few kilobytes may hold an object of gigabytes.
 *
 * @see https://git-scm.com/docs/pack-format
 */
import { setImmediate as pause } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { tooLarge } from '../../domain/byte-limit.ts';
import type { MetricHubLimits } from './limits.ts';

const HEADER_BYTES = 12;
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** All unpacked objects, as a multiple of the pack's limit; text shrinks to about a fourth. */
const MOST_GROWTH = 10;
const OBJECTS_AT_ONCE = 500;
const BYTES_AT_ONCE = 5e6;

/** Throws TooLargeError if the pack, one of its objects, or all of them together are too large; stops at the deadline. */
export async function checkPack(pack: Buffer, limits: MetricHubLimits, signal: AbortSignal): Promise<void> {
  if (pack.length > limits.pack.bytes) throw tooLarge(limits.pack, 'the repository');
  const count = pack.readUInt32BE(8);
  let [at, unpacked, rested] = [HEADER_BYTES, 0, 0];
  for (let index = 0; index < count; index++) {
    const object = readObject(pack, at, limits);
    at = object.end;
    unpacked += object.bytes;
    if (unpacked > MOST_GROWTH * limits.pack.bytes) throw tooLarge(limits.pack, 'the unpacked repository');
    if (index % OBJECTS_AT_ONCE !== 0 && unpacked - rested < BYTES_AT_ONCE) continue;
    rested = unpacked;
    await pause();
    signal.throwIfAborted();
  }
}

function readObject(
  pack: Buffer,
  at: number,
  { file }: MetricHubLimits,
): { readonly end: number; readonly bytes: number } {
  const type = (byteAt(pack, at) >> 4) & 7;
  const [size, afterSize] = readSize(pack, at, 4);
  if (size > file.bytes) throw tooLarge(file, 'a file in it');
  const { content, end } = inflate(pack, afterBase(pack, type, afterSize), size);
  if (type === OFS_DELTA || type === REF_DELTA) {
    const [, afterBaseSize] = readSize(content, 0, 7);
    const [result] = readSize(content, afterBaseSize, 7);
    if (result > file.bytes) throw tooLarge(file, 'a file in it');
    return { end, bytes: result };
  }
  return { end, bytes: size };
}

/** A number in groups of seven bits, lowest first; the first byte has `firstBits` of it. Returns its end too. */
function readSize(bytes: Buffer, start: number, firstBits: number): [size: number, end: number] {
  let byte = byteAt(bytes, start);
  let size = byte & (2 ** firstBits - 1);
  let [at, factor] = [start + 1, 2 ** firstBits];
  while (byte >= 0x80) {
    byte = byteAt(bytes, at);
    size += (byte & 0x7f) * factor;
    factor *= 0x80;
    at += 1;
  }
  return [size, at];
}

/** Skips the id of the object that a delta is based on. */
function afterBase(pack: Buffer, type: number, start: number): number {
  if (type === REF_DELTA) return start + 20;
  let at = start;
  if (type === OFS_DELTA) {
    while (byteAt(pack, at) >= 0x80) at += 1;
    at += 1;
  }
  return at;
}

function inflate(pack: Buffer, at: number, size: number): { readonly content: Buffer; readonly end: number } {
  // Despite its type, `info` changes the result.
  const { buffer, engine } = inflateSync(pack.subarray(at), {
    maxOutputLength: Math.max(size, 1),
    info: true,
  }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  if (buffer.length !== size) throw new Error('an object of the pack does not have its stated size');
  return { content: buffer, end: at + engine.bytesWritten };
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error('the pack ends early');
  return byte;
}
