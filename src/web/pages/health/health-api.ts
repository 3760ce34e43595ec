/** `GET health`, `files`, `experiments` and `queues` of the API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addApiRoute } from '../../api/api-route.ts';
import { LIST_PARAMETERS, listOf, pageOf } from '../../api/lists.ts';
import { ApiProblem } from '../../api/problems.ts';
import {
  ExperimentAnswer,
  experimentAnswer,
  FileAnswer,
  fileAnswer,
  HealthAnswer,
  healthAnswer,
  QueueAnswer,
  queueAnswer,
  sourceAnswers,
  timeOf,
  VersionAnswer,
  versionOf,
} from './health-answers.ts';
import { HealthParameters } from './health-parameters.ts';
import type { HealthSnapshot, HealthSource, KnownFiles } from './health-source.ts';
import { isInState, rowsOf } from './matrix.ts';

const { page: _, ...FILTERS } = HealthParameters.shape;

export function addHealthApi(app: FastifyInstance, source: HealthSource): void {
  addApiRoute(app, {
    method: 'GET',
    path: '/health',
    access: 'reader',
    summary: 'Whether all is well, and why not. `fields=version` tells only whether anything has changed.',
    query: z.object({ fields: z.enum(['version']).optional() }),
    reply: z.union([HealthAnswer, VersionAnswer]),
    handler: async ({ query, signal }) => {
      const snapshot = await source.read(signal);
      return query.fields === 'version' ? { version: versionOf(snapshot) } : healthAnswer(snapshot);
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/files',
    access: 'reader',
    summary: 'The state of each file, and why.',
    query: z.object({ ...FILTERS, ...LIST_PARAMETERS }),
    reply: listOf(FileAnswer),
    handler: async ({ query, signal }) => {
      const snapshot = await source.read(signal);
      const files = rowsOf(knownFiles(snapshot).rows, query).flatMap((row) => [...row.files.values()]);
      const wanted = files.filter(
        (file) =>
          (query.state === undefined || isInState(file, query.state)) &&
          (query.product === undefined || file.file.product === query.product),
      );
      return answerOf(snapshot, wanted.map(fileAnswer), query);
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/experiments',
    access: 'reader',
    summary: 'The experiments with files, and the states of these.',
    query: z.object({ ...FILTERS, ...LIST_PARAMETERS }),
    reply: listOf(ExperimentAnswer),
    handler: async ({ query, signal }) => {
      const snapshot = await source.read(signal);
      return answerOf(snapshot, rowsOf(knownFiles(snapshot).rows, query).map(experimentAnswer), query);
    },
  });
  addApiRoute(app, {
    method: 'GET',
    path: '/queues',
    access: 'reader',
    summary: 'How many jobs wait in each queue, and for how long.',
    query: z.object(LIST_PARAMETERS),
    reply: listOf(QueueAnswer),
    handler: async ({ query, signal }) => {
      const snapshot = await source.read(signal);
      const { queues } = snapshot;
      if (queues.kind === 'unread') throw unavailable(queues.problem);
      return answerOf(snapshot, queues.value.map(queueAnswer), query);
    },
  });
}

interface Paging {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

function answerOf<Item>(snapshot: HealthSnapshot, items: readonly Item[], paging: Paging) {
  return { as_of: timeOf(snapshot.now), sources: sourceAnswers(snapshot), ...pageOf(items, paging) };
}

function knownFiles({ files }: HealthSnapshot): KnownFiles {
  if (files.kind === 'unread') throw unavailable(files.problem);
  if (files.value.kind === 'files') return files.value;
  throw unavailable('No scan of contrail schedule has ended yet, or the index of files was lost and is being rebuilt.');
}

function unavailable(title: string): ApiProblem {
  return new ApiProblem({ status: 503, code: 'source_unavailable', title, detail: 'Try again in a minute.' });
}
