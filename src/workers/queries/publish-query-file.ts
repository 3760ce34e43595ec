/** Publishes one file of a query, and then the object of its newest state with the same bytes. */
import { createHash } from 'node:crypto';
import type { Column } from '../../domain/column-type.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { Warning } from '../../domain/outcome.ts';
import { dateOfTick } from '../../domain/query-export/built-in-parameters.ts';
import { fillTemplate } from '../../domain/query-export/object-template.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';
import { quote } from '../../domain/slug.ts';
import { versionOfTime } from '../../domain/source-version.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore, ObjectWriter } from '../../ports/object-store.ts';
import type { BodyFacts, StreamedBytes } from '../publish/content.ts';
import { type Publication, publish, type Published } from '../publish/publish.ts';
import type { SeenObject } from '../publish/seen-object.ts';
import { fileFormat } from './file-format.ts';
import type { RowRange } from './row-range.ts';
import { type WrittenQueryFile, writeQueryFile } from './write-query-file.ts';

export interface QueryFileDependencies {
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** One run of a query. */
export interface QueryTick {
  readonly definition: QueryExport;
  /** The time that it is for, milliseconds since 1970. An older one never replaces a newer one. */
  readonly tick: number;
  /** For the objects' metadata: the job's id. */
  readonly job: string;
  /** Run it even if the objects are of this tick. */
  readonly isAgain?: boolean;
  readonly signal: AbortSignal;
}

export interface QueryFile extends QueryTick {
  /** The experiment of the file; absent in scope `global`. */
  readonly experiment?: string;
  /** The rows; not called if the object is of this tick or a newer one. */
  readonly open: () => Promise<FileRows>;
}

export interface FileRows {
  readonly columns: readonly Column[];
  readonly ranges: AsyncIterable<RowRange>;
  readonly close?: () => Promise<void>;
}

/** The publication, and that of `latest` if there is one. */
export interface PublishedQueryFile {
  readonly file: Published;
  readonly latest?: Published;
}

/** Throws if the file was not published; what was published before stays then. */
export async function publishQueryFile(deps: QueryFileDependencies, file: QueryFile): Promise<PublishedQueryFile> {
  const { definition } = file;
  const name = objectName(file, definition.object);
  const published = await publish(deps, {
    ...publicationOf(file, name),
    open: (before) =>
      Promise.resolve({
        kind: 'content',
        ...contentOf(definition, file.tick),
        body: { kind: 'stream', write: (begin) => writeBody(deps, { file, before }, begin) },
      }),
  });
  const isReplaced = published.outcome.kind === 'superseded';
  if (definition.latest === undefined || isReplaced) return { file: published };
  const latest = { from: name, to: objectName(file, definition.latest) };
  return { file: published, latest: await publishLatest(deps, file, latest) };
}

/** The name of an object of this run. */
export function objectName({ definition, tick, experiment }: Omit<QueryFile, 'open'>, template: string): string {
  const slug = experiment === undefined ? {} : { slug: experiment };
  return fillTemplate(template, { ...slug, date: dateOfTick(definition, tick) });
}

function publicationOf(file: Omit<QueryFile, 'open'>, name: string): Omit<Publication, 'open'> {
  const { definition, experiment, job, isAgain = false, signal } = file;
  return {
    name,
    ...(experiment === undefined ? {} : { claim: { experiment, knownBy: 'api' } }),
    ...(definition.format.kind === 'ndjson' ? { contentType: 'application/x-ndjson' } : {}),
    job,
    force: false,
    hasNewPremises: isAgain,
    logged: { at: { file: 'publish-query-file.ts', function: 'publishQueryFile' } },
    signal,
  };
}

function contentOf({ name, hash }: QueryExport, tick: number) {
  return {
    source: `query:${name}`,
    sourceVersion: versionOfTime(tick),
    metadata: { [METADATA.config]: hash },
  };
}

interface Writing {
  readonly file: QueryFile;
  readonly before: SeenObject | undefined;
}

async function writeBody(
  deps: QueryFileDependencies,
  { file, before }: Writing,
  begin: () => Promise<ObjectWriter>,
): Promise<StreamedBytes> {
  const rows = await file.open();
  try {
    const format = fileFormat(rows.columns, file.definition);
    const written = await writeQueryFile(rows.ranges, format, await begin());
    if (written.rows === 0) await checkEmpty(deps.store, file, before);
    return { sha256: written.sha256, facts: factsOf(written, file.definition) };
  } finally {
    await rows.close?.();
  }
}

function factsOf({ rows, bytes, nonFinite }: WrittenQueryFile, { nulls }: QueryExport): BodyFacts {
  const as = nulls === 'keep' ? 'written as null' : 'left out';
  const warning: Warning = { kind: 'non_finite', message: `${nonFinite} NaN or infinite numbers were ${as}.` };
  return {
    rows,
    rejected: 0,
    dropped: 0,
    duplicates: 0,
    bytes,
    warnings: nonFinite === 0 ? [] : [warning],
    leftOut: [],
    metadata: { [METADATA.rows]: String(rows) },
  };
}

/** The published file and that of the newest state stay if they have rows. */
async function checkEmpty(store: ObjectStore, file: QueryFile, before: SeenObject | undefined): Promise<void> {
  const { definition, signal } = file;
  if (definition.emptyIs === 'publish') return;
  const latest = definition.latest === undefined ? undefined : objectName(file, definition.latest);
  const objects = [
    { name: objectName(file, definition.object), object: before },
    ...(latest === undefined ? [] : [{ name: latest, object: await store.head(latest, signal) }]),
  ];
  const full = objects.find(({ object }) => object !== undefined && hasRows(object, definition));
  if (full === undefined) return;
  throw new ContrailError(
    'QUERY_EMPTY',
    `Query ${quote(definition.name)} has no rows for ${full.name}, which has some; the file stays as it is.`,
    { subject: full.name, hint: 'If no rows are right, set `emptyIs = "publish"` in its definition.' },
  );
}

/** Objects of other programs do not tell their rows, so their size has to: that of a file without rows, and some white space. */
function hasRows({ metadata, bytes = 0 }: SeenObject, { format }: QueryExport): boolean {
  const rows = metadata[METADATA.rows];
  if (rows !== undefined) return Number(rows) > 0;
  const isWrapped = format.kind === 'keyed' && format.wrap !== undefined;
  const empty = isWrapped ? JSON.stringify({ [format.wrap]: {} }) : '[]';
  return bytes > Buffer.byteLength(empty) + WHITE_SPACE_BYTES;
}

const WHITE_SPACE_BYTES = 3;

const LATEST_TRIES = 4;
const LATEST_PAUSE_MS = 1_000;

interface LatestCopy {
  readonly from: string;
  readonly to: string;
}

/** Retried by itself, so that the query does not run again. */
async function publishLatest(deps: QueryFileDependencies, file: QueryFile, copy: LatestCopy): Promise<Published> {
  for (let tried = 1; ; tried++) {
    try {
      return await copyToLatest(deps, file, copy);
    } catch (error) {
      file.signal.throwIfAborted();
      if (toContrailError(error).failureClass !== 'transient' || tried === LATEST_TRIES) throw error;
      await deps.clock.sleep(LATEST_PAUSE_MS * 4 ** (tried - 1), file.signal);
    }
  }
}

async function copyToLatest(deps: QueryFileDependencies, file: QueryFile, copy: LatestCopy): Promise<Published> {
  const { definition, tick, signal } = file;
  const original = await deps.store.head(copy.from, signal);
  if (original === undefined) throw missing(copy.from);
  return publish(deps, {
    ...publicationOf(file, copy.to),
    open: () =>
      Promise.resolve({
        kind: 'content',
        ...contentOf(definition, tick),
        body: { kind: 'stream', write: (begin) => writeCopy(deps.store, { original, signal }, begin) },
      }),
  });
}

async function writeCopy(
  store: ObjectStore,
  { original, signal }: { readonly original: SeenObject & { readonly name: string }; readonly signal: AbortSignal },
  begin: () => Promise<ObjectWriter>,
): Promise<StreamedBytes> {
  const content = await store.read(original.name, signal);
  if (content === undefined) throw missing(original.name);
  const writer = await begin();
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of content) {
    const chunk: Uint8Array = piece;
    hash.update(chunk);
    bytes += chunk.length;
    await writer.write(chunk);
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== original.metadata[METADATA.sha256]) {
    throw new ContrailError('OBJECT_CHANGED', `${original.name} has changed while it was copied.`);
  }
  const rows = original.metadata[METADATA.rows] ?? '0';
  const none = { rejected: 0, dropped: 0, duplicates: 0, warnings: [], leftOut: [] };
  return { sha256, facts: { ...none, rows: Number(rows), bytes, metadata: { [METADATA.rows]: rows } } };
}

function missing(name: string): ContrailError {
  return new ContrailError('OBJECT_MISSING', `${name} is gone, which was to be copied.`, { subject: name });
}
