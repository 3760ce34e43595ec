/**
 * Checks requests before they reach Bull Board, which reads as many jobs as a request wants, accepts any text as a job's
 * id, and shows details of errors.
 */
import { QueueKeys } from 'bullmq';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../ports/log.ts';
import { type RequestFailure, requestFailure } from '../failed-requests.ts';

/** Upper limit of number parameters. */
const MOST = { page: 1_000_000, jobsPerPage: 100, maxChildren: 100 } as const;
const ADD_JOB = '/:queueName/add';
const NUMBER = /^\d+$/;

/** Redis keys of a queue that are not jobs, although ids of jobs stand in the same place. */
const OTHER_KEYS = new Set(Object.keys(new QueueKeys().getKeys('any')));

/** The key selects a headline in the board's page, which shows the text below it. */
interface Refusal extends RequestFailure {
  readonly key: string;
}

/** BullMQ takes any other text as a Redis key, and deletes its content. */
const STATUSES = [
  'active',
  'completed',
  'delayed',
  'failed',
  'latest',
  'paused',
  'prioritized',
  'waiting',
  'waiting-children',
];

const Params = z.object({ jobId: z.string().optional(), queueStatus: z.string().optional() });
const Query = z.record(z.string(), z.unknown());
/** BullMQ throws on other values of these options. */
const JobOptions = z.looseObject({
  priority: z
    .int()
    .min(0)
    .max(2 ** 21)
    .optional(),
  jobId: z
    .string()
    .regex(/^(?!\d+$)[^:]+$/)
    .optional(),
  backoff: z.union([z.number(), z.looseObject({ jitter: z.number().min(0).max(1).optional() })]).optional(),
  deduplication: z.undefined(),
  debounce: z.undefined(),
});
const AddBody = z.object({ options: JobOptions.nullish() });

/** Limits what requests can ask of the board, and replaces its error replies by ours, in the format of its page. */
export function guardBoard(scope: FastifyInstance, log: Log): void {
  scope.addHook('preValidation', async (request, reply) => {
    const query = Query.parse(request.query);
    const { jobId, queueStatus } = Params.parse(request.params);
    if (jobId !== undefined && !isJobId(jobId)) {
      await refuse(reply, { status: 404, key: 'ERRORS.JOB_NOT_FOUND', text: 'Job not found.' });
    } else if (queueStatus !== undefined && !STATUSES.includes(queueStatus)) {
      const text = 'Unknown job state.';
      await refuse(reply, { status: 400, key: 'ERRORS.INVALID_QUERY_PARAM', text });
    } else if (request.routeOptions.url?.endsWith(ADD_JOB) && !AddBody.safeParse(request.body).success) {
      const text = 'Invalid job options.';
      await refuse(reply, { status: 400, key: 'ERRORS.INVALID_REQUEST_BODY', text });
    } else if (!isReadable(query['activeQueue']) || !isReadable(query['queueName'])) {
      const text = 'Invalid queue name.';
      await refuse(reply, { status: 400, key: 'ERRORS.INVALID_QUERY_PARAM', text });
    } else request.query = bounded(query);
  });
  scope.setErrorHandler(async (error, request, reply) => {
    const failure = refusalOf(error) ?? requestFailure(error, request, log);
    await refuse(reply, { key: 'ERRORS.INTERNAL_SERVER_ERROR', ...failure });
  });
}

function isJobId(text: string): boolean {
  return text !== '' && !OTHER_KEYS.has(text) && !text.includes(':');
}

/** Bull Board decodes it a second time. */
function isReadable(value: unknown): boolean {
  if (typeof value !== 'string') return true;
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

function bounded(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const limits = Object.entries(MOST).filter(([name]) => isNumber(query[name]));
  return { ...query, ...Object.fromEntries(limits.map(([name, most]) => [name, atMost(query[name], most)])) };
}

function isNumber(value: unknown): boolean {
  return typeof value === 'string' && NUMBER.test(value);
}

function atMost(value: unknown, most: number): string {
  return String(Math.min(Number(value), most));
}

/** BullMQ's own errors have a negative code: the job is gone, not failed, or locked by a worker. */
function refusalOf(error: unknown): Refusal | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number' || code >= 0) return undefined;
  return {
    status: 409,
    key: 'ERRORS.JOB_NOT_RETRIABLE',
    text: 'The state of the job has changed; reload the page.',
  };
}

async function refuse(reply: FastifyReply, { status, key, text }: Refusal): Promise<void> {
  await reply.code(status).send({ error: { key }, message: text });
}
