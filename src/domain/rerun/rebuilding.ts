/**
 * Whether the tables of a file are being made anew (spec: today, section 1). A rerun deletes an experiment's tables and
 * brings them back one by one, in any order. A file must not lose windows meanwhile.
 */
import type { SourceVersion } from '../source-version.ts';
import { type WindowList, windowsWithout } from './window-list.ts';

/** Since when windows, or the whole source, have been missing. A deleted table leaves no time behind, so it is noted at the file. */
export interface HeldNote {
  /** Milliseconds since 1970. */
  readonly since: number;
  /** The version of the source at that time, GONE, or UNREADABLE. */
  readonly version: SourceVersion;
}

/** The version of a source that is gone, and of one that cannot be read. */
export const GONE = 'gone';
export const UNREADABLE = 'unreadable';

const NOTE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,100})$/;

/** `2026-06-29T21:30:00.000Z gone`. */
export function formatHeldNote({ since, version }: HeldNote): string {
  return `${new Date(since).toISOString()} ${version}`;
}

/** Undefined for a text that is no note. */
export function parseHeldNote(text: string): HeldNote | undefined {
  const [, time, version] = NOTE.exec(text) ?? [];
  const since = Date.parse(time ?? '');
  return version === undefined || Number.isNaN(since) ? undefined : { since, version };
}

/** The note that a file should carry: the one it has if that is of this version, else one of now. */
export function heldNote(before: HeldNote | undefined, version: SourceVersion, now: number): HeldNote {
  return before?.version === version && before.since <= now ? before : { since: now, version };
}

export interface RebuildFacts {
  /** The windows of the published file. */
  readonly published: WindowList;
  /** The windows that the source has now. */
  readonly present: WindowList;
  /** When a table of the experiment last changed, milliseconds since 1970, if the warehouse keeps times. */
  readonly changedAt: number | undefined;
  /** Since when windows have been missing. */
  readonly missingSince: number;
  readonly now: number;
  /** How long nothing must have moved for the tables to count as complete. */
  readonly settleMs: number;
}

/** `whole`: no window is lost. `rebuilding`: some may come back. `settled`: nothing has moved for a while, so they are lost. */
export type RebuildVerdict =
  { readonly kind: 'whole' } | { readonly kind: 'rebuilding' | 'settled'; readonly lost: WindowList };

export function rebuildVerdict({
  published,
  present,
  changedAt,
  missingSince,
  now,
  settleMs,
}: RebuildFacts): RebuildVerdict {
  const lost = windowsWithout(published, present);
  if (lost.length === 0) return { kind: 'whole' };
  const movedAt = Math.max(missingSince, changedAt ?? missingSince);
  return { kind: now - movedAt >= settleMs ? 'settled' : 'rebuilding', lost };
}
