/**
 * The scripts of the freshness index. Keys, all of them behind one base: `header` (`index`, the random name of this index;
 * `passes`, `revision`; what the last pass left; `size:N`, how many fields shard N has) and the shards `0`, `1` and so
 * on (experiment → its files as JSON with a checksum). A shard whose size differs from the header's was lost, and then all is
 * forgotten.
 */

/** Few, since each costs a command whenever the index is read. */
export const SHARDS = 2;

const OPEN = `
local base, header = KEYS[1], KEYS[1] .. 'header'
local names, known = {'index', 'ended'}, {}
for shard = 0, ${SHARDS - 1} do names[shard + 3] = 'size:' .. shard end
local values = redis.call('HMGET', header, unpack(names))
local index, ended = values[1], tonumber(values[2] or '0')
for shard = 0, ${SHARDS - 1} do known[shard] = tonumber(values[shard + 3] or '0') end
local function forget()
  redis.call('DEL', header)
  ended = 0
  for shard = 0, ${SHARDS - 1} do
    redis.call('DEL', base .. shard)
    known[shard] = 0
  end
end
local function open(name)
  if index then return end
  forget()
  index = name
  redis.call('HSET', header, 'index', name)
end
`;

/** Arguments: a name for the index if there is none. Answers with its name and the number of the pass. */
export const BEGIN = `${OPEN}
open(ARGV[1])
return {index, tostring(redis.call('HINCRBY', header, 'passes', 1))}
`;

/**
 * Arguments: a name for the index if there is none; the index and the number of the pass, or nothing twice; then shard,
 * field, the value that was read and the new one for each file, where an empty value is none. Answers `lost`, `late` or
 * `done`, and the fields that have another value by now.
 */
export const REPLACE = `${OPEN}
if ARGV[2] == '' then open(ARGV[1]) elseif index ~= ARGV[2] then return {'lost'}
elseif ended > tonumber(ARGV[3]) then return {'late'} end
local sizes = {}
for shard = 0, ${SHARDS - 1} do
  sizes[tostring(shard)] = redis.call('HLEN', base .. shard)
  if known[shard] ~= sizes[tostring(shard)] then
    forget()
    return {'lost'}
  end
end
local answer, resized, hasChanged = {'done'}, {}, false
for at = 4, #ARGV, 4 do
  local shard, field, read, new = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if (redis.call('HGET', base .. shard, field) or '') ~= read then
    answer[#answer + 1] = field
  else
    local added
    if new == '' then added = -redis.call('HDEL', base .. shard, field)
    else added = redis.call('HSET', base .. shard, field, new) end
    if added ~= 0 then resized[shard] = true end
    sizes[shard] = sizes[shard] + added
    hasChanged = true
  end
end
for shard in pairs(resized) do redis.call('HSET', header, 'size:' .. shard, sizes[shard]) end
if hasChanged then redis.call('HINCRBY', header, 'revision', 1) end
return answer
`;

/** Arguments: the index, the number of the pass, its end as JSON, how long the index is kept without a pass. */
export const FINISH = `${OPEN}
if index ~= ARGV[1] then return {'lost'} end
if ended > tonumber(ARGV[2]) then return {'late'} end
redis.call('HSET', header, 'ended', ARGV[2], 'end', ARGV[3])
redis.call('HINCRBY', header, 'revision', 1)
redis.call('PEXPIRE', header, ARGV[4])
for shard = 0, ${SHARDS - 1} do redis.call('PEXPIRE', base .. shard, ARGV[4]) end
return {'done'}
`;
