/** The files of an experiment: published objects, states, and what the metadata say. */
import { ANALYSIS_PERIODS } from '../../../domain/analysis-period.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { IndexedFile } from '../../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../../domain/freshness/file-key.ts';
import { errorsObjectName } from '../../../domain/errors-export.ts';
import { metadataObjectName } from '../../../domain/metadata-name.ts';
import { METADATA } from '../../../domain/object-metadata.ts';
import { statisticsObjectName } from '../../../domain/statistics-name.ts';
import type { ObjectStore, StoredObject } from '../../../ports/object-store.ts';
import type {
  ExperimentFiles,
  FileCondition,
  FileLine,
  PublishedObject,
} from '../../../web/pages/experiment/source.ts';
import { readPublishedStart } from '../../../workers/metadata/analysis-start.ts';
import { fileStateOf } from '../../freshness/file-state-of.ts';
import type { IndexedFiles, Unusable } from '../../freshness/indexed-files.ts';
import { readOverrides } from './read-overrides.ts';

export interface FilesRequest {
  readonly slug: string;
  /** Undefined: the API does not list it. */
  readonly experiment: Experiment | undefined;
  /** Undefined: Redis is away. */
  readonly indexed: IndexedFiles | Unusable | undefined;
  readonly lagMs: number;
}

export async function readFiles(
  store: ObjectStore,
  { slug, experiment, indexed, lagMs }: FilesRequest,
  signal: AbortSignal,
): Promise<ExperimentFiles> {
  const files = filesOf(slug);
  const objects = await Promise.all(files.map(({ object }) => ownObject(store, object, slug, signal)));
  const states = statesOf(indexed, slug, lagMs);
  const lines = files.map(({ file, object }, index): FileLine => {
    const found = objects[index];
    const published = found === undefined ? undefined : publishedObject(found, store);
    return { file, object, published, state: states.get(keyOfFile(file)) };
  });
  const metadata = objects.at(-1);
  const start = await readPublishedStart(store, metadata, signal);
  const overrides =
    experiment === undefined ? [] : await readOverrides(store, { object: metadata, experiment }, signal);
  return {
    files: lines,
    checkedAt: indexed?.kind === 'files' ? indexed.at : undefined,
    analysisStart: start?.start ?? null,
    overrides,
  };
}

interface NamedFile {
  readonly file: IndexedFile;
  readonly object: string;
}

function filesOf(experiment: string): NamedFile[] {
  const statistics = ANALYSIS_PERIODS.map((period): NamedFile => {
    return { file: { product: 'statistics', experiment, period }, object: statisticsObjectName(experiment, period) };
  });
  return [
    ...statistics,
    { file: { product: 'errors', experiment }, object: errorsObjectName(experiment) },
    { file: { product: 'metadata', experiment }, object: metadataObjectName(experiment) },
  ];
}

/** Undefined without an object, and for that of another experiment with the same normal form. */
async function ownObject(
  store: ObjectStore,
  name: string,
  slug: string,
  signal: AbortSignal,
): Promise<StoredObject | undefined> {
  const object = await store.head(name, signal);
  const owner = object?.metadata[METADATA.experiment];
  return owner === undefined || owner === slug ? object : undefined;
}

function publishedObject({ name, metadata, bytes, changedAt }: StoredObject, store: ObjectStore): PublishedObject {
  const count = (key: string): number => countOf(metadata[key]) ?? 0;
  return {
    url: store.locate(name),
    version: metadata[METADATA.sourceVersion],
    rows: countOf(metadata[METADATA.rows]),
    leftOut: {
      rejected: count(METADATA.rejected),
      dropped: count(METADATA.dropped),
      duplicates: count(METADATA.duplicates),
    },
    bytes,
    sha256: metadata[METADATA.sha256],
    at: changedAt,
    windows: metadata[METADATA.windows],
  };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** By the key of the file. */
function statesOf(
  indexed: IndexedFiles | Unusable | undefined,
  slug: string,
  lagMs: number,
): ReadonlyMap<string, FileCondition> {
  if (indexed?.kind !== 'files') return new Map();
  const own = indexed.files.filter(({ entry }) => entry.file.experiment === slug);
  return new Map(
    own.map(({ entry, job }) => {
      const { state, since, detail, needsYou, behind } = fileStateOf(entry, job, { now: indexed.now, lagMs });
      const alarming =
        state === 'failed' || state === 'refused' || state === 'stale' || state === 'never' || state === 'missing';
      return [
        keyOfFile(entry.file),
        { state, since, detail, needsYou: alarming || needsYou === true || behind !== undefined },
      ];
    }),
  );
}
