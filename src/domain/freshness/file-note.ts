/** What is noted in the freshness index, and what becomes of an entry by it. */
import { compareVersions, type SourceVersion } from '../source-version.ts';
import type { FileEntry, FinalFailure, IndexedFile, PublishedFile, SeenSource } from './file-entry.ts';

/** What a pass of planning found of a file. */
export interface SeenFile extends Pick<FileEntry, 'application' | 'lacking' | 'reason' | 'expectedSince' | 'refusal'> {
  readonly kind: 'seen';
  readonly file: IndexedFile;
  readonly pass: number;
  readonly source?: SeenSource | undefined;
}

export type FileNote =
  | SeenFile
  | { readonly kind: 'published'; readonly file: IndexedFile; readonly published: PublishedFile }
  | { readonly kind: 'failed'; readonly file: IndexedFile; readonly failure: FinalFailure }
  /** What a listing has, unless the file was published since the listing began. */
  | {
      readonly kind: 'listed';
      readonly file: IndexedFile;
      readonly found: PublishedFile | undefined;
      /** What the index had when the listing began. */
      readonly insteadOf: PublishedFile | undefined;
    }
  /** A pass no longer has the file, as when its experiment was removed. */
  | { readonly kind: 'removed'; readonly file: IndexedFile; readonly pass: number; readonly at: number };

/**
 * The entry after the note; undefined if nothing is left of it. Notes that come late move neither the source nor the
 * published file back, and a repeated note changes nothing.
 */
export function noteFile(known: FileEntry | undefined, note: FileNote): FileEntry | undefined {
  const entry = known ?? { file: note.file, pass: 0 };
  switch (note.kind) {
    case 'seen':
      return note.pass < entry.pass ? known : seen(entry, note);
    case 'published':
      return isLater(note.published, entry.published) ? published(entry, note.published) : known;
    case 'failed':
      return isNews(entry, note.failure) ? { ...entry, failure: note.failure } : known;
    case 'listed':
      if (!isSameObject(entry.published, note.insteadOf)) return known;
      return note.found === undefined ? withoutObject(known) : published(entry, note.found);
    case 'removed':
      return note.pass < entry.pass ? known : removed(known, note);
  }
}

/** Whether the published version has everything of the source's. */
export function isCovered(source: SourceVersion, by: PublishedFile | undefined): boolean {
  if (by === undefined) return false;
  const order = compareVersions(by.version, source);
  return order === 'same' || order === 'newer';
}

function seen(entry: FileEntry, note: SeenFile): FileEntry {
  const { pass, application = entry.application, lacking, reason, expectedSince, refusal } = note;
  const source = newestSource(entry.source, note.source);
  // What was missing since an earlier pass is not missing anew.
  const since = expectedSince === undefined ? undefined : (entry.expectedSince ?? expectedSince);
  const found = withNewer({ ...entry, application, lacking, reason, expectedSince: since, refusal, source });
  // Most passes find nothing new, and then there is nothing to write.
  return JSON.stringify(found) === JSON.stringify(entry) ? entry : { ...found, pass };
}

/** A source that is not there is none. Of two equal versions, the first sight counts. */
function newestSource(known: SeenSource | undefined, found: SeenSource | undefined): SeenSource | undefined {
  if (found === undefined || known === undefined) return found;
  const order = compareVersions(known.version, found.version);
  return order === 'same' || order === 'newer' ? known : found;
}

function published(entry: FileEntry, news: PublishedFile): FileEntry {
  const { failure, published: known } = entry;
  // Bytes that did not change stay the same object, with the same windows.
  const isSame = news.generation === undefined && known !== undefined;
  const file = isSame ? { ...news, generation: known.generation, at: known.at, windows: known.windows } : news;
  const isOver = failure !== undefined && (isCovered(failure.version, file) || failure.at <= file.at);
  return withNewer({ ...entry, published: file, failure: isOver ? undefined : failure });
}

/** Keeps the first version that is not published, and forgets it once it is. */
function withNewer(entry: FileEntry): FileEntry {
  const { source, newer, published: file } = entry;
  if (source === undefined || isCovered(source.version, file)) return { ...entry, newer: undefined };
  return { ...entry, newer: newer === undefined || isCovered(newer.version, file) ? source : newer };
}

function isLater(file: PublishedFile, known: PublishedFile | undefined): boolean {
  if (known === undefined) return true;
  const order = compareVersions(known.version, file.version);
  if (file.generation === known.generation && order === 'same') return false;
  return order === 'older' || (order !== 'newer' && file.at >= known.at);
}

function isSameObject(a: PublishedFile | undefined, b: PublishedFile | undefined): boolean {
  return a?.generation === b?.generation && a?.version === b?.version;
}

function isNews({ failure, published: file }: FileEntry, news: FinalFailure): boolean {
  if (file !== undefined && isCovered(news.version, file) && news.at <= file.at) return false;
  if (failure === undefined) return true;
  const order = compareVersions(failure.version, news.version);
  return order === 'older' || (order !== 'newer' && news.at > failure.at);
}

function withoutObject(known: FileEntry | undefined): FileEntry | undefined {
  if (known === undefined) return undefined;
  return withNewer({ ...known, published: undefined });
}

/** A file that stays published stays listed. */
function removed(
  known: FileEntry | undefined,
  { pass, at }: { readonly pass: number; readonly at: number },
): FileEntry | undefined {
  if (known?.published === undefined) return undefined;
  const { file, application, published: object, lacking } = known;
  const gone = lacking?.kind === 'gone' ? lacking : { kind: 'gone' as const, since: at, isForGood: true };
  return { file, application, pass, published: object, lacking: gone };
}
