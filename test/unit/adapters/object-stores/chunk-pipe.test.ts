import { array, assert, asyncProperty, integer, nat } from 'fast-check';
import { expect, it } from 'vitest';
import { ChunkPipe } from '../../../../src/adapters/object-stores/chunk-pipe.ts';

const KIBIBYTE = 1024;
const SEND_NOTHING = () => Promise.resolve();

/** A pipe whose chunks arrive when the test says so. */
function slowPipe(chunkBytes: number) {
  const sent: Uint8Array[] = [];
  const waiting: { arrive: () => void; fail: (error: Error) => void }[] = [];
  const pipe = new ChunkPipe(chunkBytes, (chunk) => {
    sent.push(chunk);
    return new Promise((arrive, fail) => waiting.push({ arrive, fail }));
  });
  return { pipe, sent, waiting };
}

it('sends whole chunks and keeps the last one, whatever the pieces', async () => {
  const property = asyncProperty(integer({ min: 1, max: 9 }), array(nat(30)), async (chunkBytes, lengths) => {
    const chunks: number[][] = [];
    const pipe = new ChunkPipe(chunkBytes, async (chunk) => void chunks.push([...chunk]));
    const memory = new Uint8Array(30);
    let next = 0;
    for (const length of lengths) {
      for (let index = 0; index < length; index++) memory[index] = next++;
      await pipe.add(memory.subarray(0, length));
    }
    const last = [...(await pipe.last())];

    const expected = Array.from({ length: next }, (_, index) => index % 256);
    expect([...chunks.flat(), ...last]).toEqual(expected);
    expect(chunks.every((chunk) => chunk.length === chunkBytes)).toBe(true);
    expect(last.length).toBeLessThanOrEqual(chunkBytes);
    expect(last.length > 0).toBe(next > 0);
  });
  await assert(property);
});

it('fills one chunk while another is sent, and never two at once', async () => {
  const { pipe, sent, waiting } = slowPipe(2);

  await pipe.add(Uint8Array.of(1, 2, 3, 4));
  expect(sent.map((chunk) => [...chunk])).toEqual([[1, 2]]);

  let isTaken = false;
  const adding = pipe.add(Uint8Array.of(5)).then(() => (isTaken = true));
  await new Promise(setImmediate);
  expect([isTaken, sent.length]).toEqual([false, 1]);

  waiting[0]!.arrive();
  await adding;
  expect(sent.map((chunk) => [...chunk])[1]).toEqual([3, 4]);
  waiting[1]!.arrive();
  expect([...(await pipe.last())]).toEqual([5]);
});

it('tells of a chunk that did not arrive with the next one, or at the end', async () => {
  for (const meet of ['add', 'last'] as const) {
    const { pipe, waiting } = slowPipe(1);
    await pipe.add(Uint8Array.of(1, 2));
    waiting[0]!.fail(new Error('the disk is full'));

    await expect(meet === 'add' ? pipe.add(Uint8Array.of(3)) : pipe.last()).rejects.toThrow('the disk is full');
    await expect(pipe.settle()).resolves.toBeUndefined();
  }
});

it('takes memory as it needs it, up to a chunk, and uses it again', async () => {
  const pipe = new ChunkPipe(150 * KIBIBYTE, SEND_NOTHING);
  await pipe.add(new Uint8Array(10));
  expect((await pipe.last()).buffer.byteLength).toBe(64 * KIBIBYTE);

  const memories = new Set<ArrayBufferLike>();
  for (let turn = 0; turn < 10; turn++) {
    await pipe.add(new Uint8Array(150 * KIBIBYTE));
    memories.add((await pipe.last()).buffer);
  }

  expect([...memories].map(({ byteLength }) => byteLength / KIBIBYTE)).toEqual([64, 150, 150]);
});
