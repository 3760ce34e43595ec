/** The published statistics files of an experiment, read as streams. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../domain/console-rules.ts';
import { ContrailError, toContrailError } from '../../domain/errors.ts';
import { JsonArrayElements, MalformedArrayError } from '../../domain/json-array-elements.ts';
import type { JsonValue } from '../../domain/json-value.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { statisticsObjectName } from '../../domain/statistics-name.ts';
import { FileCells } from '../../domain/trace/file-cells.ts';
import type { PublishedFile } from '../../domain/trace/inputs.ts';
import { fileRowOf } from '../../domain/trace/statistics-row.ts';
import type { ObjectMetadata, ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { checkOwner } from '../../workers/publish/check-owner.ts';
import type { PeriodFailure } from './window-tables.ts';

export interface FilesRequest {
  readonly store: Pick<ObjectStore, 'head' | 'read' | 'locate'>;
  readonly experiment: string;
  readonly rules: ConsoleRules;
  readonly signal: AbortSignal;
}

export interface ReadFiles {
  readonly files: ReadonlyMap<AnalysisPeriod, PublishedFile>;
  /** What the objects of the files carry. */
  readonly metadata: ReadonlyMap<AnalysisPeriod, ObjectMetadata>;
  readonly failures: readonly PeriodFailure[];
}

/** All files of an experiment, one after another. A file that cannot be read does not stop the others. */
export async function readPublishedFiles(request: FilesRequest): Promise<ReadFiles> {
  const files = new Map<AnalysisPeriod, PublishedFile>();
  const metadata = new Map<AnalysisPeriod, ObjectMetadata>();
  const failures: PeriodFailure[] = [];
  for (const period of ANALYSIS_PERIODS) {
    try {
      const file = await readFile(period, request);
      if (file === undefined) continue;
      files.set(period, file.file);
      metadata.set(period, file.metadata);
    } catch (error) {
      request.signal.throwIfAborted();
      failures.push({ period, error: toContrailError(error) });
    }
  }
  return { files, metadata, failures };
}

/** The object of a file; undefined if there is none. Throws SLUG_CONFLICT if it is another experiment's. */
export async function findFile(
  period: AnalysisPeriod,
  { store, experiment, signal }: Omit<FilesRequest, 'rules'>,
): Promise<StoredObject | undefined> {
  const name = statisticsObjectName(experiment, period);
  const object = await store.head(name, signal);
  checkOwner(name, object, { experiment, knownBy: 'api' });
  return object;
}

interface ReadFile {
  readonly file: PublishedFile;
  readonly metadata: ObjectMetadata;
}

async function readFile(period: AnalysisPeriod, request: FilesRequest): Promise<ReadFile | undefined> {
  const object = await findFile(period, request);
  if (object === undefined) return undefined;
  const cells = await readCells(object.name, period, request);
  if (cells === undefined) return undefined;
  const { metadata } = object;
  return { file: { version: metadata[METADATA.sourceVersion] ?? null, cells }, metadata };
}

async function readCells(
  name: string,
  period: AnalysisPeriod,
  { store, rules, signal }: FilesRequest,
): Promise<FileCells | undefined> {
  const stream = await store.read(name, signal);
  if (stream === undefined) return undefined;
  const cells = new FileCells({ period, rules });
  const elements = new JsonArrayElements();
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted();
      cells.add(elements.push(chunk).map((text) => fileRowOf(JSON.parse(text) as JsonValue)));
    }
    elements.end();
    return cells;
  } catch (error) {
    if (error instanceof MalformedArrayError || error instanceof SyntaxError) {
      throw malformed(store.locate(name), error);
    }
    throw error;
  } finally {
    stream.destroy();
  }
}

function malformed(url: string, cause: Error): ContrailError {
  return new ContrailError('FILE_MALFORMED', `${url} is not a list of rows: ${cause.message}.`, {
    subject: url,
    cause,
  });
}
