/** A limit in Redis: who has a turn, and who waits. One script does everything, so that no two workers disagree. */

export const SYNCHRONISE_LIMIT = 'contrailSynchroniseLimit';

/**
 * Keys: turns by the end of their lease, those that wait by their place in the line, and processes by the end of theirs.
 *
 * Arguments: the limit, the length of a lease (ms), the process, its prefix of channels, the name of the limit; then three
 * lists, each after its length: the turns of this process that ended, those it has, and those it waits for.
 *
 * Turns that a process says it has count even beyond the limit: their work goes on, whatever became of their lease. Answers
 * which of those it waits for have begun.
 */
export const SYNCHRONISE_LIMIT_SCRIPT = {
  numberOfKeys: 3,
  lua: `
local turns, line, processes = KEYS[1], KEYS[2], KEYS[3]
local limit, lease, process = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local at = 6
local function list()
  local ids = {}
  for index = 1, tonumber(ARGV[at]) do ids[index] = ARGV[at + index] end
  at = at + #ids + 1
  return ids
end
local ended, held, waiting = list(), list(), list()

for _, id in ipairs(ended) do
  redis.call('ZREM', turns, id)
  redis.call('ZREM', line, id)
end
for _, id in ipairs(held) do
  redis.call('ZADD', turns, now + lease, id)
  redis.call('ZREM', line, id)
end
redis.call('ZADD', processes, now + lease, process)
redis.call('ZREMRANGEBYSCORE', turns, '-inf', now)
redis.call('ZREMRANGEBYSCORE', processes, '-inf', now)
local last = tonumber(redis.call('ZREVRANGE', line, 0, 0, 'WITHSCORES')[2]) or 0
for _, id in ipairs(waiting) do
  if redis.call('ZSCORE', turns, id) then
    redis.call('ZADD', turns, now + lease, id)
  elseif not redis.call('ZSCORE', line, id) then
    last = last + 1
    redis.call('ZADD', line, last, id)
  end
end

local told = {}
while redis.call('ZCARD', turns) < limit do
  local first = redis.call('ZPOPMIN', line)[1]
  if not first then break end
  local owner = string.match(first, '^(.*)/')
  if redis.call('ZSCORE', processes, owner) then
    redis.call('ZADD', turns, now + lease, first)
    if owner ~= process and not told[owner] then
      told[owner] = true
      redis.call('PUBLISH', ARGV[4] .. owner, ARGV[5])
    end
  end
end
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, lease) end

local begun = {}
for _, id in ipairs(waiting) do
  if redis.call('ZSCORE', turns, id) then begun[#begun + 1] = id end
end
return begun
`,
};
