/** Redis: version, eviction, persistence, memory, clock. */
import type { RedisHealth } from '../../queue/bullmq/redis-health.ts';
import { CLOCK_REMEDY, clockDetail, ODD_CLOCK_MS, WRONG_CLOCK_MS } from '../../domain/clock-difference.ts';
import { type CheckGroup, type CheckResult, ok, warning } from './check.ts';
import { judgeFlaws } from './redis-flaws.ts';

const OLDEST_MAJOR = 6;
const OLDEST_MINOR = 2;
const ADVISED_MAJOR = 7;
const MUCH_MEMORY = 0.8;
const FULL_MEMORY = 0.95;

export function redisChecks(readHealth: () => Promise<RedisHealth>): CheckGroup {
  return { name: 'Redis', run: async () => judgeRedis(await readHealth()) };
}

/** Six results, and a seventh for a replica. */
export function judgeRedis({ address, info, aheadMs }: RedisHealth): CheckResult[] {
  return [
    version(address, info),
    flaws(info),
    ...(info.get('role') === 'slave' ? [replica(address)] : []),
    eviction(info),
    persistence(info),
    memory(info),
    clock(aheadMs),
  ];
}

/** What people must know whenever they look: a sentence each. That files are not kept safely is said at start-up. */
export function redisTroubles({ info, aheadMs }: RedisHealth): string[] {
  const [eviction_, persistence_, memory_, clock_] = [eviction(info), persistence(info), memory(info), clock(aheadMs)];
  return [eviction_, ...(persistence_.state === 'failed' ? [persistence_] : []), memory_, clock_].flatMap(
    ({ check, state, detail, remedy }) => (state === 'ok' ? [] : [`${check}: ${detail} ${remedy ?? ''}`.trimEnd()]),
  );
}

type Info = RedisHealth['info'];

function version(address: string, info: Info): CheckResult {
  const check = 'Redis version';
  const text = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = text.split('.').map((part) => Number(part) || 0);
  // Valkey calls itself 7.2.4 of Redis for ever.
  const valkey = info.get('valkey_version');
  const detail = `${valkey === undefined ? `Redis ${text}` : `Valkey ${valkey}`} at ${address}`;
  if (major < OLDEST_MAJOR || (major === OLDEST_MAJOR && minor < OLDEST_MINOR)) {
    return { check, state: 'failed', detail: `${detail} is too old for the queues.`, remedy: 'Use Redis 7 or Valkey.' };
  }
  if (major < ADVISED_MAJOR) return warning(check, `${detail}.`, 'Redis 7 or Valkey is advised.');
  return ok(check, `${detail}.`);
}

function flaws(info: Info): CheckResult {
  const valkey = info.get('valkey_version');
  return valkey === undefined ? judgeFlaws('redis', info.get('redis_version') ?? '') : judgeFlaws('valkey', valkey);
}

function replica(address: string): CheckResult {
  const detail = `Redis at ${address} is a replica and takes no writes.`;
  return { check: 'Redis role', state: 'failed', detail, remedy: 'Set CONTRAIL_REDIS to the primary.' };
}

function eviction(info: Info): CheckResult {
  const check = 'Redis eviction';
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return ok(check, 'maxmemory-policy is noeviction.');
  return {
    check,
    state: 'failed',
    detail: `maxmemory-policy is ${policy}, so Redis may throw jobs away.`,
    remedy: 'Run CONFIG SET maxmemory-policy noeviction there, and set it in its configuration too.',
  };
}

function persistence(info: Info): CheckResult {
  const check = 'Redis persistence';
  const isBroken = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'].find(
    (name) => (info.get(name) ?? 'ok') !== 'ok',
  );
  if (isBroken !== undefined) {
    const remedy = 'Make room on the disk of Redis, and read its log.';
    return { check, state: 'failed', detail: `Redis cannot write to its disk (${isBroken}).`, remedy };
  }
  if (info.get('aof_enabled') === '0') {
    const detail = 'There is no append-only file: a restart of Redis loses the queues until the next scan.';
    return warning(check, detail, 'Set appendonly yes in the configuration of Redis.');
  }
  return ok(check, 'Redis keeps an append-only file.');
}

function memory(info: Info): CheckResult {
  const check = 'Redis memory';
  const used = Number(info.get('used_memory') ?? 0);
  const limit = Number(info.get('maxmemory') ?? 0) || Number(info.get('total_system_memory') ?? 0);
  if (limit === 0) return ok(check, `${megabytes(used)} in use; there is no limit.`);
  const detail = `${megabytes(used)} of ${megabytes(limit)} in use.`;
  const remedy = 'Give Redis more memory (maxmemory); when it is full, no job can be enqueued.';
  if (used >= FULL_MEMORY * limit) return { check, state: 'failed', detail, remedy };
  return used >= MUCH_MEMORY * limit ? warning(check, detail, remedy) : ok(check, detail);
}

function clock(aheadMs: number): CheckResult {
  const check = 'Clock';
  if (Math.abs(aheadMs) < ODD_CLOCK_MS) return ok(check, 'This machine and Redis agree on the time.');
  const detail = clockDetail(aheadMs);
  const remedy = CLOCK_REMEDY;
  return Math.abs(aheadMs) >= WRONG_CLOCK_MS
    ? { check, state: 'failed', detail, remedy }
    : warning(check, detail, remedy);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;
}
