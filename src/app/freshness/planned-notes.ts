/** What a plan of everything says about each file, as notes for the freshness index. */
import type { FileEntry, IndexedFile, PublishedFile, SeenSource } from '../../domain/freshness/file-entry.ts';
import { keyOfFile } from '../../domain/freshness/file-key.ts';
import { type FileNote, noteFile, type SeenFile } from '../../domain/freshness/file-note.ts';
import { timeOfVersion } from '../../domain/source-version.ts';
import type { LackingSource } from '../../producer/lacking-sources.ts';
import type { FoundVersions, PlannedFile, ProductPlan } from '../../producer/product-plan.ts';
import { publishedFileOf } from './published-file.ts';

export interface PlannedPass {
  /** The number of the pass. */
  readonly pass: number;
  /** What the index had before the plan was made. */
  readonly known: readonly FileEntry[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Only notes that change something. */
export function plannedNotes(plan: ProductPlan, { pass, known, now }: PlannedPass): FileNote[] {
  const entries = new Map(known.map((entry) => [keyOfFile(entry.file), entry]));
  const seen = seenFiles(plan, { pass, now });
  const notes = seen.flatMap(({ note, found }): FileNote[] => {
    const { file } = note;
    const entry = entries.get(keyOfFile(file));
    // A plan that does not tell what is published leaves that as it was.
    if (found === undefined) return changing(entry, [note]);
    const listed = { kind: 'listed', file, found: objectOf(found), insteadOf: entry?.published } as const;
    return changing(entry, [listed, note]);
  });
  return [...notes, ...removals(plan, { pass, known, now }, seen)];
}

interface Seen {
  readonly note: SeenFile;
  readonly found: FoundVersions | undefined;
}

function seenFiles(plan: ProductPlan, { pass, now }: Pick<PlannedPass, 'pass' | 'now'>): Seen[] {
  const seen = (planned: PlannedFile, facts: Partial<SeenFile>): Seen => {
    const { found } = planned;
    const file = fileOf(planned);
    const application = plan.applications.get(file.experiment);
    const note = { kind: 'seen', file, application, pass, source: sourceOf(found, now), ...facts } as const;
    return { note, found };
  };
  return [
    ...plan.due.map((file) => seen(file, {})),
    ...plan.skipped.map((file) => seen(file, file.lacking === undefined ? {} : { lacking: tablesOf(file.lacking) })),
    ...plan.refused.map((file) => seen(file, { refusal: { code: file.error.code, sentence: file.error.sentence } })),
    ...plan.absent
      .filter(({ isExpected }) => isExpected !== 'unknown')
      .map((file) =>
        seen(
          { ...file, found: file.found ?? { source: undefined, object: undefined } },
          {
            ...(file.isExpected === true ? { expectedSince: now } : {}),
            ...(file.reason === undefined ? {} : { reason: file.reason }),
          },
        ),
      ),
  ];
}

/** Files that no longer have an experiment; none if part of the plan is missing. */
function removals(plan: ProductPlan, { pass, known, now }: PlannedPass, seen: readonly Seen[]): FileNote[] {
  if (plan.failures.length > 0 || plan.malformed.some(({ slug }) => slug === undefined)) return [];
  const kept = new Set(seen.map(({ note }) => keyOfFile(note.file)));
  for (const file of plan.absent) kept.add(keyOfFile(fileOf(file)));
  const malformed = new Set(plan.malformed.map(({ slug }) => slug));
  return known.flatMap((entry) => {
    const { file } = entry;
    if (kept.has(keyOfFile(file)) || malformed.has(file.experiment)) return [];
    return changing(entry, [{ kind: 'removed', file, pass, at: now }]);
  });
}

function changing(entry: FileEntry | undefined, notes: readonly FileNote[]): FileNote[] {
  let after = entry;
  for (const note of notes) after = noteFile(after, note);
  return JSON.stringify(after) === JSON.stringify(entry) ? [] : [...notes];
}

function fileOf({ product, experiment, period }: PlannedFile): IndexedFile {
  return { product, experiment, ...(period === undefined ? {} : { period }) };
}

function sourceOf(found: FoundVersions | undefined, now: number): SeenSource | undefined {
  if (found?.source === undefined) return undefined;
  const changedAt = timeOfVersion(found.source);
  return { version: found.source, ...(changedAt === undefined ? {} : { changedAt }), seenAt: now };
}

function objectOf({ object }: FoundVersions): PublishedFile | undefined {
  return object === undefined ? undefined : publishedFileOf(object);
}

function tablesOf({ kind, since, windows, isForGood }: LackingSource): NonNullable<FileEntry['lacking']> {
  return {
    kind,
    ...(since === undefined ? {} : { since }),
    ...(windows === undefined ? {} : { windows }),
    ...(isForGood === undefined ? {} : { isForGood }),
  };
}
