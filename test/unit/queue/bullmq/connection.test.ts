import { describe, expect, it } from 'vitest';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { redisAddress, toRedisError } from '../../../../src/queue/bullmq/connection.ts';

const URL = 'rediss://someone:secret@redis.example:6380/2';

describe('the address of a Redis for people', () => {
  it('is host and port, and nothing that could be a secret', () => {
    expect(redisAddress(URL)).toBe('redis.example:6380');
    expect(redisAddress('redis://:secret@127.0.0.1')).toBe('127.0.0.1:6379');
    expect(redisAddress('redis://[::1]:7000')).toBe('[::1]:7000');
    expect(redisAddress('secret@nowhere')).toBe('the given address');
  });
});

describe('a command that failed', () => {
  it.each([
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'NOPERM this user has no permissions to run this command',
    'ERR AUTH <password> called without any password configured for the default user.',
  ])('means refused credentials: %s', (text) => {
    expect(toRedisError(URL, 'asking', new Error(text))).toMatchObject({
      code: 'REDIS_UNSUITABLE',
      message: 'Redis at redis.example:6380 refuses the user or the password.',
      subject: 'asking',
    });
  });

  it('means a full memory', () => {
    const failed = toRedisError(URL, 'asking', new Error("OOM command not allowed when used memory > 'maxmemory'."));

    expect(failed).toMatchObject({
      code: 'REDIS_UNSUITABLE',
      message: 'Redis at redis.example:6380 has no memory left.',
    });
  });

  it('is known by its cause as well', () => {
    const closed = new Error('Connection is closed.', { cause: new Error('WRONGPASS no') });

    expect(toRedisError(URL, 'asking', closed).code).toBe('REDIS_UNSUITABLE');
  });

  it('means otherwise that Redis is away', () => {
    const failed = toRedisError(URL, 'asking', new Error('connect ECONNREFUSED 127.0.0.1:6380'));

    expect(failed.code).toBe('REDIS_UNREACHABLE');
    expect(failed.sentence).toBe(
      'Redis does not answer at redis.example:6380 (CONTRAIL_REDIS). Start Redis there, or set CONTRAIL_REDIS to the address of a running one.',
    );
  });

  it('stays what it is when it is known already', () => {
    const known = new ContrailError('INTERNAL', 'No kind of job.');

    expect(toRedisError(URL, 'asking', known)).toBe(known);
  });
});
