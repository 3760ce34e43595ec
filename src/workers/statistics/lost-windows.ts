/**
 * Whether a file that was just written may replace one with more windows (spec: today, section 1). Planning has looked at
 * the tables before, but a rerun can delete them between planning and reading, or while they are read. So the windows that
 * were read are compared with those of the published object, right before it would be replaced.
 */
import type { AnalysisPeriod } from '../../domain/analysis-period.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import type { Warning } from '../../domain/outcome.ts';
import { lastChanges } from '../../domain/rerun/last-change.ts';
import { heldNote, parseHeldNote, rebuildVerdict, UNREADABLE } from '../../domain/rerun/rebuilding.ts';
import { joinWindows, parseWindows, type WindowList, windowsWithout } from '../../domain/rerun/window-list.ts';
import { WindowTables } from '../../domain/rerun/window-tables.ts';
import { namePresentWindows, nameWindows } from '../../domain/rerun/windows-text.ts';
import { type SourceVersion, timeOfVersion } from '../../domain/source-version.ts';
import { statisticsObjectName, statisticsTableName } from '../../domain/statistics-name.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ListedTable, StatisticsSource } from '../../ports/statistics-source.ts';
import type { Nothing } from '../publish/content.ts';
import type { SeenObject } from '../publish/seen-object.ts';
import { noteHeld } from './note-held.ts';

export interface LossDependencies {
  readonly source: Pick<StatisticsSource, 'listTables' | 'describeTables'>;
  readonly store: ObjectStore;
  readonly clock: WallClock;
  /** How long nothing must have moved before windows count as lost. */
  readonly settleMs: number;
}

export interface Opening {
  readonly experiment: string;
  readonly period: AnalysisPeriod;
  /** The object to be replaced. */
  readonly before: SeenObject | undefined;
  /** A person wants what is there. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface Replacement extends Opening {
  /** The windows of the new file, and the version of its source. */
  readonly windows: WindowList;
  readonly version: SourceVersion;
}

/** Nothing, if the old file must stay; else what is to be said about windows that it had. */
export async function judgeLostWindows(
  deps: LossDependencies,
  replacement: Replacement,
): Promise<Nothing | readonly Warning[]> {
  const { period, windows, version, force } = replacement;
  const published = publishedWindows(replacement.before);
  const lost = windowsWithout(published, windows);
  if (lost.length === 0) return [];
  const warning: Warning = {
    kind: 'windows',
    message: `The published file had rows of ${nameWindows(period, lost)}; this one has none.`,
  };
  if (force) return [warning];
  const { experiment, signal } = replacement;
  const listing = await deps.source.listTables(signal);
  const tables = new WindowTables(listing);
  const table = statisticsTableName(experiment, period);
  const { tables: described } = await deps.source.describeTables([table], signal, listing);
  const isUnchanged = described[0]?.version === version;
  if (isUnchanged && !tables.isByWindow(experiment, period)) return [warning];
  // If no table has changed since the file was read, windows without rows are there all the same.
  const present = isUnchanged ? joinWindows(windows, tables.windowsOf(experiment, period)) : windows;
  return (await holdWhileRebuilding(deps, replacement, { listing, present, version })) ?? [warning];
}

/** Nothing, if a source cannot be read because tables of published windows are not back yet. */
export async function judgeUnreadable(deps: LossDependencies, opening: Opening): Promise<Nothing | undefined> {
  if (opening.force || publishedWindows(opening.before).length === 0) return undefined;
  const listing = await deps.source.listTables(opening.signal);
  const tables = new WindowTables(listing);
  const { experiment, period } = opening;
  if (!tables.isByWindow(experiment, period)) return undefined;
  const present = tables.windowsOf(experiment, period);
  return holdWhileRebuilding(deps, opening, { listing, present, version: UNREADABLE });
}

interface Seen {
  readonly listing: readonly ListedTable[];
  readonly present: WindowList;
  readonly version: SourceVersion;
}

async function holdWhileRebuilding(
  deps: LossDependencies,
  { experiment, period, before, signal }: Opening,
  { listing, present, version }: Seen,
): Promise<Nothing | undefined> {
  const now = deps.clock.now();
  const published = publishedWindows(before);
  const changes = await lastChanges([experiment], new WindowTables(listing), async (names) =>
    timeOfVersion(version) === undefined ? [] : (await deps.source.describeTables(names, signal, listing)).tables,
  );
  const verdict = rebuildVerdict({
    published,
    present,
    changedAt: changes.get(experiment),
    missingSince: heldNote(parseHeldNote(before?.metadata[METADATA.held] ?? ''), version, now).since,
    now,
    settleMs: deps.settleMs,
  });
  if (verdict.kind !== 'rebuilding') return undefined;
  await noteHeld(deps, { name: statisticsObjectName(experiment, period), version, signal });
  const reason = `rebuilding: ${namePresentWindows(period, { published, lost: verdict.lost })}`;
  return { kind: 'nothing', reason, source: 'rebuilding' };
}

function publishedWindows(before: SeenObject | undefined): WindowList {
  return parseWindows(before?.metadata[METADATA.windows] ?? '') ?? [];
}
