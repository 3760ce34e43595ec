/** Exports the statistics of one experiment and period into its file: reads, encodes, checks, publishes. */
import { ContrailError } from '../../domain/errors.ts';
import { checkSlug } from '../../domain/slug.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { statisticsTableName } from '../../domain/statistics-name.ts';
import type { ObjectWriter } from '../../ports/object-store.ts';
import type { OpenTable, StatisticsSource } from '../../ports/statistics-source.ts';
import type { Content, Nothing, StreamedBytes } from '../publish/content.ts';
import { publish, type Published } from '../publish/publish.ts';
import type { SeenObject } from '../publish/seen-object.ts';
import type { DropPlan } from './acceptance/drop-plan.ts';
import { planDrops } from './acceptance/plan-drops.ts';
import type { CheckResult } from './acceptance/row-checker.ts';
import { type ExportDependencies, type ExportRequest, factsOfFile, publicationOf } from './export-request.ts';
import { windowsOfFile } from './file-metadata.ts';
import { joinUsage } from './join-parts.ts';
import { checkShare } from './judge-rows.ts';
import { judgeLostWindows, judgeUnreadable } from './lost-windows.ts';
import { sourceChanged } from './source-changed.ts';
import { type WrittenFile, writeFile } from './write-file.ts';

/**
 * Runs one export. Throws a ContrailError if nothing was published; the last good file then stays. `divide`, if given, may
 * divide a table that is too large for one worker.
 */
export async function exportTable(
  deps: ExportDependencies,
  request: ExportRequest,
  divide?: () => Promise<Content | undefined>,
): Promise<Published> {
  checkSlug(request.experiment);
  return publish(deps, {
    ...publicationOf(request),
    seen: request.seen?.object,
    open: (before, round) =>
      unlessTablesAreMissing({ deps, request, before }, async () => {
        if (round > 1) return openContent({ deps, request, before }, undefined);
        return (await divide?.()) ?? openContent({ deps, request, before }, request.seen?.sourceVersion);
      }),
  });
}

interface Opening {
  readonly deps: ExportDependencies;
  readonly request: ExportRequest;
  /** The object to be replaced. */
  readonly before: SeenObject | undefined;
}

/**
 * A rerun deletes the tables of a view and leaves the view, so reading it fails until they are back. That is no failure:
 * the published file stays.
 */
async function unlessTablesAreMissing(
  { deps, request, before }: Opening,
  open: () => Promise<Content | Nothing>,
): Promise<Content | Nothing> {
  try {
    return await open();
  } catch (error) {
    const code = error instanceof ContrailError ? error.code : undefined;
    if (code === 'SOURCE_GONE' || (code === 'RESULTS_MISSING' && before !== undefined)) {
      return { kind: 'nothing', reason: 'source gone', source: 'gone' };
    }
    const held = code === 'QUERY_FAILED' ? await judgeUnreadable(deps, { ...request, before }) : undefined;
    if (held === undefined) throw error;
    return held;
  }
}

async function openContent(opening: Opening, seenVersion: SourceVersion | undefined): Promise<Content> {
  const table = await openTable(opening.deps.source, opening.request, seenVersion);
  return {
    kind: 'content',
    source: table.source,
    sourceVersion: table.version,
    body: { kind: 'stream', write: (begin) => writeTable({ ...opening, begin }, table) },
    close: () => table.close(),
  };
}

async function openTable(
  source: StatisticsSource,
  { experiment, period, signal }: ExportRequest,
  seenVersion: SourceVersion | undefined,
): Promise<OpenTable> {
  const name = statisticsTableName(experiment, period);
  const table = await source.open({
    table: name,
    signal,
    labels: { product: 'statistics', experiment, period },
    ...(seenVersion === undefined ? {} : { seenVersion }),
  });
  if (table !== undefined) return table;
  throw new ContrailError('RESULTS_MISSING', `${experiment} has no ${period} results.`, {
    subject: name,
    hint: `${source.url} has no view or table ${name}.`,
  });
}

interface Writing extends Opening {
  readonly begin: () => Promise<ObjectWriter>;
}

async function writeTable(writing: Writing, table: OpenTable): Promise<StreamedBytes | Nothing> {
  const first = await writeRows(writing, table, undefined);
  if (first.plan === undefined) return streamed(writing, first.file, [table]);
  await first.writer.discard();
  // File rules are rarely broken. If they are, the table is read again with a plan of what to drop.
  const again = await reopen(writing, table);
  try {
    const second = await writeRows(writing, again, first.plan);
    if (second.plan !== undefined) throw sourceChanged(table.source);
    return await streamed(writing, second.file, [table, again]);
  } finally {
    await again.close();
  }
}

interface Written {
  readonly writer: ObjectWriter;
  readonly file: WrittenFile;
  /** What must be dropped before the file can be published. */
  readonly plan: DropPlan | undefined;
}

/** Writes the rows that may stay, and finds out whether the whole file is valid. */
async function writeRows(
  { deps, request, begin }: Writing,
  table: OpenTable,
  plan: DropPlan | undefined,
): Promise<Written> {
  const writer = await begin();
  const file = await writeFile({
    table,
    writer,
    framing: 'array',
    period: request.period,
    rules: deps.rules,
    plan,
    duplicateLimit: deps.duplicateLimit,
    signal: request.signal,
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
  });
  checkRowCount(table, file.check);
  checkShare(file.check, request, deps.refusedShareLimit);
  return { writer, file, plan: await planDrops(deps, file.outline, request) };
}

/** `readings`: all that were needed; the last one made these bytes. */
async function streamed(
  { deps, request, before }: Writing,
  file: WrittenFile,
  readings: readonly [OpenTable, ...OpenTable[]],
): Promise<StreamedBytes | Nothing> {
  const { version } = readings[0];
  const windows = windowsOfFile(file.check);
  const judged = await judgeLostWindows(deps, { ...request, before, windows, version });
  if ('kind' in judged) return judged;
  const usage = () => joinUsage(readings.map((table) => table.usage()));
  const facts = factsOfFile(deps, request, file, judged);
  return { sha256: file.sha256, facts: { ...facts, sourceRows: file.check.rows, usage } };
}

/** Opens the same table again; throws SOURCE_CHANGED if it has changed. */
async function reopen({ deps, request }: Writing, table: OpenTable): Promise<OpenTable> {
  const again = await openTable(deps.source, request, table.version);
  if (again.version === table.version && again.rowCount === table.rowCount) return again;
  await again.close();
  throw sourceChanged(table.source);
}

function checkRowCount(table: OpenTable, check: CheckResult): void {
  if (check.rows === table.rowCount) return;
  throw new ContrailError(
    'ROW_COUNT_MISMATCH',
    `${table.source} announced ${table.rowCount} rows and delivered ${check.rows}; nothing was published.`,
    { subject: table.source },
  );
}
