/** `GET /api/v1/experiments/{slug}/results` and the same as CSV. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../../domain/analysis-period.ts';
import { normaliseSlug } from '../../../../domain/slug.ts';
import { ANALYSIS_BASES } from '../../../../domain/trace/inputs.ts';
import { READER } from '../../../access/guard-access.ts';
import { addApiRoute, API_PREFIX, type ApiDescription, describeRoute } from '../../../api/api-route.ts';
import { Source } from '../../../api/lists.ts';
import { ApiProblem } from '../../../api/problems.ts';
import { readParameters } from '../../../parameters.ts';
import { csvText } from '../../../text/csv.ts';
import type { ExperimentSource } from '../source.ts';
import { type LoadedResults, loadResults } from './load-results.ts';
import { ResultsParameters } from './parameters.ts';
import { csvCells, ResultRow, resultRows, ROW_COLUMNS } from './result-row.ts';
import type { ResultsSource } from './source.ts';

export interface ResultsApiSources {
  readonly experiments: Pick<ExperimentSource, 'find'>;
  readonly results: ResultsSource;
}

const Params = z.object({ slug: z.string() });
const Names = z.array(z.string());

const ResultsReply = z.object({
  experiment: z.string(),
  as_of: z.iso.datetime(),
  sources: z.array(Source),
  /** null: no file can be read. */
  shown: z
    .object({
      period: z.enum(ANALYSIS_PERIODS),
      window: z.number().nullable(),
      segment: z.string(),
      basis: z.enum(ANALYSIS_BASES),
      against: z.string().nullable(),
      object: z.string().nullable(),
      generation: z.string().nullable(),
    })
    .nullable(),
  /** Values that have rows, the others left as shown. */
  choices: z.object({
    period: Names,
    window: z.array(z.number()),
    segment: Names,
    basis: Names,
    against: Names,
    stat: Names,
  }),
  clients: z.array(
    z.object({
      branch: z.string(),
      clients: z.number().nullable(),
      share: z.number().nullable(),
      expected_share: z.number().nullable(),
    }),
  ),
  /** Of the sample ratio test. */
  p_value: z.number().nullable(),
  rows: z.array(ResultRow),
  problems: Names,
});

const DESCRIPTION = {
  method: 'GET',
  path: '/experiments/:slug/results',
  summary: 'Results of an experiment in one window, from its published files; uplifts are shares.',
  access: 'reader',
  params: Params,
  query: ResultsParameters,
} as const;

export function addResultsApi(app: FastifyInstance, sources: ResultsApiSources): void {
  addApiRoute(app, {
    ...DESCRIPTION,
    reply: ResultsReply,
    handler: async ({ params, query, signal }) => {
      const { slug, loaded, at } = await findResults(sources, params.slug, { parameters: query, signal });
      return replyOf(slug, loaded, at);
    },
  });
  const csv: ApiDescription = {
    ...DESCRIPTION,
    path: '/experiments/:slug/results.csv',
    summary: 'The same rows as CSV.',
    replyType: 'text/csv',
  };
  describeRoute(app, csv);
  app.get(`${API_PREFIX}${csv.path}`, { config: READER }, async (request: FastifyRequest, reply) => {
    const parameters = readParameters(ResultsParameters, request.query);
    const params = readParameters(Params, request.params);
    const { slug, loaded } = await findResults(sources, params.slug, { parameters, signal: request.signal });
    const rows = loaded.results === undefined ? [] : resultRows(loaded.results);
    return reply
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', `attachment; filename="results_${normaliseSlug(slug)}.csv"`)
      .type('text/csv; charset=utf-8')
      .send(csvText(ROW_COLUMNS, rows.map(csvCells)));
  });
}

async function findResults(
  { experiments, results }: ResultsApiSources,
  asked: string,
  request: { readonly parameters: ResultsParameters; readonly signal: AbortSignal },
): Promise<{ readonly slug: string; readonly loaded: LoadedResults; readonly at: number }> {
  const found = await experiments.find(asked, request.signal);
  if (found.kind === 'unknown') {
    const detail = found.nearest.length === 0 ? {} : { detail: `Near names: ${found.nearest.join(', ')}.` };
    const title = `There is no experiment ${JSON.stringify(asked)}.`;
    throw new ApiProblem({ status: 404, code: 'experiment_unknown', title, field: 'slug', ...detail });
  }
  const { slug, record } =
    found.kind === 'listed'
      ? { slug: found.experiment.slug, record: found.experiment }
      : { slug: found.slug, record: undefined };
  if (found.kind === 'alias') {
    const title = `The experiment is called ${JSON.stringify(slug)}.`;
    throw new ApiProblem({ status: 404, code: 'experiment_unknown', title, field: 'slug' });
  }
  const part = await loadResults(results, { slug, record }, request);
  if (part.kind === 'read') return { slug, loaded: part.value, at: part.at };
  throw new ApiProblem({ status: 503, code: 'results_unread', title: part.problem });
}

function replyOf(slug: string, loaded: LoadedResults, at: number): z.input<typeof ResultsReply> {
  const { results, file, problems, read } = loaded;
  const asOf = new Date(at).toISOString();
  const sources = read.files.map(({ object, content }) => ({
    name: object,
    problem: content.kind === 'index' ? null : content.kind === 'too large' ? 'too large to draw' : content.problem,
    as_of: content.kind === 'index' ? asOf : null,
  }));
  const choices = results?.choices;
  return {
    experiment: slug,
    as_of: asOf,
    sources,
    shown:
      results === undefined
        ? null
        : { ...results.choice, object: file?.object ?? null, generation: file?.generation ?? null },
    choices: {
      period: [...(choices?.periods ?? [])],
      window: [...(choices?.windows ?? [])],
      segment: [...(choices?.segments ?? [])],
      basis: [...(choices?.bases ?? [])],
      against: [...(choices?.against ?? [])],
      stat: [...(choices?.statistics ?? [])],
    },
    clients: (results?.clients?.branches ?? []).map(({ expectedShare, ...rest }) => ({
      ...rest,
      expected_share: expectedShare,
    })),
    p_value: results?.clients?.pValue ?? null,
    rows: results === undefined ? [] : resultRows(results),
    problems: [...problems],
  };
}
