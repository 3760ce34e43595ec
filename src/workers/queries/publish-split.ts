/** One query for all experiments, cut into a file for each as its rows end. */
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { quote } from '../../domain/slug.ts';
import { dividingColumn } from './column-text.ts';
import { isOfOneFile } from './failed-files.ts';
import { type FileRows, publishQueryFile } from './publish-query-file.ts';
import { DividedRows, limitedRows } from './query-rows.ts';
import type { RowRange } from './row-range.ts';
import { openQuery, type RunningQuery } from './running-query.ts';

/** Rows of other values than the experiments' slugs are skipped. Experiments without rows get an empty file. */
export async function publishSplit(running: RunningQuery): Promise<void> {
  const { definition, experiments, signal, onProgress } = running.request;
  if (definition.scope.kind !== 'split' || experiments.length === 0) return;
  const open = await openQuery(running, undefined);
  const waiting = new Set(experiments.map(({ slug }) => slug));
  const done = new Set<string>();
  const limit = { name: definition.name, maxRows: definition.limits.maxRows };
  const column = dividingColumn(open.columns, definition.scope.by, 'splitBy');
  const rows = new DividedRows(limitedRows(open, limit, signal), column);
  const publishFile = async (slug: string, ranges: () => AsyncIterable<RowRange>): Promise<void> => {
    await publishFileOf(running, slug, { columns: open.columns, open: ranges });
    waiting.delete(slug);
    done.add(slug);
    onProgress?.(done.size, experiments.length);
  };
  try {
    for (let value = await rows.peek(); value !== undefined; value = await rows.peek()) {
      if (value !== null && done.has(value)) throw unordered(running, value);
      const at = value;
      const isChosen = at !== null && waiting.has(at);
      if (isChosen) await publishFile(at, () => rows.take(at));
      // What a file that is published already has left unread.
      const skipped = await rows.passOver(at);
      if (!isChosen) running.skippedRows += skipped;
    }
    for (const slug of waiting) await publishFile(slug, noRows);
  } finally {
    await rows.close();
    await open.close();
  }
}

interface SplitFile {
  readonly columns: FileRows['columns'];
  readonly open: () => AsyncIterable<RowRange>;
}

async function publishFileOf(running: RunningQuery, slug: string, { columns, open }: SplitFile): Promise<void> {
  const { deps, request } = running;
  let isRead = false;
  try {
    const published = await publishQueryFile(deps, {
      ...request,
      experiment: slug,
      open: () => {
        // The rows of a query pass only once.
        if (isRead) return Promise.reject(changed(slug));
        isRead = true;
        return Promise.resolve({ columns, ranges: open() });
      },
    });
    running.published.push(published);
  } catch (error) {
    const failure = toContrailError(error);
    if (!isOfOneFile(failure)) throw failure;
    running.failures.push({ experiment: slug, failure });
  }
}

async function* noRows(): AsyncGenerator<RowRange> {}

function changed(slug: string): ContrailError {
  return new ContrailError('OBJECT_CHANGED', `Another program changed the file of ${quote(slug)} meanwhile.`);
}

function unordered({ request }: RunningQuery, value: string): ContrailError {
  const { name, scope } = request.definition;
  const column = scope.kind === 'split' ? scope.by : '';
  return new ContrailError(
    'QUERY_UNORDERED',
    `The rows of query ${quote(name)} are not ordered by ${quote(column)}: ${quote(value)} comes back after another value.`,
    { hint: `Order the query by ${column} first. Files before that row are published.` },
  );
}
