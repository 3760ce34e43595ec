/** Files that wait for tables which a rerun of the analysis has deleted (spec: today, section 1). */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../domain/analysis-period.ts';
import { METADATA } from '../../domain/object-metadata.ts';
import { parseWindows, windowsWithout } from '../../domain/rerun/window-list.ts';
import { type TableEntry, WindowTables } from '../../domain/rerun/window-tables.ts';
import { namePresentWindows } from '../../domain/rerun/windows-text.ts';
import type { RebuildingPeriods } from '../../domain/trace/reason-text.ts';
import type { ObjectMetadata } from '../../ports/object-store.ts';

/** Periods with some tables, but not those of all windows of the published file. */
export function rebuildingPeriods(
  experiment: string,
  listing: readonly TableEntry[],
  files: ReadonlyMap<AnalysisPeriod, ObjectMetadata>,
): RebuildingPeriods {
  const tables = new WindowTables(listing);
  return new Map(
    ANALYSIS_PERIODS.flatMap((period) => {
      const published = parseWindows(files.get(period)?.[METADATA.windows] ?? '') ?? [];
      if (published.length === 0 || !tables.isByWindow(experiment, period)) return [];
      const lost = windowsWithout(published, tables.windowsOf(experiment, period));
      return lost.length === 0 ? [] : [[period, namePresentWindows(period, { published, lost })] as const];
    }),
  );
}
