/**
 * The jobs of a queue that have not ended, in the order in which workers take them, in one command. Knows BullMQ's lists and
 * sorted sets below the queue's prefix, and its hash of a job, whose `data` is our envelope.
 */
import { z } from 'zod';
import type { OpenJob } from '../../ports/job-queue.ts';

/** The name under which a connection knows the script. */
export const LIST_OPEN_JOBS = 'contrail:listOpenJobs';

/** Of the jobs behind these, only id and place are read. */
const MOST_READ = 500;
/** Of the jobs behind these, nothing is told. */
const MOST_LISTED = 10_000;

/**
 * Keys: the queue's prefix (up to and with the last colon). Arguments: our deployment, or nothing; jobs of others are left out.
 * Gives id, state, charged attempts, progress and place of each; 0: no place.
 */
export const LIST_OPEN_JOBS_SCRIPT = {
  numberOfKeys: 1,
  lua: `
local queue, own = KEYS[1], ARGV[1]
local jobs = {}
local function isForeign(data)
  local ok, envelope = pcall(cjson.decode, data)
  local deployment = ok and type(envelope) == 'table' and envelope['deployment']
  local id = type(deployment) == 'table' and deployment['id']
  return own ~= '' and type(id) == 'string' and id ~= own
end
local function add(id, state, nth, place)
  if nth > ${MOST_READ} then
    jobs[#jobs + 1] = { id, state, 0, '', place }
    return
  end
  local facts = redis.call('HMGET', queue .. id, 'atm', 'progress', 'data')
  if not facts[3] or isForeign(facts[3]) then return end
  jobs[#jobs + 1] = { id, state, tonumber(facts[1]) or 0, facts[2] or '', place }
end
for nth, id in ipairs(redis.call('LRANGE', queue .. 'active', 0, ${MOST_LISTED} - 1)) do add(id, 'active', nth, 0) end
local place = 0
local function line(id)
  place = place + 1
  if place <= ${MOST_LISTED} then add(id, 'waiting', place, place) end
end
for _, list in ipairs({ 'wait', 'paused' }) do
  local ids = redis.call('LRANGE', queue .. list, -${MOST_LISTED}, -1)
  for nth = #ids, 1, -1 do line(ids[nth]) end
end
for _, id in ipairs(redis.call('ZRANGE', queue .. 'prioritized', 0, ${MOST_LISTED} - 1)) do line(id) end
for nth, id in ipairs(redis.call('ZRANGE', queue .. 'delayed', 0, ${MOST_LISTED} - 1)) do add(id, 'delayed', nth, 0) end
for nth, id in ipairs(redis.call('ZRANGE', queue .. 'waiting-children', 0, ${MOST_LISTED} - 1)) do
  add(id, 'waiting', nth, 0)
end
return jobs
`,
};

const Answer = z.array(
  z.tuple([z.string(), z.enum(['active', 'waiting', 'delayed']), z.number(), z.string(), z.number()]),
);
/** BullMQ takes objects and texts as well, which nobody of ours writes. */
const Progress = z.coerce.number().min(0).max(100);

export function readOpenJobs(answer: unknown): OpenJob[] {
  return Answer.parse(answer).map(([id, state, attempts, progress, place]) => {
    const done = state === 'active' && progress !== '' ? Progress.safeParse(progress).data : undefined;
    return {
      id,
      state,
      attempts,
      ...(done === undefined ? {} : { progress: done }),
      ...(place === 0 ? {} : { place }),
    };
  });
}
