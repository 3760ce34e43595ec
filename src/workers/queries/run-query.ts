/** Runs a configured query and publishes its files. Safe to repeat: files of the same run are not made again. */
import { toContrailError, withUsage } from '../../domain/errors.ts';
import type { ReadingUsage } from '../../domain/outcome.ts';
import type { QueriedExperiment } from '../../domain/query-export/built-in-parameters.ts';
import { joinUsage } from '../statistics/join-parts.ts';
import { filesFailed, isOfOneFile } from './failed-files.ts';
import { isPublishedInPart, keepFiles, type KeptFiles } from './kept-files.ts';
import { publishQueryFile } from './publish-query-file.ts';
import { publishSplit } from './publish-split.ts';
import { outcomeOfQuery, type QueryRun } from './query-outcome.ts';
import { limitedRows } from './query-rows.ts';
import { openQuery, type QueryDependencies, type QueryRequested, type RunningQuery } from './running-query.ts';

/**
 * Throws a ContrailError with the cost if a file was not published: those before it are published, and those after it stay as
 * they were. A file that cannot be published because of its own content does not stop the others. Files without rows now are
 * kept with a warning if others have rows.
 */
export async function runQuery(deps: QueryDependencies, request: QueryRequested): Promise<QueryRun> {
  const startedAt = deps.clock.now();
  const running: RunningQuery = { deps, request, usages: [], published: [], failures: [], skippedRows: 0 };
  let kept: KeptFiles;
  try {
    await publishAll(running);
    if (!isPublishedInPart(running)) throw filesFailed(request.definition.name, running);
    kept = await keepFiles(running);
  } catch (error) {
    request.signal.throwIfAborted();
    throw withUsage(toContrailError(error), usageOf(running));
  }
  const durationMs = deps.clock.now() - startedAt;
  return outcomeOfQuery(running, {
    kept,
    usage: usageOf(running),
    durationMs,
    locate: (name) => deps.store.locate(name),
  });
}

function usageOf({ usages }: RunningQuery): ReadingUsage {
  return joinUsage(usages.map((usage) => usage()));
}

function publishAll(running: RunningQuery): Promise<void> {
  switch (running.request.definition.scope.kind) {
    case 'global':
      return publishOne(running, undefined);
    case 'experiment':
      return publishEach(running);
    case 'split':
      return publishSplit(running);
  }
}

async function publishEach(running: RunningQuery): Promise<void> {
  const { experiments, signal, onProgress } = running.request;
  for (const [index, experiment] of experiments.entries()) {
    signal.throwIfAborted();
    try {
      await publishOne(running, experiment);
    } catch (error) {
      const failure = toContrailError(error);
      if (!isOfOneFile(failure)) throw failure;
      running.failures.push({ experiment: experiment.slug, failure });
    }
    onProgress?.(index + 1, experiments.length);
  }
}

/** One query into one file. */
async function publishOne(running: RunningQuery, experiment: QueriedExperiment | undefined): Promise<void> {
  const { deps, request } = running;
  const { definition, signal } = request;
  const published = await publishQueryFile(deps, {
    ...request,
    ...(experiment === undefined ? {} : { experiment: experiment.slug }),
    open: async () => {
      const open = await openQuery(running, experiment);
      const limit = { name: definition.name, maxRows: definition.limits.maxRows };
      return { columns: open.columns, ranges: limitedRows(open, limit, signal), close: () => open.close() };
    },
  });
  running.published.push(published);
}
