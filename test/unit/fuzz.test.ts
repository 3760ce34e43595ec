/** A few inputs of every fuzz target; `npm run fuzz` tries many more. */
import { describe, expect, it } from 'vitest';
import { runInputs } from '../fuzz/target.ts';
import { FUZZ_TARGETS } from '../fuzz/targets.ts';

const SEED = 20_260_115;
/** A second or two each; on a busy machine several times as long. */
const TIMEOUT_MS = 60_000;

describe('what reads text or bytes from outside', () => {
  it.each(FUZZ_TARGETS.map((target) => [target.name, target] as const))(
    'keeps its rules whatever it is given: %s',
    (_, target) => {
      const failures = runInputs(target, { seed: SEED, first: 0, inputs: target.quickInputs });

      expect(failures).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
