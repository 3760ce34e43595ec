/**
 * Requests to Bull Board, checked before they reach it: it reads as many jobs as a request asks for, takes any text for
 * the id of a job, and tells the reader what an error says.
 */
import { QueueKeys } from 'bullmq';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../ports/log.ts';
import { type RequestFailure, requestFailure } from '../failed-requests.ts';

/** The most that a parameter may ask for; more is taken for this. */
const MOST = { page: 1_000_000, jobsPerPage: 100, maxChildren: 100 } as const;
const ADD_JOB = '/:queueName/add';
const NUMBER = /^\d+$/;

/** Names that follow the queue's in Redis, where the ids of jobs stand too: none of these is a job. */
const OTHER_KEYS = new Set(Object.keys(new QueueKeys().getKeys('any')));

/** The key stands for a headline in the board's page, which shows the text below it. */
interface Refusal extends RequestFailure {
  readonly key: string;
}

/** BullMQ takes any other text for a key in Redis, and empties that. */
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
/** BullMQ throws on other values of these. */
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

/** Bounds what requests ask of the board, and has its errors answered as ours are, in the form that its page reads. */
export function guardBoard(scope: FastifyInstance, log: Log): void {
  scope.addHook('preValidation', async (request, reply) => {
    const query = Query.parse(request.query);
    const { jobId, queueStatus } = Params.parse(request.params);
    if (jobId !== undefined && !isJobId(jobId)) {
      await refuse(reply, { status: 404, key: 'ERRORS.JOB_NOT_FOUND', text: 'There is no such job.' });
    } else if (queueStatus !== undefined && !STATUSES.includes(queueStatus)) {
      const text = 'Jobs have no such state.';
      await refuse(reply, { status: 400, key: 'ERRORS.INVALID_QUERY_PARAM', text });
    } else if (request.routeOptions.url?.endsWith(ADD_JOB) && !AddBody.safeParse(request.body).success) {
      const text = 'A job cannot have these options.';
      await refuse(reply, { status: 400, key: 'ERRORS.INVALID_REQUEST_BODY', text });
    } else if (!isReadable(query['activeQueue']) || !isReadable(query['queueName'])) {
      const text = 'The name of the queue cannot be read.';
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

/** Bull Board decodes it once more. */
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

/** BullMQ's own refusals have a number below zero as code: a job that is gone, not failed, locked by a worker. */
function refusalOf(error: unknown): Refusal | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number' || code >= 0) return undefined;
  return {
    status: 409,
    key: 'ERRORS.JOB_NOT_RETRIABLE',
    text: 'The job is no longer in the state that this needs; reload the page.',
  };
}

async function refuse(reply: FastifyReply, { status, key, text }: Refusal): Promise<void> {
  await reply.code(status).send({ error: { key }, message: text });
}
