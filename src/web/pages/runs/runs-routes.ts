/** `/runs`, `/runs/:id`, and the same in the API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { WallClock } from '../../../ports/clock.ts';
import { READER } from '../../access/guard-access.ts';
import { addApiRoute } from '../../api/api-route.ts';
import { LIST_PARAMETERS, listOf, pageOf } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problems.ts';
import { sendPage } from '../../frame/send-page.ts';
import { PageNumber, readParameters } from '../../parameters.ts';
import { type RangeParameters, timeRange } from '../../time-range.ts';
import type { RunFacts, RunsLook, RunsSource } from './runs-source.ts';
import { jobPage, runsPage } from './runs-view.ts';
import { RUN_FILTERS, type RunFilters, selectRuns } from './select-runs.ts';

const DAY_MS = 86_400_000;
const JOB_DAYS = 90;

export interface RunsPages {
  readonly source: RunsSource;
  readonly clock: WallClock;
  readonly queues: readonly string[];
}

const PageQuery = z.object({ ...RUN_FILTERS, page: PageNumber });
const ListQuery = z.object({ ...RUN_FILTERS, ...LIST_PARAMETERS });

const RunItem = z.object({
  queue: z.string(),
  job_id: z.string(),
  attempt: z.int(),
  finished_at: z.iso.datetime(),
  subject: z.string(),
  experiment: z.string().nullable(),
  outcome: z.string(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  duration_ms: z.number().nullable(),
  rows: z.number().nullable(),
  bytes_written: z.number().nullable(),
  cost_usd: z.number().nullable(),
  worker: z.string().nullable(),
  is_latest: z.boolean(),
});

export function addRunsPages(app: FastifyInstance, { source, clock, queues }: RunsPages): void {
  const search = async (parameters: RunFilters & RangeParameters) => {
    const { range: _range, from: _from, to: _to, ...filters } = parameters;
    const range = timeRange(parameters, clock.now(), '7d');
    const look = await source.read(range.from);
    return { look, range, filters, selected: selectRuns(look.runs, filters, range.to) };
  };
  const attemptsOf = async (jobId: string) => {
    const look = await source.read(clock.now() - JOB_DAYS * DAY_MS);
    return { look, attempts: look.runs.filter((run) => run.jobId === jobId) };
  };

  app.get('/runs', { config: READER }, async (request, reply) => {
    const { page, ...parameters } = readParameters(PageQuery, request.query);
    const found = await search(parameters);
    return sendPage(reply, runsPage({ ...found, pageNumber: page, queues, now: clock.now() }));
  });

  app.get<{ Params: { id: string } }>('/runs/:id', { config: READER }, async (request, reply) => {
    const found = await attemptsOf(request.params.id);
    if (found.attempts.length === 0) reply.code(found.look.problem === undefined ? 404 : 503);
    return sendPage(reply, jobPage(request.params.id, { ...found, now: clock.now() }));
  });

  addApiRoute(app, {
    method: 'GET',
    path: '/runs',
    summary: 'Runs that ended, newest first.',
    access: 'reader',
    query: ListQuery,
    reply: listOf(RunItem),
    handler: async ({ query }) => {
      const { limit, cursor, ...parameters } = query;
      const { look, selected } = await search(parameters);
      const { items, next_cursor } = pageOf(selected, { limit, cursor });
      return { ...headOf(look), items: items.map(itemOf), next_cursor };
    },
  });

  addApiRoute(app, {
    method: 'GET',
    path: '/runs/:id',
    summary: 'All runs of a job, newest first.',
    access: 'reader',
    params: z.object({ id: z.string() }),
    reply: listOf(RunItem),
    handler: async ({ params }) => {
      const { look, attempts } = await attemptsOf(params.id);
      if (attempts.length === 0 && look.problem === undefined) {
        throw new ApiProblem({ status: 404, code: 'run_unknown', title: 'No run of this job is known.', field: 'id' });
      }
      return { ...headOf(look), items: attempts.map(itemOf), next_cursor: null };
    },
  });
}

function headOf({ asOf, problem }: RunsLook) {
  const as_of = new Date(asOf).toISOString();
  return { as_of, sources: [{ name: 'monitoring.export_runs_v1', problem: problem ?? null, as_of }] };
}

function itemOf(run: RunFacts): z.input<typeof RunItem> {
  return {
    queue: run.queue,
    job_id: run.jobId,
    attempt: run.attempt,
    finished_at: new Date(run.finishedAt).toISOString(),
    subject: run.subject,
    experiment: run.experiment ?? null,
    outcome: run.outcome,
    error_code: run.code ?? null,
    error_message: run.message ?? null,
    duration_ms: run.durationMs ?? null,
    rows: run.rows ?? null,
    bytes_written: run.bytesWritten ?? null,
    cost_usd: run.costUsd ?? null,
    worker: run.worker ?? null,
    is_latest: run.isLatest,
  };
}
