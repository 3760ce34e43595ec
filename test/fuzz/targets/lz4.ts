/** LZ4 blocks: good ones are unpacked, broken ones and lengths that lie are refused. */
import { unpackLz4 } from '../../../src/adapters/bigquery/lz4-block.ts';
import { packLz4 } from '../../support/lz4-block.ts';
import { mutate } from '../mutate.ts';
import { fuzzTarget, mustEqual, mustHold, unlessRefused } from '../target.ts';

interface Block {
  readonly block: Uint8Array;
  readonly bytes: number;
  readonly good: Uint8Array | undefined;
}

const PIECES = ['control', 'treatment-a', '\0\0\0\0\0\0\0\0', 'weekly,', 'a'];

export const lz4 = fuzzTarget<Block>({
  name: 'lz4',
  about: 'compressed messages of the Storage Read API',
  quickInputs: 2_000,
  make: (random) => {
    const length = random.pick([0, 3, 20, 60]);
    const good = random.chance(0.5) ? Buffer.from(random.text(PIECES, length)) : random.bytes(length);
    const block = packLz4(good);
    if (random.chance(0.1)) return { block, bytes: good.length, good };
    const lies = [good.length, good.length + 1, good.length - 1, 0, -1, 2 ** 31, 2 ** 40, 0.5, Number.NaN];
    return { block: mutate(random, block), bytes: random.pick([good.length, good.length, ...lies]), good: undefined };
  },
  check: ({ block, bytes, good }) => {
    const unpacked = unlessRefused(['STREAM_BROKEN'], () => unpackLz4(block, bytes));
    if (good !== undefined) mustEqual(Buffer.from(unpacked ?? []).compare(good), 0, 'what a good block holds');
    mustHold(unpacked === undefined || unpacked.length === bytes, 'as many bytes as were promised');
  },
});
