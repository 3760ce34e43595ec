import { describe, expect, it } from 'vitest';
import { judgeRedisInfo } from '../../../../src/queue/bullmq/check-redis.ts';

const URL = 'redis://user:secret@redis.example:6380/2';

function infoOf(fields: Record<string, string>): string {
  const all = { redis_version: '7.4.1', maxmemory_policy: 'noeviction', aof_enabled: '1', ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}:${value}`);
  return `# Server\r\n${lines.join('\r\n')}\r\n`;
}

describe('what INFO says of a Redis', () => {
  it('is nothing to warn of where it is recent, keeps all, and writes it down', () => {
    expect(judgeRedisInfo(URL, infoOf({}))).toEqual({ server: 'redis', version: '7.4.1', warnings: [] });
  });

  it('names a Valkey, with the version of Redis that it is compatible with', () => {
    const info = infoOf({ redis_version: '7.2.4', valkey_version: '8.1.0' });

    expect(judgeRedisInfo(URL, info)).toEqual({ server: 'valkey', version: '7.2.4', warnings: [] });
  });

  it.each(['5.0.14', '6.0.16', '6.1.9', '', 'unknown'])('is a refusal where the version is %j', (version) => {
    expect(() => judgeRedisInfo(URL, infoOf({ redis_version: version }))).toThrow(
      expect.objectContaining({ code: 'REDIS_UNSUITABLE', message: expect.stringContaining('too old for the queues') }),
    );
  });

  it.each(['6.2.0', '6.2.14'])('is a warning where the version is %s', (version) => {
    expect(judgeRedisInfo(URL, infoOf({ redis_version: version })).warnings).toEqual([
      `Redis at redis.example:6380 is version ${version}; 7 is advised.`,
    ]);
  });

  it.each(['allkeys-lru', 'volatile-ttl'])('is a refusal where jobs may be thrown away: %s', (policy) => {
    expect(() => judgeRedisInfo(URL, infoOf({ maxmemory_policy: policy }))).toThrow(
      expect.objectContaining({
        code: 'REDIS_UNSUITABLE',
        message: `Redis at redis.example:6380 may throw jobs away: its maxmemory-policy is ${policy}, and must be noeviction.`,
        hint: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
      }),
    );
  });

  it('is a warning where nothing is written down', () => {
    expect(judgeRedisInfo(URL, infoOf({ aof_enabled: '0' })).warnings).toEqual([
      'Redis at redis.example:6380 keeps no append-only file: a restart loses the queues until the next scan.',
    ]);
  });
});
