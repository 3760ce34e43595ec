import { expect, it } from 'vitest';
import { judgeRedis } from '../../../../src/app/doctor/redis-checks.ts';

const GOOD = {
  redis_version: '7.2.14',
  role: 'master',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  used_memory: '10000000',
  maxmemory: '100000000',
};

/** What is not well, by check. */
function problemsOf(info: Record<string, string>, aheadMs = 0): string[] {
  const results = judgeRedis({ address: 'here:6379', info: new Map(Object.entries({ ...GOOD, ...info })), aheadMs });
  expect(results.every(({ state, remedy }) => (state === 'ok') === (remedy === undefined))).toBe(true);
  return results.filter(({ state }) => state !== 'ok').map(({ check, state }) => `${check}: ${state}`);
}

it.each([
  [{}, 0, []],
  [{ redis_version: '6.0.16' }, 0, ['Redis version: failed', 'Redis flaws: warning']],
  [{ redis_version: '6.2.22' }, 0, ['Redis version: warning']],
  [{ redis_version: 'none' }, 0, ['Redis version: failed', 'Redis flaws: warning']],
  [{ redis_version: '7.2.4', valkey_version: '8.1.7' }, 0, []],
  [{ redis_version: '7.2.4', valkey_version: '8.1.6' }, 0, ['Redis flaws: warning']],
  [{ maxmemory_policy: 'allkeys-lru' }, 0, ['Redis eviction: failed']],
  [{ aof_enabled: '0' }, 0, ['Redis persistence: warning']],
  [{ aof_last_write_status: 'err' }, 0, ['Redis persistence: failed']],
  [{ used_memory: '85000000' }, 0, ['Redis memory: warning']],
  [{ used_memory: '99000000' }, 0, ['Redis memory: failed']],
  [{ used_memory: '99000000', maxmemory: '0', total_system_memory: '200000000' }, 0, []],
  [{ role: 'slave' }, 0, ['Redis role: failed']],
  [{}, -6_000, ['Clock: warning']],
  [{}, 3_600_000, ['Clock: failed']],
  [{ maxmemory_policy: 'volatile-ttl', aof_enabled: '0' }, 0, ['Redis eviction: failed', 'Redis persistence: warning']],
])('judges %j with a clock %i ms ahead', (info, aheadMs, problems) => {
  expect(problemsOf(info, aheadMs)).toEqual(problems);
});
