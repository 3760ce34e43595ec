/** The look at a Redis before it is trusted, on real ones. */
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { startPrivateRedis } from '../../../src/adapters/redis-server/private-redis.ts';
import { checkRedis } from '../../../src/queue/bullmq/check-redis.ts';
import { freshRedis } from '../../support/redis.ts';
import { TEST_CERTIFICATE, TEST_KEY } from '../../support/test-certificate.ts';

async function ownRedis(appendonly: boolean): Promise<string> {
  const redis = await startPrivateRedis({ appendonly, clock: systemClock });
  onTestFinished(() => redis.stop());
  return redis.url;
}

it('is content with a recent Redis that evicts nothing and writes all down', async () => {
  const facts = await checkRedis(await ownRedis(true), systemClock);

  expect(facts).toEqual({ server: expect.any(String), version: expect.stringMatching(/^\d+\.\d+/), warnings: [] });
});

it('warns of one that writes nothing down, and refuses it once it may evict', async () => {
  const url = await ownRedis(false);
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());

  const before = await checkRedis(url, systemClock);
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const after = checkRedis(url, systemClock);

  expect(before.warnings).toEqual([expect.stringContaining('keeps no append-only file')]);
  await expect(after).rejects.toMatchObject({
    code: 'REDIS_UNSUITABLE',
    message: expect.stringContaining('maxmemory-policy is allkeys-lru'),
  });
});

it('says that nobody answers', async () => {
  await expect(checkRedis('redis://127.0.0.1:1', systemClock)).rejects.toMatchObject({
    code: 'REDIS_UNREACHABLE',
    message: 'Redis does not answer at 127.0.0.1:1 (CONTRAIL_REDIS).',
  });
});

it('says that the password is refused, and does not repeat it', async () => {
  const { redisUrl } = freshRedis();
  const wrong = new URL(redisUrl);
  wrong.password = 'not-the-password';
  const missing = new URL(redisUrl);
  missing.password = '';

  for (const url of [wrong.href, missing.href]) {
    const failure: unknown = await checkRedis(url, systemClock).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'REDIS_UNSUITABLE', message: expect.stringContaining('refuses the user') });
    expect(String(failure)).not.toContain('not-the-password');
  }
});

it('gives up on one that takes the connection and says nothing', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  await expect(checkRedis(`redis://127.0.0.1:${port}`, systemClock, 200)).rejects.toMatchObject({
    code: 'REDIS_UNREACHABLE',
  });
});

it('leaves no connection behind', async () => {
  const url = await ownRedis(true);
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());

  await checkRedis(url, systemClock);

  const clients = async () =>
    String(await redis.client('LIST'))
      .trim()
      .split('\n');
  await expect.poll(clients, { timeout: 5_000, interval: 10 }).toHaveLength(1);
});

it.each(['', '?rejectUnauthorized=false', '?tls=false', '?tls[rejectUnauthorized]=false'])(
  'tells no password to a Redis whose certificate nobody trusts, whatever the address asks for: %j',
  async (query) => {
    let received = '';
    const server = createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (socket) => {
      socket.on('data', (chunk) => (received += chunk.toString())).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());

    const checking = checkRedis(`rediss://contrail:s3cret@127.0.0.1:${port}/${query}`, systemClock);

    await expect(checking).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    expect(received).toBe('');
  },
);
