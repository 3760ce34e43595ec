/**
 * Removes a job if it is finished, or parked, and is still the one that was looked at. BullMQ's own `remove` takes a waiting job as
 * well, so that the later of two renewals would throw the earlier one's fresh job away. Knows BullMQ's keys: the sets
 * `completed`, `failed` and `delayed`, the job's hash with its `data`, and the lists beside it (`removeJobKeys.lua`).
 */

/** The name under which a connection knows the script. */
export const REMOVE_FINISHED = 'contrail:removeFinished';

/** Arguments: the queue's key prefix (up to and with the last colon), the job's id, the nonce seen (empty: none). */
export const REMOVE_FINISHED_SCRIPT = {
  numberOfKeys: 1,
  lua: `
local jobKey = KEYS[1] .. ARGV[1]
local data = redis.call('HGET', jobKey, 'data')
if not data then return 0 end
local ok, envelope = pcall(cjson.decode, data)
local nonce = ''
if ok and type(envelope) == 'table' and type(envelope['nonce']) == 'string' then nonce = envelope['nonce'] end
if nonce ~= ARGV[2] then return 0 end
local removed = redis.call('ZREM', KEYS[1] .. 'completed', ARGV[1]) + redis.call('ZREM', KEYS[1] .. 'failed', ARGV[1])
if removed == 0 and ok and type(envelope) == 'table' and type(envelope['parked']) == 'table' then
  removed = redis.call('ZREM', KEYS[1] .. 'delayed', ARGV[1])
end
if removed == 0 then return 0 end
for _, part in ipairs({ '', ':logs', ':dependencies', ':processed', ':failed', ':unsuccessful' }) do
  redis.call('DEL', jobKey .. part)
end
return 1
`,
};
