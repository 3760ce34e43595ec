import { expect, it } from 'vitest';
import { redisNotFound } from '../../../../src/adapters/redis-server/find-redis-server.ts';
import { runCommand } from '../../../../src/adapters/redis-server/run-command.ts';

const LIMIT_MS = 10_000;

it('gives the code and all that was printed', async () => {
  const result = await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3'], LIMIT_MS);

  expect(result).toEqual({ code: 3, output: 'out\nerr\n' });
});

it('gives no input, so that nothing can ask', async () => {
  expect(await runCommand('cat', [], LIMIT_MS)).toEqual({ code: 0, output: '' });
});

it('gives -1 for a program that is not there or takes too long', async () => {
  expect(await runCommand('no-such-program-of-ours', [], LIMIT_MS)).toMatchObject({ code: -1 });
  expect(await runCommand('sleep', ['60'], 20)).toMatchObject({ code: -1 });
});

it('says what to install where there is no Redis, and keeps the last words of what was tried', () => {
  const error = redisNotFound('Reading lists\nE: Unable to locate package redis-server\n');

  expect(error).toMatchObject({
    code: 'REDIS_NOT_FOUND',
    hint: expect.stringContaining('apt-get install redis-server'),
    cause: expect.objectContaining({ message: 'E: Unable to locate package redis-server' }),
  });
  expect(redisNotFound().cause).toBeUndefined();
});
