/**
 * The scripts of the record stage. Each makes its step atomic, and takes the time from Redis, so that all workers agree
 * on when a window ends.
 *
 * Keys, all of them behind one base: `open` (table → its open window), `ends` (table:window → when it ends, epoch
 * milliseconds), `rows:TABLE:WINDOW` (batch id → rows), `known` (batch ids by the time they were staged), `bytes` (of all
 * rows), `refused` and `refused-at` (rows that were set aside, and when).
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
`;

/** Arguments: id, table, nonce, length of windows, rows, most known ids, how long an id is known, most bytes. */
export const STAGE = `${NOW}
local base, id, name, nonce, length, rows = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local known = base .. 'known'
if redis.call('ZADD', known, 'NX', now, id) == 0 then return {'known'} end
local bytes = redis.call('INCRBY', base .. 'bytes', #rows)
if bytes > #rows and bytes > tonumber(ARGV[8]) then
  redis.call('DECRBY', base .. 'bytes', #rows)
  redis.call('ZREM', known, id)
  return {'full'}
end
local window = redis.call('HGET', base .. 'open', name)
local ends = window and tonumber(redis.call('HGET', base .. 'ends', name .. ':' .. window) or nil)
-- An end beyond the length of a window was made under a longer setting, or before the clock was put back.
if not ends or ends <= now or ends > now + length then
  window, ends = text(now) .. '-' .. nonce, now + length
  redis.call('HSET', base .. 'open', name, window)
  redis.call('HSET', base .. 'ends', name .. ':' .. window, text(ends))
  -- Once for each window is often enough.
  redis.call('ZREMRANGEBYSCORE', known, '-inf', text(now - tonumber(ARGV[7])))
end
redis.call('ZREMRANGEBYRANK', known, 0, -1 - tonumber(ARGV[6]))
redis.call('HSET', base .. 'rows:' .. name .. ':' .. window, id, rows)
return {'staged', window, text(ends - now)}
`;

/** Arguments: table, window. */
export const TAKE = `
local base, name, window = KEYS[1], ARGV[1], ARGV[2]
if redis.call('HGET', base .. 'open', name) == window then redis.call('HDEL', base .. 'open', name) end
return redis.call('HGETALL', base .. 'rows:' .. name .. ':' .. window)
`;

/** Arguments: table, window. */
export const PEEK = `return redis.call('HGETALL', KEYS[1] .. 'rows:' .. ARGV[1] .. ':' .. ARGV[2])`;

/** Arguments: table, window. */
export const DROP = `
local base, name = KEYS[1], ARGV[1] .. ':' .. ARGV[2]
local bytes = 0
for _, rows in ipairs(redis.call('HVALS', base .. 'rows:' .. name)) do bytes = bytes + #rows end
redis.call('DEL', base .. 'rows:' .. name)
redis.call('HDEL', base .. 'ends', name)
if redis.call('HLEN', base .. 'ends') == 0 then redis.call('DEL', base .. 'bytes')
else redis.call('DECRBY', base .. 'bytes', bytes) end
return 1
`;

/** Gives the time, then name, end and number of batches of each window. */
export const WINDOWS = `${NOW}
local base, reply = KEYS[1], {text(now)}
local ends = redis.call('HGETALL', base .. 'ends')
for place = 1, #ends, 2 do
  reply[#reply + 1] = ends[place]
  reply[#reply + 1] = ends[place + 1]
  reply[#reply + 1] = tostring(redis.call('HLEN', base .. 'rows:' .. ends[place]))
end
return reply
`;

/** Arguments: id, table, window of each batch. */
export const FATES = `
local base, fates = KEYS[1], {}
for place = 1, #ARGV, 3 do
  local rows = base .. 'rows:' .. ARGV[place + 1] .. ':' .. ARGV[place + 2]
  local fate = 'lost'
  if redis.call('HEXISTS', rows, ARGV[place]) == 1 then fate = 'waiting'
  elseif redis.call('ZSCORE', base .. 'known', ARGV[place]) then fate = 'written' end
  fates[#fates + 1] = fate
end
return fates
`;

const FORGET_REFUSED = `
local function forget(gone)
  for _, id in ipairs(gone) do
    redis.call('HDEL', base .. 'refused', id)
    redis.call('ZREM', base .. 'refused-at', id)
  end
end
`;

/** Arguments: most rows, how long they are kept, then id and JSON of each. */
export const SET_ASIDE = `${NOW}
local base = KEYS[1]
${FORGET_REFUSED}
for place = 3, #ARGV, 2 do
  if redis.call('HSETNX', base .. 'refused', ARGV[place], ARGV[place + 1]) == 1 then
    redis.call('ZADD', base .. 'refused-at', now, ARGV[place])
  end
end
forget(redis.call('ZRANGEBYSCORE', base .. 'refused-at', '-inf', text(now - tonumber(ARGV[2]))))
forget(redis.call('ZRANGE', base .. 'refused-at', 0, -1 - tonumber(ARGV[1])))
return 1
`;

/** Arguments: how long they are kept, how many to give. Gives their number, then time and JSON of each. */
export const REFUSED = `${NOW}
local base = KEYS[1]
${FORGET_REFUSED}
forget(redis.call('ZRANGEBYSCORE', base .. 'refused-at', '-inf', text(now - tonumber(ARGV[1]))))
local reply = {tostring(redis.call('ZCARD', base .. 'refused-at'))}
if tonumber(ARGV[2]) < 1 then return reply end
local newest = redis.call('ZREVRANGE', base .. 'refused-at', 0, tonumber(ARGV[2]) - 1, 'WITHSCORES')
for place = 1, #newest, 2 do
  reply[#reply + 1] = newest[place + 1]
  reply[#reply + 1] = redis.call('HGET', base .. 'refused', newest[place])
end
return reply
`;
