/** `/experiments` and `/experiments/:slug`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { nearestNames } from '../../../domain/nearest-name.ts';
import { normaliseSlug } from '../../../domain/slug.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { WallClock } from '../../../ports/clock.ts';
import { READER } from '../../access/guard-access.ts';
import { PageNumber, readParameters, SearchText } from '../../parameters.ts';
import { sendPage } from '../../frame/send-page.ts';
import type { SafeHtml } from '../../views/html.ts';
import { experimentBody, experimentSub } from './experiment-view.ts';
import { experimentPath } from './links.ts';
import { type ListFilter, listView, STAGES } from './list-model.ts';
import { listBody, listTitle } from './list-view.ts';
import { notFoundBody, notFoundTitle } from './not-found-view.ts';
import { readPage } from './read-page.ts';
import type { ExperimentSource, FoundExperiment } from './source.ts';

export interface ExperimentRoutes {
  readonly source: ExperimentSource;
  readonly clock: WallClock;
  /** The results as Experimenter shows them, by their own parameters. */
  readonly results?: ResultsRoom;
}

export interface ResultsRoom {
  /** Parameters of the section, as texts of the query. */
  readonly parameters: z.ZodObject;
  readonly section: (request: ResultsRequest, signal: AbortSignal) => Promise<SafeHtml>;
}

export interface ResultsRequest {
  readonly page: { readonly slug: string; readonly experiment: Experiment | undefined };
  /** As parsed by the parameters of the section. */
  readonly query: Readonly<Record<string, unknown>>;
}

const PageParameters = z.object({
  /** What was enqueued just now: the id of a backfill, or `none`. */
  exported: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'the id of a backfill')
    .optional(),
});

const ListParameters = z.object({
  q: SearchText,
  app: z.string().max(100, 'the name of an application').optional(),
  status: z.enum(STAGES).optional(),
  page: PageNumber,
});

export function addExperimentRoutes(app: FastifyInstance, routes: ExperimentRoutes): void {
  app.get('/experiments', { config: READER }, (request, reply) => sendList(routes, request, reply));
  app.get<{ Params: { slug: string } }>('/experiments/:slug', { config: READER }, async (request, reply) => {
    const { slug } = request.params;
    const found = await routes.source.find(slug, request.signal);
    if (found.kind === 'unknown') return sendUnknown(reply, slug, found);
    if (found.kind === 'alias') return reply.redirect(experimentPath(found.slug), 302);
    return sendExperiment(routes, found, { request, reply });
  });
}

export function sendUnknown(
  reply: FastifyReply,
  slug: string,
  found: Extract<FoundExperiment, { readonly kind: 'unknown' }>,
): FastifyReply {
  const headline = notFoundTitle(slug);
  return sendPage(reply.code(404), { headline, title: 'No such experiment', body: notFoundBody(found) });
}

type Known = Extract<FoundExperiment, { readonly kind: 'listed' | 'unlisted' }>;

async function sendExperiment(
  { source, clock, results }: ExperimentRoutes,
  found: Known,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const shape = { ...results?.parameters.shape, ...PageParameters.shape };
  const { exported, ...query } = readParameters(z.object(shape), request.query);
  const asked = pageRequest(found, clock.now());
  const [page, section] = await Promise.all([
    readPage(source, asked, request.signal),
    results?.section({ page: asked, query }, request.signal),
  ]);
  return sendPage(reply, {
    headline: page.slug,
    sub: experimentSub(page),
    body: experimentBody(page, {
      isOperator: request.visitor?.role === 'operator',
      results: section,
      done: typeof exported === 'string' ? doneText(exported) : undefined,
    }),
  });
}

/** What to read for an experiment that was found. */
export function pageRequest(found: Known, now: number) {
  return found.kind === 'listed'
    ? { slug: found.experiment.slug, experiment: found.experiment, problem: undefined, now }
    : { slug: found.slug, experiment: undefined, problem: found.problem, now };
}

function doneText(backfill: string): string {
  if (backfill === 'none') return 'Nothing was enqueued: jobs of these files are queued already.';
  return `The exports are queued as backfill ${backfill}. Their states appear below; contrail backfills ${backfill} follows them.`;
}

async function sendList(
  { source, clock }: ExperimentRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { q = '', app = '', status = '' as const, page } = readParameters(ListParameters, request.query);
  const { experiments, problem } = await source.list(request.signal);
  if (experiments.some(({ slug }) => slug === q)) return reply.redirect(experimentPath(q), 302);
  const now = clock.now();
  const filter: ListFilter = { q, app, status, page };
  const view = listView(experiments, filter, now);
  const slugs = new Map(experiments.map(({ slug }) => [normaliseSlug(slug), slug]));
  const nearest =
    view.matching > 0 ? [] : nearestNames(normaliseSlug(q), slugs.keys()).map((name) => slugs.get(name) ?? name);
  return sendPage(reply, {
    headline: listTitle(view),
    title: 'Experiments',
    body: listBody(view, { filter, nearest, problem, now }),
  });
}
