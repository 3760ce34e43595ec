/** The results of an experiment as pages and the API give them, from files in memory. */
import Fastify from 'fastify';
import { onTestFinished } from 'vitest';
import { ANALYSIS_PERIODS } from '../../src/domain/analysis-period.ts';
import { DistributionBuilder } from '../../src/domain/results/distribution-rows.ts';
import type { ResultsFacts } from '../../src/domain/results/results-facts.ts';
import { addApi } from '../../src/web/api/api-route.ts';
import { addOpenApi } from '../../src/web/api/openapi.ts';
import { sendFailure } from '../../src/web/failed-requests.ts';
import { addResultsApi } from '../../src/web/pages/experiment/results/api.ts';
import { resultsRoom } from '../../src/web/pages/experiment/results/results-room.ts';
import type { FileContent, ResultsFile, ResultsSource } from '../../src/web/pages/experiment/results/source.ts';
import type { ExperimentSource } from '../../src/web/pages/experiment/source.ts';
import { recordedLog } from './recorded-log.ts';
import { FACTS, type Files, resultsIndex, RULES } from './results-world.ts';

export interface ResultsPageWorld {
  readonly files: Files;
  readonly facts?: Partial<ResultsFacts>;
  readonly slug?: string;
  /** Files that cannot be shown. */
  readonly broken?: readonly Pick<ResultsFile, 'period' | 'content'>[];
  readonly problems?: readonly string[];
}

export function resultsPages({ files, facts = {}, slug = 'one', broken = [], problems = [] }: ResultsPageWorld) {
  const indexes = ANALYSIS_PERIODS.flatMap((period): ResultsFile[] => {
    const rows = files[period];
    const content: FileContent | undefined =
      rows === undefined
        ? broken.find((file) => file.period === period)?.content
        : { kind: 'index', index: resultsIndex(rows) };
    if (content === undefined) return [];
    return [{ period, object: `statistics/${period}.json`, generation: '1', bytes: 1, publishedAt: 0, content }];
  });
  const source: ResultsSource = {
    read: async () => ({
      kind: 'read',
      at: 0,
      value: { files: indexes, facts: { ...FACTS, ...facts }, rules: RULES, problems },
    }),
    distribution: async ({ period }, wish) => {
      const builder = new DistributionBuilder(wish);
      builder.push(Buffer.from(JSON.stringify(files[period])));
      return { kind: 'read', at: 0, value: builder.finish() };
    },
  };
  const experiments: Pick<ExperimentSource, 'find'> = {
    find: async (asked) =>
      asked === slug
        ? { kind: 'unlisted', slug, problem: '' }
        : asked === slug.replaceAll('-', '_')
          ? { kind: 'alias', slug }
          : { kind: 'unknown', nearest: [slug] },
  };
  const room = resultsRoom(source);
  const section = async (query: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const html = await room.section({ page: { slug, experiment: undefined }, query }, new AbortController().signal);
    return html.toString();
  };
  const app = Fastify();
  onTestFinished(() => app.close());
  const log = recordedLog();
  app.setErrorHandler((error, request, reply) => sendFailure(error, { request, reply, log }));
  addApi(app);
  addOpenApi(app);
  addResultsApi(app, { experiments, results: source });
  return { section, app };
}
