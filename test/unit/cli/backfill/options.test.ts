import { expect, it } from 'vitest';
import { followCommand } from '../../../../src/cli/backfill/options.ts';

it('gives the command that follows the same files again, safe for a shell and without force', () => {
  expect(
    followCommand({ experiment: ['a-b', "it's; rm"], period: ['weekly'], product: 'errors', force: true, json: true }),
  ).toBe("contrail backfill --wait --experiment a-b 'it'\\''s; rm' --period weekly --product errors");
  expect(followCommand({})).toBe('contrail backfill --wait');
});
