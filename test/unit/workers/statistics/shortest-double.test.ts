/** Our digits against those of the engine. */
import { describe, expect, it } from 'vitest';
import {
  SHORTEST_REACH_BYTES,
  writeShortest,
  type Doubles,
} from '../../../../src/workers/statistics/shortest-double.ts';

/** A million takes about half a second. */
const VALUES_PER_KIND = 300_000;
const TIMEOUT_MS = 120_000;

const values = new Float64Array(1);
const words = new Int32Array(values.buffer);
const one: Doubles = { values, words };
/** No longer than what may be touched: a write past its end throws. */
const out = Buffer.alloc(SHORTEST_REACH_BYTES);
const view = new DataView(out.buffer, out.byteOffset, out.length);

/** What is written for a double, or undefined where it is left to `'' + x`. */
function shortest(x: number): string | undefined {
  values[0] = x;
  const end = writeShortest(one, 0, view, 0);
  return end < 0 ? undefined : out.toString('latin1', 0, end);
}

/** Random 32-bit words, the same in every run (mulberry32). */
function randomWords(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return mixed ^ (mixed >>> 14);
  };
}

const next = randomWords(20_260_115);
const below = (limit: number): number => (next() >>> 0) % limit;
const unit = (): number => ((next() >>> 0) + (next() >>> 0) / 2 ** 32) / 2 ** 32;
const sign = (): number => (next() < 0 ? -1 : 1);

/** The double with that exponent and random other bits. */
function withExponent(exponent: number): number {
  words[0] = next();
  words[1] = (next() & 0x800fffff) | ((exponent + 1023) << 20);
  return values[0]!;
}

function neighbour(x: number, steps: number): number {
  const bits = new BigInt64Array(values.buffer);
  values[0] = x;
  bits[0]! += BigInt(steps);
  return values[0];
}

const KINDS: Readonly<Record<string, () => number>> = {
  'any bits': () => {
    words[0] = next();
    words[1] = next();
    return values[0]!;
  },
  'every exponent of the range and around it': () => withExponent(below(80) - 22),
  'uniform in 0 to 1': unit,
  'uniform in −20 to 20': () => unit() * 40 - 20,
  'few digits': () => sign() * (below(1_000_000) / 10 ** below(12)),
  'integers to 2^53': () => sign() * Math.floor(unit() * 2 ** below(54)),
  'halves and quarters, where ties are': () => sign() * (Math.floor(unit() * 2 ** (30 + below(23))) + below(8) / 8),
  'beside powers of two': () => sign() * neighbour(2 ** (below(76) - 21), below(9) - 4),
  'beside powers of ten': () => sign() * neighbour(10 ** (below(24) - 7), below(9) - 4),
  'few bits': () => sign() * (below(4096) + 1) * 2 ** (below(60) - 30),
};

describe('writeShortest', () => {
  it.each(Object.entries(KINDS))(
    'writes what the engine writes: %s',
    (_, draw) => {
      const wrong: { x: number; written: string }[] = [];
      for (let count = 0; count < VALUES_PER_KIND; count++) {
        const x = draw();
        const written = shortest(x);
        if (written !== undefined && written !== String(x)) wrong.push({ x, written });
      }

      expect(wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it('leaves zero, powers of two, the tiny, the huge and what is not finite to the engine', () => {
    const powersOfTwo = Array.from({ length: 60 }, (_, index) => 2 ** (index - 5));
    const left = [0, -0, Number.NaN, Infinity, -Infinity, 5e-324, 1.5 * 2 ** -20, -(2 ** 53 + 2), 1e21, ...powersOfTwo];

    expect(left.filter((x) => shortest(x) !== undefined)).toEqual([]);
  });

  it('takes the first and the last double of its range', () => {
    const edges = [neighbour(2 ** -19, 1), neighbour(2 ** 53, -1)].flatMap((x) => [x, -x]);

    expect(edges.map(shortest)).toEqual(edges.map(String));
  });

  it('leaves hardly any usual number to the engine, which is slow', () => {
    let left = 0;
    for (let count = 0; count < 100_000; count++) if (shortest(unit() * 40 - 20) === undefined) left += 1;

    expect(left).toBeLessThan(100);
  });

  it('takes the double of the index and writes it at the place it is told', () => {
    const several = new Float64Array([1.5, -0.25 - 1e-9, 3]);
    const target = Buffer.alloc(8 + SHORTEST_REACH_BYTES, '#');

    const end = writeShortest(
      { values: several, words: new Int32Array(several.buffer) },
      1,
      new DataView(target.buffer, target.byteOffset, target.length),
      8,
    );

    expect(target.toString('latin1', 0, end)).toBe(`########${several[1]}`);
  });
});
