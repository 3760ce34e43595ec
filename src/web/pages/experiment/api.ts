/** `GET /api/v1/experiments/{slug}` and its trace: the numbers of the page. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { explanationDocument } from '../../../domain/trace/explanation-document.ts';
import type { WallClock } from '../../../ports/clock.ts';
import { addApiRoute } from '../../api/api-route.ts';
import { ApiProblem } from '../../api/problems.ts';
import { experimentDocument } from './experiment-document.ts';
import { ExperimentReply, TraceReply } from './reply-schema.ts';
import { readPage } from './read-page.ts';
import { pageRequest } from './routes.ts';
import type { ExperimentSource, FoundExperiment } from './source.ts';

export interface ExperimentApi {
  readonly source: ExperimentSource;
  readonly clock: WallClock;
}

const Params = z.object({ slug: z.string() });

export function addExperimentApi(app: FastifyInstance, { source, clock }: ExperimentApi): void {
  addApiRoute(app, {
    method: 'GET',
    path: '/experiments/:slug',
    summary: 'An experiment: record, notes, trace, files, runs, errors, cost, enrollment.',
    access: 'reader',
    params: Params,
    reply: ExperimentReply,
    handler: async ({ params, signal }) => {
      const found = known(params.slug, await source.find(params.slug, signal));
      return experimentDocument(await readPage(source, pageRequest(found, clock.now()), signal));
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/experiments/:slug/trace',
    summary:
      'Where each result of an experiment was lost on its way to Experimenter, as `contrail why --json` prints it.',
    access: 'reader',
    params: Params,
    reply: TraceReply,
    handler: async ({ params, signal }) => {
      const found = known(params.slug, await source.find(params.slug, signal));
      const part = await source.explanation(pageRequest(found, clock.now()).slug, signal);
      if (part.kind === 'read') return explanationDocument(part.value);
      throw new ApiProblem({ status: 503, code: 'source_unread', title: part.problem });
    },
  });
}

type Known = Extract<FoundExperiment, { readonly kind: 'listed' | 'unlisted' }>;

/** A slug in the spelling of tables is another address of the same thing; programs must use the exact one. */
function known(slug: string, found: FoundExperiment): Known {
  if (found.kind === 'listed' || found.kind === 'unlisted') return found;
  const nearest = found.kind === 'alias' ? [found.slug] : found.nearest;
  throw new ApiProblem({
    status: 404,
    code: 'experiment_unknown',
    title: `There is no experiment ${JSON.stringify(slug.slice(0, 100))}.`,
    field: 'slug',
    ...(nearest.length === 0 ? {} : { detail: `Did you mean ${nearest.join(' or ')}?` }),
  });
}
