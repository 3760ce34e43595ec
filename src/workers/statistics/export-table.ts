/**
 * Exports the statistics of one experiment and period into its file (design, section 6): read, encode, check, publish.
 * Safe to repeat and to run twice at once: a file is replaced only by one that is not older, as a whole or not at all.
 */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { ContrailError } from '../../domain/errors.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome, Warning } from '../../domain/outcome.ts';
import { checkSlug } from '../../domain/slug.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import { statisticsObjectName, statisticsTableName } from '../../domain/statistics-name.ts';
import type { WallClock } from '../../ports/clock.ts';
import {
  ABSENT,
  type Generation,
  type ObjectMetadata,
  type ObjectStore,
  type ObjectWriter,
} from '../../ports/object-store.ts';
import type { OpenTable, StatisticsSource } from '../../ports/statistics-source.ts';
import { checkOwner } from './check-owner.ts';
import type { FoundRecord } from '../../domain/console-premises.ts';
import { type ConsoleRules } from '../../domain/console-rules.ts';
import type { DropPlan } from './acceptance/drop-plan.ts';
import { hangsOnRecord, planDrops } from './acceptance/plan-drops.ts';
import { checkShare, judgeRows, refusalOf, type Refusal } from './judge-rows.ts';
import { objectMetadata } from './object-metadata.ts';
import { lookAtObject, publishedBy, type Publisher, type SeenObject, settledBy } from './published-object.ts';
import type { CheckResult } from './acceptance/row-checker.ts';
import { type WrittenFile, writeFile } from './write-file.ts';

/** How often an export starts again because somebody else changed the object meanwhile. */
const MOST_ROUNDS = 3;

export interface ExportDependencies {
  readonly source: StatisticsSource;
  readonly store: ObjectStore;
  readonly clock: WallClock;
  /** Share of rows, 0 to 1, above which refused rows stop the publication. */
  readonly refusedShareLimit: number;
  /** Rows of one window up to which duplicates are looked for, where the source does not sort by key. */
  readonly duplicateLimit: number;
  /** The version of the console that must take the files. */
  readonly rules: ConsoleRules;
}

export interface ExportRequest {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  /** Whether the slug may be claimed as the owner of the file: not where it was only read off a table's name. */
  readonly knownBy: 'api' | 'tables';
  /** What the experiments API tells; undefined where it knows no such experiment. */
  readonly record: FoundRecord;
  /** The file was made on premises that no longer hold, so a current version does not settle it. */
  readonly hasNewPremises?: boolean;
  /** Write the file also if it is current. */
  readonly force: boolean;
  /** Table and object as planning saw them, which spares a look at each; the look is taken when the object has changed. */
  readonly seen?: { readonly sourceVersion: SourceVersion; readonly object: SeenObject };
  /** For the object's metadata: a job's id, which no other export has. */
  readonly job: string;
  readonly signal: AbortSignal;
  /** Told now and then how many of the rows are done. */
  readonly onProgress?: (rows: number, ofRows: number) => void;
}

export interface ExportResult {
  readonly outcome: JobOutcome;
  /** What was left out of the file, if anything was: one ERROR record. */
  readonly refusal?: Refusal;
}

/** Runs one export. Throws a ContrailError when nothing was published; the last good file then stays as it was. */
export async function exportTable(deps: ExportDependencies, request: ExportRequest): Promise<ExportResult> {
  checkSlug(request.experiment);
  for (let round = 1; ; round++) {
    try {
      return await exportOnce(deps, request, round === 1 ? request.seen : undefined);
    } catch (error) {
      if (error instanceof ContrailError && error.code === 'VIEW_WITHOUT_TABLES') return skipView(error);
      const changed = error instanceof ContrailError && error.code === 'OBJECT_CHANGED';
      if (!changed || round === MOST_ROUNDS) throw error;
      request.signal.throwIfAborted();
    }
  }
}

/** The analysis makes the view first: there is nothing to export yet, and nothing is wrong. */
function skipView({ message, sentence }: ContrailError): ExportResult {
  const warning = { kind: 'view_without_tables', message: sentence } as const;
  return { outcome: { kind: 'skipped', reason: message, warning } };
}

async function exportOnce(
  deps: ExportDependencies,
  request: ExportRequest,
  seen: ExportRequest['seen'],
): Promise<ExportResult> {
  const startedAt = deps.clock.now();
  const object = statisticsObjectName(request.experiment, request.period);
  // The object is looked at before the source: what is there then cannot be newer than what is read afterwards.
  const before = await lookAtObject(deps.store, object, { seen: seen?.object, signal: request.signal });
  checkOwner(object, before, request);
  const table = await openTable(deps.source, request, seen?.sourceVersion);
  try {
    const settled =
      request.force || request.hasNewPremises === true
        ? undefined
        : settledBy(before, table.version, publisherOf(deps, { request, object, startedAt }));
    if (settled !== undefined) return { outcome: settled };
    return await replaceFile({ deps, request, object, before, table, startedAt });
  } finally {
    await table.close();
  }
}

function publisherOf(
  { store, clock }: ExportDependencies,
  { request, object, startedAt }: Pick<Replacement, 'request' | 'object' | 'startedAt'>,
): Publisher {
  return { object, location: store.locate(object), job: request.job, durationMs: clock.now() - startedAt };
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
  throw new ContrailError('RESULTS_MISSING', `There are no results for ${experiment} ${period}.`, {
    subject: name,
    hint: `${source.url} has neither a view nor a table ${name}.`,
  });
}

interface Replacement {
  readonly deps: ExportDependencies;
  readonly request: ExportRequest;
  readonly object: string;
  readonly before: SeenObject | undefined;
  readonly table: OpenTable;
  readonly startedAt: number;
}

async function replaceFile(replacement: Replacement): Promise<ExportResult> {
  const { deps, request, table } = replacement;
  const first = await writeInto(replacement, undefined);
  if (first.plan === undefined) return publishWritten(replacement, first);
  await first.writer.discard();
  // Nearly always the rules of whole files hold; where they do not, the table is read again, now that they are known.
  const again = await reopen(deps.source, request, table);
  try {
    const second = await writeInto({ ...replacement, table: again }, first.plan);
    if (second.plan === undefined) return await publishWritten({ ...replacement, table: again }, second);
    await second.writer.discard();
    throw sourceChanged(table);
  } finally {
    await again.close();
  }
}

interface Written {
  readonly writer: ObjectWriter;
  readonly file: WrittenFile;
  /** What must be dropped, so that the file cannot be published as it is. */
  readonly plan: DropPlan | undefined;
}

/** Writes all rows that may stay, and finds out whether the whole can. Discards what it has written when it fails. */
async function writeInto(
  { deps, request, object, before, table }: Replacement,
  plan: DropPlan | undefined,
): Promise<Written> {
  const writer = await deps.store.write({
    name: object,
    contentType: 'application/json',
    ifGeneration: before?.generation ?? ABSENT,
    signal: request.signal,
  });
  try {
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
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

async function publishWritten(replacement: Replacement, { writer, file }: Written): Promise<ExportResult> {
  const { deps, request, object, before, table } = replacement;
  try {
    const judged = { ...file, hangsOnRecord: hangsOnRecord(deps.rules, file.outline, request) };
    const warnings = judgeRows(judged, request, deps.refusedShareLimit);
    const isSame = !request.force && before?.metadata[METADATA.sha256] === file.sha256;
    const metadata = objectMetadata({ request, table, file, before });
    let generation: string | undefined;
    if (isSame) {
      await writer.discard();
      const update = { name: object, ifGeneration: before.generation, metadata, signal: request.signal };
      await deps.store.updateMetadata(update);
    } else {
      generation = await commitOrFind(replacement, writer, metadata);
    }
    const refusal = refusalOf(file.check);
    return {
      outcome: {
        kind: isSame ? 'unchanged' : 'published',
        ...factsOf(replacement, file, warnings),
        ...(generation === undefined ? {} : { generation }),
      },
      ...(refusal === undefined ? {} : { refusal }),
    };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/**
 * The generation of the new bytes. A store whose answer was lost refuses the repeated request, because the object has
 * changed: by this very job, if the object carries its id and these bytes.
 */
async function commitOrFind(
  { deps, request, object, table, startedAt }: Replacement,
  writer: ObjectWriter,
  metadata: ObjectMetadata,
): Promise<Generation> {
  try {
    return (await writer.commit(metadata)).generation;
  } catch (error) {
    if (!(error instanceof ContrailError) || error.code !== 'OBJECT_CHANGED') throw error;
    const found = await deps.store.head(object, request.signal);
    const own = publishedBy(found, table.version, publisherOf(deps, { request, object, startedAt }));
    const isSame = found?.metadata[METADATA.sha256] === metadata[METADATA.sha256];
    if (own?.generation === undefined || !isSame) throw error;
    return own.generation;
  }
}

/** The same table once more; throws SOURCE_CHANGED where it has changed since it was opened. */
async function reopen(source: StatisticsSource, request: ExportRequest, table: OpenTable): Promise<OpenTable> {
  const again = await openTable(source, request, table.version);
  if (again.version === table.version && again.rowCount === table.rowCount) return again;
  await again.close();
  throw sourceChanged(table);
}

function sourceChanged({ source }: OpenTable): ContrailError {
  return new ContrailError('SOURCE_CHANGED', `${source} has changed between two readings; nothing was published.`, {
    subject: source,
  });
}

function checkRowCount(table: OpenTable, check: CheckResult): void {
  if (check.rows === table.rowCount) return;
  throw new ContrailError(
    'ROW_COUNT_MISMATCH',
    `${table.source} promised ${table.rowCount} rows and delivered ${check.rows}; nothing was published.`,
    { subject: table.source },
  );
}

function factsOf({ deps, table, object, startedAt }: Replacement, file: WrittenFile, warnings: readonly Warning[]) {
  return {
    object,
    location: deps.store.locate(object),
    source: table.source,
    sourceVersion: table.version,
    rows: file.rows,
    rejected: file.check.rejected,
    dropped: file.check.dropped,
    duplicates: file.check.duplicates,
    bytes: file.bytes,
    warnings,
    durationMs: deps.clock.now() - startedAt,
    sourceRows: table.rowCount,
    usage: table.usage(),
  };
}
