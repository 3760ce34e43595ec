import { describe, expect, it } from 'vitest';
import { readUsers } from '../../../../src/web/access/users.ts';

const HASH = `scrypt.15.8.3.${'s'.repeat(22)}.${'h'.repeat(43)}`;

describe('users', () => {
  it('are read with name and role', () => {
    expect(readUsers(`alice:operator:${HASH}, bob@example.org:reader:${HASH}`)).toEqual([
      expect.objectContaining({ name: 'alice', role: 'operator' }),
      expect.objectContaining({ name: 'bob@example.org', role: 'reader' }),
    ]);
  });

  it.each([
    ['alice:operator:hunter2hunter2', 1],
    ['alice:hunter2hunter2', 1],
    [`alice:operator:${HASH},`, 2],
    [`alice:admin:${HASH}`, 1],
    [`:operator:${HASH}`, 1],
    [`a:b:operator:${HASH}`, 1],
    [`alice:operator:${HASH}:more`, 1],
    [' ', 1],
  ])('of %j are refused, without a word of what may be a password', (text, entry) => {
    const read = readUsers(text);

    expect(read).toEqual({ problem: expect.stringContaining(`entry ${entry} is not one`) });
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it('are refused where a name is there twice', () => {
    expect(readUsers(`alice:operator:${HASH},alice:reader:${HASH}`)).toEqual({
      problem: expect.stringContaining('alice is there twice'),
    });
  });
});
