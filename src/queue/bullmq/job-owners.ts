/**
 * Which of many ids the queue keeps, whose jobs they are, and which call added them: one command instead of one for each. Knows
 * BullMQ's hash of a job, whose `data` is our envelope.
 */
import { z } from 'zod';

/** The name under which a connection knows the script. */
export const JOB_OWNERS = 'contrail:jobOwners';

/** Arguments: the queue's key prefix (up to and with the last colon), the ids. Gives nonce and deployment of each; neither: gone. */
export const JOB_OWNERS_SCRIPT = {
  numberOfKeys: 1,
  lua: `
local rows = {}
local function text(value) return type(value) == 'string' and value or '' end
for _, id in ipairs(ARGV) do
  local job = KEYS[1] .. id
  local data = redis.call('HGET', job, 'data')
  -- A job that somebody spoiled may have no data.
  if data or redis.call('EXISTS', job) == 1 then
    local ok, envelope = pcall(cjson.decode, data or '')
    if not ok or type(envelope) ~= 'table' then envelope = {} end
    local deployment = envelope['deployment']
    rows[#rows + 1] = { text(envelope['nonce']), type(deployment) == 'table' and text(deployment['id']) or '' }
  else
    rows[#rows + 1] = {}
  end
end
return rows
`,
};

export interface JobOwner {
  /** Of the call that added it; empty for jobs that were made by hand. */
  readonly nonce: string;
  /** Empty: everybody's. */
  readonly deployment: string;
}

const Rows = z.array(z.union([z.tuple([z.string(), z.string()]), z.tuple([])]));

/** The script's answer, in the order of the ids; undefined for an id that the queue does not keep. */
export function readOwners(answer: unknown): (JobOwner | undefined)[] {
  return Rows.parse(answer).map(([nonce, deployment]) =>
    nonce === undefined || deployment === undefined ? undefined : { nonce, deployment },
  );
}
