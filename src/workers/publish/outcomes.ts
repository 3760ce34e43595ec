/** How publications end, with their facts. */
import { METADATA } from '../../domain/object-metadata.ts';
import type { JobOutcome } from '../../domain/outcome.ts';
import type { Generation } from '../../ports/object-store.ts';
import type { BodyFacts, Content, Nothing } from './content.ts';
import type { SeenObject } from './seen-object.ts';

/** The object, and where a person finds it. */
export interface Place {
  readonly object: string;
  readonly location: string;
}

export function skippedOutcome({ reason, source }: Nothing): JobOutcome {
  return { kind: 'skipped', reason, ...(source === undefined ? {} : { source }) };
}

/** The object stays as it is. */
export function settledOutcome(settlement: 'current' | 'newer', place: Place): JobOutcome {
  return settlement === 'current'
    ? { kind: 'skipped', reason: 'the file is current', ...place }
    : { kind: 'superseded', reason: 'the file is newer than the source', ...place };
}

/** Where the time of a publication went, milliseconds. */
export interface PublishTimes {
  /** Until the body was read and written. */
  readonly readMs: number;
  /** From then until it was in place. */
  readonly publishMs: number;
}

export interface InPlace {
  readonly place: Place;
  readonly content: Pick<Content, 'source' | 'sourceVersion'>;
  readonly facts: BodyFacts;
  readonly durationMs: number;
  /** Of the new bytes; absent where the bytes stayed. */
  readonly generation?: Generation;
  /** Absent where an earlier try has published. */
  readonly times?: PublishTimes;
}

/** `published` where there are new bytes, else `unchanged`. */
export function inPlaceOutcome({ place, content, facts, durationMs, generation, times }: InPlace): JobOutcome {
  return {
    kind: generation === undefined ? 'unchanged' : 'published',
    ...place,
    source: content.source,
    sourceVersion: content.sourceVersion,
    rows: facts.rows,
    rejected: facts.rejected,
    dropped: facts.dropped,
    duplicates: facts.duplicates,
    bytes: facts.bytes,
    warnings: facts.warnings,
    durationMs,
    ...(times === undefined ? {} : { readMs: Math.round(times.readMs), publishMs: Math.round(times.publishMs) }),
    ...(facts.sourceRows === undefined ? {} : { sourceRows: facts.sourceRows }),
    ...(facts.usage === undefined ? {} : { usage: facts.usage() }),
    ...(generation === undefined ? {} : { generation }),
  };
}

/** What an object tells of its body, which an earlier attempt has published. What it was warned of, nobody knows any more. */
export function recalledFacts({ metadata, bytes = 0 }: SeenObject): BodyFacts {
  const count = (key: string): number => Number(metadata[key] ?? 0);
  const [rows, rejected] = [count(METADATA.rows), count(METADATA.rejected)];
  const [dropped, duplicates] = [count(METADATA.dropped), count(METADATA.duplicates)];
  // Each row of the source is in the file or counted among those left out.
  const sourceRows = rows + rejected + dropped + duplicates;
  return { rows, rejected, dropped, duplicates, bytes, warnings: [], leftOut: [], sourceRows };
}
