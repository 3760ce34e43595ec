/**
 * Which of many jobs have ended, in a bounded number of commands for a thousand of them: asking for each job by itself
 * costs Redis thousands of commands a second while somebody follows a large backfill. Knows BullMQ's keys: the sets
 * `completed` and `failed`, and each job's hash. `SORT … GET` reads the hashes of a whole set in one command; where it
 * is forbidden to the user (it needs the right to read all keys), each ended job is read once.
 */
import { z } from 'zod';
import { type Deployment, isForeign } from '../../domain/deployment.ts';
import type { KnownJob } from '../../ports/job-queue.ts';
import { readEnvelope, readFailure } from '../job-envelope.ts';

/** The name under which a connection knows the script. */
export const FIND_ENDED = 'contrail:findEnded';

/** Ids of one call: what Redis answers within a few milliseconds. */
export const FIND_ENDED_CHUNK = 1_000;

/** Arguments: the queue's key prefix (up to and with the last colon), a nonce, the ids. Each row begins with state and id. */
export const FIND_ENDED_SCRIPT = {
  numberOfKeys: 1,
  lua: `
local prefix, ids = KEYS[1], { unpack(ARGV, 2) }
local completed = redis.call('ZMSCORE', prefix .. 'completed', unpack(ids))
local failed = redis.call('ZMSCORE', prefix .. 'failed', unpack(ids))
local state, wanted, open, openKeys = {}, {}, {}, {}
for i, id in ipairs(ids) do
  if completed[i] or failed[i] then
    state[id] = completed[i] and 'completed' or 'failed'
    wanted[#wanted + 1] = id
  else
    open[#open + 1] = id
    openKeys[#openKeys + 1] = prefix .. id
  end
end
if #open > 0 and redis.call('EXISTS', unpack(openKeys)) < #open then
  for _, id in ipairs(open) do wanted[#wanted + 1] = id end
end
if #wanted == 0 then return {} end
local fields = { 'timestamp', 'name', 'data', 'atm', 'finishedOn', 'returnvalue', 'failedReason' }
local set = prefix .. 'following:' .. ARGV[1]
local query = { 'SORT', set, 'BY', 'nosort', 'GET', '#' }
for _, field in ipairs(fields) do
  query[#query + 1] = 'GET'
  query[#query + 1] = prefix .. '*->' .. field
end
local rows, found = {}, { err = 'the prefix is a pattern' }
if not string.find(prefix, '*', 1, true) then
  found = redis.pcall('SADD', set, unpack(wanted))
  if type(found) ~= 'table' then
    found = redis.pcall(unpack(query))
    redis.call('DEL', set)
  end
end
if found.err then
  found = {}
  for _, id in ipairs(wanted) do
    found[#found + 1] = id
    local values = redis.call('HMGET', prefix .. id, unpack(fields))
    for f = 1, #fields do found[#found + 1] = values[f] end
  end
end
local width = #fields + 1
for at = 1, #wanted * width, width do
  local id, exists = found[at], found[at + 1]
  if not exists then rows[#rows + 1] = { 'gone', id }
  elseif state[id] then rows[#rows + 1] = { state[id], unpack(found, at, at + width - 1) }
  end
end
return rows
`,
};

const Text = z.string().nullish();
const Rows = z.array(
  z.union([
    z.tuple([z.literal('gone'), z.string()]),
    z.tuple([z.enum(['completed', 'failed']), z.string(), z.string(), Text, Text, Text, Text, Text, Text]),
  ]),
);

/** The script's answer in the words of the port, without jobs of other deployments. */
export function readEnded(
  queue: string,
  answer: unknown,
  ours: Deployment | undefined,
): { readonly ended: KnownJob[]; readonly gone: string[] } {
  const ended: KnownJob[] = [];
  const gone: string[] = [];
  for (const row of Rows.parse(answer)) {
    if (row[0] === 'gone') {
      gone.push(row[1]);
      continue;
    }
    const [state, id, timestamp, name, data, attempts, finishedOn, returnvalue, failedReason] = row;
    const envelope = readEnvelope(parsed(data));
    if (isForeign(envelope.deployment, ours)) continue;
    ended.push({
      id,
      queue,
      name: name ?? id,
      state,
      payload: envelope.payload,
      ...(envelope.backfill === undefined ? {} : { backfill: envelope.backfill }),
      enqueuedAt: Number(timestamp),
      attempts: Number(attempts ?? 0),
      finishedAt: Number(finishedOn ?? 0),
      ...(state === 'failed'
        ? { failure: readFailure(failedReason ?? '', envelope) }
        : { result: parsed(returnvalue) }),
    });
  }
  return { ended, gone };
}

/** What a text holds as JSON; nothing where it is none. */
function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}
