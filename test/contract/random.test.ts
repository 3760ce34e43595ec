import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/adapters/memory/seeded-random.ts';
import { systemRandom } from '../../src/adapters/system/random.ts';
import type { Random } from '../../src/ports/random.ts';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe.each([
  ['system', (): Random => systemRandom],
  ['seeded', (): Random => seededRandom(1)],
])('random: %s', (_, setup) => {
  it('gives fractions from 0 to 1, spread evenly', () => {
    const random = setup();
    const fractions = Array.from({ length: 10_000 }, () => random.fraction());

    expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
    expect(fractions.filter((fraction) => fraction < 0.5).length / fractions.length).toBeCloseTo(0.5, 1);
  });

  it('gives UUIDs of version 4 that do not repeat', () => {
    const random = setup();
    const uuids = Array.from({ length: 1_000 }, () => random.uuid());

    expect(uuids.filter((uuid) => !UUID_V4.test(uuid))).toEqual([]);
    expect(new Set(uuids).size).toBe(uuids.length);
  });
});

describe('seeded chance', () => {
  it('repeats itself with the same seed, and not with another', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return [random.fraction(), random.uuid(), random.fraction()];
    };

    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
});
