import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { checkPack } from '../../../../src/adapters/metric-hub/check-pack.ts';
import { DEFAULT_LIMITS } from '../../../../src/adapters/metric-hub/limits.ts';

/** Blobs of ten bytes each. */
function packOf(objects: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects, 8);
  const blob = Buffer.concat([Buffer.from([0x3a]), deflateSync('0123456789')]);
  return Buffer.concat([header, ...Array.from({ length: objects }, () => blob)]);
}

it('ends the look through a pack when its time is over, and at no other time', async () => {
  const time = new AbortController();
  await checkPack(packOf(2_000), DEFAULT_LIMITS, time.signal);

  const looking = checkPack(packOf(2_000), DEFAULT_LIMITS, time.signal);
  setImmediate(() => time.abort(new Error('its time is over')));

  await expect(looking).rejects.toThrow('its time is over');
});
