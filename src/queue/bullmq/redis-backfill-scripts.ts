/**
 * The scripts of backfills. Keys, all behind one base: `ID` (the record, a hash), `ID:open` (its jobs that have not ended, a set of
 * `queue:id`), `index` (ids by the time they were asked for) and `stopped` (id → `paused` or `cancelled`, which workers read).
 * ALIGN also knows BullMQ's keys of a queue: `prioritized`, `delayed`, `marker`, and each job's hash.
 */
import { MS_PER_DAY } from '../../domain/utc-time.ts';

const KEPT_MS = 30 * MS_PER_DAY;
/** How far ahead the jobs of a paused backfill are held. */
export const HELD_MS = 365 * MS_PER_DAY;

/** Jobs of one script: what Redis does within a few milliseconds. */
export const BACKFILL_BATCH = 500;

const START = `
local base, id = KEYS[1], ARGV[1]
local record, open = base .. id, base .. id .. ':open'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
local function touch()
  redis.call('HSET', record, 'changedAt', text(now))
  local isPaused = redis.call('HGET', record, 'state') == 'paused'
  for _, key in ipairs({ record, open }) do
    if isPaused then redis.call('PERSIST', key)
    else redis.call('PEXPIRE', key, ${KEPT_MS}) end
  end
end
`;

/** Arguments: id, time, who, selection, estimated price or an empty text. */
export const CREATE = `${START}
if redis.call('EXISTS', record) == 1 then return 'taken' end
redis.call('HSET', record, 'at', ARGV[2], 'by', ARGV[3], 'selection', ARGV[4], 'estimatedUsd', ARGV[5], 'state', 'running')
redis.call('ZADD', base .. 'index', ARGV[2], id)
touch()
return 'made'
`;

/** Arguments: id, jobs. */
export const JOIN = `${START}
local state = redis.call('HGET', record, 'state')
if state and state ~= 'cancelled' then
  redis.call('SADD', open, unpack(ARGV, 2))
  touch()
end
return state
`;

/** Arguments: id, jobs. */
export const LEAVE = `${START}
if #ARGV > 1 and redis.call('SREM', open, unpack(ARGV, 2)) > 0 then touch() end
return redis.call('HGET', record, 'state')
`;

/** Arguments: id, names of ends. */
export const COMPLETE = `${START}
if redis.call('EXISTS', record) == 0 then return 'unknown' end
local jobs = redis.call('SCARD', open)
for place = 2, #ARGV do jobs = jobs + tonumber(redis.call('HGET', record, ARGV[place]) or '0') end
if jobs == 0 then
  redis.call('DEL', record)
  redis.call('ZREM', base .. 'index', id)
  return 'forgotten'
end
redis.call('HSET', record, 'isEnqueued', '1')
touch()
return 'complete'
`;

/**
 * Arguments: id, end, price, the jobs, each under every name it may have. This runs for each job, so how long the record is kept is
 * renewed only once a day.
 */
export const END = `${START}
local ended = redis.call('SREM', open, unpack(ARGV, 4))
if ended == 0 then return 'known' end
redis.call('HINCRBY', record, ARGV[2], ended)
if ARGV[3] ~= '0' then redis.call('HINCRBYFLOAT', record, 'usd', ARGV[3]) end
local changedAt = tonumber(redis.call('HGET', record, 'changedAt'))
if math.floor(changedAt / ${MS_PER_DAY}) == math.floor(now / ${MS_PER_DAY}) then
  redis.call('HSET', record, 'changedAt', text(now))
else touch() end
return 'noted'
`;

/** Arguments: id, what the deployment appends to ids, then key prefix and name of each queue. */
export const FIND = `${START}
local fields = redis.call('HGETALL', record)
if #fields == 0 then return false end
local running = 0
for place = 3, #ARGV, 2 do
  local active = redis.call('LRANGE', ARGV[place] .. 'active', 0, -1)
  for _, job in ipairs(redis.call('ZRANGE', ARGV[place] .. 'waiting-children', 0, -1)) do active[#active + 1] = job end
  for _, job in ipairs(active) do
    local own = ARGV[2] ~= '' and string.sub(job, -#ARGV[2]) == ARGV[2] and string.sub(job, 1, -#ARGV[2] - 1)
    if redis.call('SISMEMBER', open, ARGV[place + 1] .. ':' .. job) == 1 then running = running + 1
    elseif own and redis.call('SISMEMBER', open, ARGV[place + 1] .. ':' .. own) == 1 then running = running + 1 end
  end
end
return { tostring(redis.call('SCARD', open)), tostring(running), unpack(fields) }
`;

/** Arguments: none, how many. Gives the newest ids, and drops those whose records are gone. */
export const LIST = `${START}
local ids = {}
for _, known in ipairs(redis.call('ZREVRANGE', base .. 'index', 0, -1)) do
  if redis.call('EXISTS', base .. known) == 0 then redis.call('ZREM', base .. 'index', known)
  elseif #ids < tonumber(ARGV[2]) then ids[#ids + 1] = known end
end
return ids
`;

/** Arguments: id, state, the channel on which workers are told to look. */
export const SET_STATE = `${START}
local state = redis.call('HGET', record, 'state')
if not state or state == 'cancelled' then return state end
redis.call('HSET', record, 'state', ARGV[2])
for _, stopped in ipairs(redis.call('HKEYS', base .. 'stopped')) do
  if redis.call('EXISTS', base .. stopped) == 0 then redis.call('HDEL', base .. 'stopped', stopped) end
end
if ARGV[2] == 'running' then redis.call('HDEL', base .. 'stopped', id)
else redis.call('HSET', base .. 'stopped', id, ARGV[2]) end
redis.call('PUBLISH', ARGV[3], 'look')
touch()
return ARGV[2]
`;

/**
 * Arguments: id, the queue's key prefix, what the deployment appends to ids, ids. Held jobs are among the delayed ones, a year
 * ahead. A job in the list \`wait\`, after a crash of its worker, is left there: it waits when a worker takes it.
 */
export const ALIGN = `${START}
local queue, suffix = ARGV[2], ARGV[3]
local isPaused = redis.call('HGET', record, 'state') == 'paused'
local heldUntil, far = now + ${HELD_MS}, (now + ${HELD_MS / 2}) * 4096
local moved = 0
local function isOurs(job)
  local data = redis.call('HGET', queue .. job, 'data')
  local ok, envelope = pcall(cjson.decode, data or '')
  return ok and type(envelope) == 'table' and envelope['backfill'] == id
end
local function hold(job)
  local due = redis.call('ZSCORE', queue .. 'delayed', job)
  if due and tonumber(due) > far then return end
  if not due and redis.call('ZREM', queue .. 'prioritized', job) == 0 then return end
  redis.call('ZADD', queue .. 'delayed', text(heldUntil * 4096), job)
  redis.call('HSET', queue .. job, 'delay', text(heldUntil - tonumber(redis.call('HGET', queue .. job, 'timestamp'))))
  moved = moved + 1
end
local function letGo(job)
  local due = redis.call('ZSCORE', queue .. 'delayed', job)
  if not due or tonumber(due) <= far then return end
  redis.call('ZADD', queue .. 'delayed', text(now * 4096), job)
  redis.call('HSET', queue .. job, 'delay', 0)
  moved = moved + 1
end
for place = 4, #ARGV do
  local job = ARGV[place]
  if not isOurs(job) then job = suffix ~= '' and isOurs(job .. suffix) and job .. suffix end
  if job and isPaused then hold(job) elseif job then letGo(job) end
end
if moved > 0 and not isPaused then redis.call('ZADD', queue .. 'marker', text(now), '1') end
return moved
`;
