/** Bull Board at `/queues`, with a link from each job to its object (spec: pages, section 10). */
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import { Queue } from 'bullmq';
import type { FastifyInstance } from 'fastify';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { JOB_KINDS } from '../../jobs/job-kinds.ts';
import type { Log } from '../../ports/log.ts';
import { readersLook } from '../access/guard-access.ts';
import { guardBoard } from './board-requests.ts';
import type { RunReader } from './ended-runs.ts';
import { runHistory } from './run-history.ts';
import { addBoardHeaders } from '../security-headers.ts';
import { experimentObjectsPath, objectPath, OBJECTS_PREFIX } from '../routes/objects.ts';

const BOARD_PREFIX = '/queues';

export interface BoardOptions {
  readonly connection: Redis;
  /** Prefix of all keys in Redis. */
  readonly prefix: string;
  readonly log: Log;
  /** People reach it through TLS only. */
  readonly hasTls?: boolean;
  /** The runs of the last weeks, for charts. */
  readonly runs?: RunReader;
}

/** Mounts the board. Returns a function that closes its queues. */
export async function mountBoard(
  app: FastifyInstance,
  { connection, prefix, log, runs, hasTls }: BoardOptions,
): Promise<() => Promise<void>> {
  const queues = JOB_KINDS.map((kind) => new Queue(kind.queue, { connection, prefix, skipWaitingForReady: true }));
  for (const queue of queues) queue.on('error', () => {});
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(BOARD_PREFIX);
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { externalJobUrl: objectLink })),
    serverAdapter,
    options: {
      ...(runs === undefined ? {} : { historyProvider: runHistory(runs) }),
      uiConfig: {
        boardTitle: 'Contrail',
        hideRedisDetails: true,
        hideDocsLink: true,
        showWorkers: false,
        pollingInterval: { forceInterval: 10 },
        miscLinks: [{ text: 'Back to Contrail', url: '/' }],
      },
    },
  });
  // Rethrown, so that it reaches our error handler instead of the board's own.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });
  await app.register(async (scope) => {
    readersLook(scope);
    await addBoardHeaders(scope, hasTls);
    guardBoard(scope, log);
    scope.addHook('onSend', async (_request, reply, payload) =>
      withoutForeignFonts(reply.getHeader('content-type'), payload),
    );
    await scope.register(serverAdapter.registerPlugin(), { prefix: BOARD_PREFIX });
  });
  return async () => {
    await Promise.all(queues.map((queue) => queue.close()));
  };
}

/** The board's page loads fonts from another company's server; it looks good enough without. */
function withoutForeignFonts(contentType: unknown, payload: unknown): unknown {
  if (typeof payload !== 'string' || typeof contentType !== 'string' || !contentType.startsWith('text/html'))
    return payload;
  return payload.replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '');
}

const JobData = z.object({ payload: z.object({ experiment: z.string() }) });
const Published = z.object({ kind: z.enum(['published', 'unchanged']), object: z.string() });

interface BoardJob {
  readonly data?: unknown;
  readonly returnvalue?: unknown;
}

/** Link to a job's file; if it published none, to the files of its experiment. */
function objectLink({ data, returnvalue }: BoardJob): { displayText: string; href: string } {
  const published = Published.safeParse(returnvalue);
  if (published.success) return { displayText: 'Published file', href: objectPath(published.data.object) };
  const job = JobData.safeParse(data);
  if (!job.success) return { displayText: 'Objects', href: OBJECTS_PREFIX };
  return { displayText: 'Files of the experiment', href: experimentObjectsPath(job.data.payload.experiment) };
}
