import { expect, it } from 'vitest';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { type Claim, ownerOf } from '../../../../src/domain/file-claim.ts';
import { checkOwner } from '../../../../src/workers/publish/check-owner.ts';

const OBJECT = 'statistics/statistics_a_b_weekly.json';
const ownedBy = (experiment: string) => ({ metadata: { [METADATA.experiment]: experiment } });
const conflictOf = (object: Parameters<typeof checkOwner>[1], claim: Claim) => {
  try {
    checkOwner(OBJECT, object, claim);
    return 'none';
  } catch (error) {
    return String(error);
  }
};

it('takes the slug of the experiments API as the owner', () => {
  expect(ownerOf({ experiment: 'a-b', knownBy: 'api' })).toBe('a-b');
  expect(ownerOf({ experiment: 'a_b', knownBy: 'api' })).toBe('a_b');
});

it('takes no owner from a table name, but a slug that is more than a normal form', () => {
  expect(ownerOf({ experiment: 'a_b', knownBy: 'tables' })).toBeUndefined();
  expect(ownerOf({ experiment: 'a-b', knownBy: 'tables' })).toBe('a-b');
});

it('lets an experiment have a file that is not there, is its own, or is nobody’s', () => {
  const claim: Claim = { experiment: 'a-b', knownBy: 'api' };

  expect([undefined, ownedBy('a-b'), { metadata: {} }].map((object) => conflictOf(object, claim))).toEqual(
    Array(3).fill('none'),
  );
});

it('refuses the file of another experiment, naming both and the file', () => {
  const text = conflictOf(ownedBy('a-b'), { experiment: 'a.b', knownBy: 'api' });

  expect(text).toContain(`The experiments a-b and a.b would share the file ${OBJECT}, which was published for a-b.`);
});

it('lets a name that only a table tells go on with the file of an experiment', () => {
  expect(conflictOf(ownedBy('a-b'), { experiment: 'a_b', knownBy: 'tables' })).toBe('none');
});
