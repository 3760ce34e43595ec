/** One queue in one command. Knows BullMQ's keys: lists, sorted sets and hashes below the queue's prefix. */

/** The name under which a connection knows the script. */
export const LOOK_AT_QUEUE = 'contrailLookAtQueue';

/** Of a queue with more priorities than this, the oldest job is sought among the first ones. */
const MOST_PRIORITIES = 64;

/**
 * Keys: the queue's prefix (up to and with the last colon), and what is known of its throttling. Answers names and numbers, alternating; `next` is the id of a job.
 *
 * Delayed jobs have the time at which they are due times 4096 as their score, prioritized ones their priority times 2^32 and
 * a counter, so the first of each priority is its oldest.
 */
export const LOOK_AT_QUEUE_SCRIPT = {
  numberOfKeys: 2,
  lua: `
local queue = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local next, oldest = false, now
local function consider(id, since)
  if not id then return end
  next = next or id
  oldest = math.min(oldest, since or tonumber(redis.call('HGET', queue .. id, 'timestamp')) or now)
end
for _, list in ipairs({ 'wait', 'paused' }) do consider(redis.call('LINDEX', queue .. list, -1)) end
local from = 0
for _ = 1, ${MOST_PRIORITIES} do
  local first = redis.call('ZRANGEBYSCORE', queue .. 'prioritized', from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if #first == 0 then break end
  consider(first[1])
  from = (math.floor(first[2] / 4294967296) + 1) * 4294967296
end
local due = redis.call('ZCOUNT', queue .. 'delayed', 0, (now + 1) * 4096 - 1)
if due > 0 then
  local first = redis.call('ZRANGE', queue .. 'delayed', 0, 0, 'WITHSCORES')
  consider(first[1], math.floor(first[2] / 4096))
end
local taken = tonumber(redis.call('GET', queue .. 'limiter')) or 0
local since = redis.call('HGET', KEYS[2], 'since')
local rest = taken >= 1000000000 and redis.call('PTTL', queue .. 'limiter') or 0
return {
  'paused', redis.call('HEXISTS', queue .. 'meta', 'paused'),
  'restMs', math.max(0, rest),
  'throttledMs', since and math.max(1, now - since) or 0,
  'waiting', redis.call('LLEN', queue .. 'wait') + redis.call('LLEN', queue .. 'paused'),
  'prioritized', redis.call('ZCARD', queue .. 'prioritized'),
  'due', due,
  'delayed', redis.call('ZCARD', queue .. 'delayed') - due,
  'active', redis.call('LLEN', queue .. 'active'),
  'parents', redis.call('ZCARD', queue .. 'waiting-children'),
  'completed', redis.call('ZCARD', queue .. 'completed'),
  'failed', redis.call('ZCARD', queue .. 'failed'),
  'oldestMs', math.max(0, now - oldest),
  'next', next or '',
}
`,
};
