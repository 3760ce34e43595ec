/** Files whose source lacks tables, as during a rerun of the analysis (spec: today, section 1). */
import type { AnalysisPeriod } from '../domain/analysis-period.ts';
import { METADATA } from '../domain/object-metadata.ts';
import { lastChanges } from '../domain/rerun/last-change.ts';
import {
  formatHeldNote,
  GONE,
  type HeldNote,
  heldNote,
  parseHeldNote,
  rebuildVerdict,
  UNREADABLE,
} from '../domain/rerun/rebuilding.ts';
import { parseWindows, type WindowList, windowsWithout } from '../domain/rerun/window-list.ts';
import type { WindowTables } from '../domain/rerun/window-tables.ts';
import { namePresentWindows } from '../domain/rerun/windows-text.ts';
import { type SourceVersion, timeOfVersion } from '../domain/source-version.ts';
import type { WallClock } from '../ports/clock.ts';
import type { StoredObject } from '../ports/object-store.ts';
import type { ListedTable, StatisticsSource } from '../ports/statistics-source.ts';

/** `gone`: the source has no table at all. `rebuilding`: windows of the published file are not back yet. */
export interface LackingSource {
  readonly kind: 'gone' | 'rebuilding';
  /** Since when, as far as it was seen, milliseconds since 1970; undefined: it was never noted. */
  readonly since: number | undefined;
  /** When the file that stays was published, milliseconds since 1970; undefined: there is none. */
  readonly publishedAt: number | undefined;
  /** The analysis never brings the tables back, as for a rolling holdback. */
  readonly isForGood?: true;
  /** What is back: `weeks 1, 2, 4 of 6`. */
  readonly windows?: string;
}

/** A note that an object should carry; without a version, none. */
export interface WantedNote {
  readonly object: string;
  readonly version: SourceVersion | undefined;
}

export interface ReadFile {
  readonly target: { readonly experiment: string; readonly period: AnalysisPeriod };
  /** The published object. */
  readonly object: StoredObject | undefined;
  /** Undefined: the source cannot be read. */
  readonly table: { readonly version: SourceVersion } | undefined;
}

/** `settled`: windows of the published file are lost for good. */
export type Completeness = { readonly kind: 'whole' | 'settled' } | LackingSource;

export interface CompletenessDependencies {
  readonly source: Pick<StatisticsSource, 'describeTables'>;
  readonly clock: WallClock;
  /** How long nothing must have moved before windows count as lost, milliseconds. */
  readonly settleMs: number;
}

export interface CompletenessRequest {
  readonly tables: WindowTables;
  /** What the tables were taken from. */
  readonly listing: readonly ListedTable[];
  readonly signal: AbortSignal;
}

/** Whether the sources have all windows of their files. Tables that are read as they are, not by window, count as whole. */
export async function completenessOf(
  { source, clock, settleMs }: CompletenessDependencies,
  files: readonly ReadFile[],
  { tables, listing, signal }: CompletenessRequest,
): Promise<(file: ReadFile) => Completeness> {
  const incomplete = files.filter((file) => lostWindows(file, tables).length > 0);
  const timed = incomplete.filter(({ table }) => table === undefined || timeOfVersion(table.version) !== undefined);
  const experiments = [...new Set(timed.map(({ target }) => target.experiment))];
  const describe = async (names: readonly string[]) => (await source.describeTables(names, signal, listing)).tables;
  const changes = await lastChanges(experiments, tables, describe);
  const now = clock.now();
  const found = new Map(
    incomplete.map((file): [ReadFile, Completeness] => {
      const { object, table } = file;
      const { experiment, period } = file.target;
      const published = publishedWindows(object);
      const since = noteOf(object, table?.version ?? UNREADABLE, now).since;
      const verdict = rebuildVerdict({
        published,
        present: tables.windowsOf(experiment, period),
        changedAt: changes.get(experiment),
        missingSince: since,
        now,
        settleMs,
      });
      if (verdict.kind !== 'rebuilding') return [file, { kind: verdict.kind }];
      const windows = namePresentWindows(period, { published, lost: verdict.lost });
      return [file, { kind: 'rebuilding', since, publishedAt: object?.changedAt, windows }];
    }),
  );
  return (file) => found.get(file) ?? { kind: 'whole' };
}

/** A source without any table, of which the view or the published object is left. */
export function goneSource(object: StoredObject | undefined, now: number): LackingSource {
  return {
    kind: 'gone',
    since: object === undefined ? undefined : noteOf(object, GONE, now).since,
    publishedAt: object?.changedAt,
  };
}

/** The note that the object should carry, unless it has it. Without a version it should have none. */
export function wantedNote(
  object: StoredObject | undefined,
  version: SourceVersion | undefined,
  now: number,
): WantedNote | undefined {
  if (object === undefined) return undefined;
  const known = object.metadata[METADATA.held];
  const wanted = version === undefined ? undefined : formatHeldNote(noteOf(object, version, now));
  return known === wanted ? undefined : { object: object.name, version };
}

function noteOf(object: StoredObject | undefined, version: SourceVersion, now: number): HeldNote {
  return heldNote(parseHeldNote(object?.metadata[METADATA.held] ?? ''), version, now);
}

function lostWindows({ target: { experiment, period }, object }: ReadFile, tables: WindowTables): WindowList {
  const published = publishedWindows(object);
  if (published.length === 0 || !tables.isByWindow(experiment, period)) return [];
  return windowsWithout(published, tables.windowsOf(experiment, period));
}

function publishedWindows(object: StoredObject | undefined): WindowList {
  return parseWindows(object?.metadata[METADATA.windows] ?? '') ?? [];
}
