/**
 * Ends a job that waits for a worker, or for its time, as failed. A job that a worker holds, that waits for its parts or is one,
 * is left alone. Knows BullMQ's keys: `wait`, `paused`, `prioritized`, `delayed`, `completed`, `failed`, and the job's hash.
 */
import { z } from 'zod';

/** The name under which a connection knows the script. */
export const END_WAITING = 'contrail:endWaiting';

/** Arguments: the queue's key prefix (up to and with the last colon), the id, the nonce seen (empty: none), the time, the reason. */
export const END_WAITING_SCRIPT = {
  numberOfKeys: 1,
  lua: `
local prefix, id = KEYS[1], ARGV[1]
local jobKey = prefix .. id
local job = redis.call('HMGET', jobKey, 'data', 'parentKey')
if not job[1] then return 'gone' end
local ok, envelope = pcall(cjson.decode, job[1])
local nonce = ''
if ok and type(envelope) == 'table' and type(envelope['nonce']) == 'string' then nonce = envelope['nonce'] end
if nonce ~= ARGV[2] then return 'gone' end
if redis.call('ZSCORE', prefix .. 'completed', id) or redis.call('ZSCORE', prefix .. 'failed', id) then return 'over' end
if job[2] then return 'held' end
local removed = redis.call('ZREM', prefix .. 'prioritized', id) + redis.call('ZREM', prefix .. 'delayed', id)
if removed == 0 then removed = redis.call('LREM', prefix .. 'wait', 1, id) end
if removed == 0 then removed = redis.call('LREM', prefix .. 'paused', 1, id) end
if removed == 0 then return 'held' end
redis.call('HSET', jobKey, 'failedReason', ARGV[4], 'finishedOn', ARGV[3])
redis.call('ZADD', prefix .. 'failed', ARGV[3], id)
redis.call('XADD', prefix .. 'events', 'MAXLEN', '~', 10000, '*', 'event', 'failed', 'jobId', id, 'failedReason', ARGV[4], 'prev', 'waiting')
return 'ended'
`,
};

/** `ended`: now. `over`: before. `held`: by a worker or by its parts. `gone`: there is no such job, or another one has its id. */
export const WaitingEnd = z.enum(['ended', 'over', 'held', 'gone']);
export type WaitingEnd = z.infer<typeof WaitingEnd>;
