/** The sample that the project carries: where it is, and what is in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { StatisticsView } from '../../adapters/duckdb/load-statistics.ts';

const FOLDER = fileURLToPath(new URL('../../../sample/', import.meta.url));

/** A part of metric-hub: the definitions that the sample's experiments need. */
export const SAMPLE_METRIC_HUB = join(FOLDER, 'metric-hub');
const DAY_MS = 86_400_000;
/** The day on which the sample plays. */
const SAMPLE_TODAY = '2026-01-15';
/** Records that were made for the sample; the others are real ones, whose dates mean something. */
const INVENTED = /-three-way$/;

const Cases = z.object({
  cases: z.array(z.object({ experiment: z.string(), view: z.string(), tables: z.array(z.string()) })),
});

const DateOrNull = z.iso.date().nullable();
const Records = z.array(
  z.looseObject({
    slug: z.string(),
    startDate: DateOrNull,
    endDate: DateOrNull,
    enrollmentEndDate: DateOrNull,
  }),
);

/** The views of the sample and the files with the rows of their tables. */
export function sampleViews(): StatisticsView[] {
  const { cases } = Cases.parse(JSON.parse(readFileSync(join(FOLDER, 'cases.json'), 'utf8')));
  return cases.map(({ view, tables }) => ({
    view,
    tables: tables.map((table) => ({ table, path: join(FOLDER, 'tables', `${table}.ndjson.gz`) })),
  }));
}

/** The experiments of the sample as the API would list them, the invented ones as if the sample played today. */
export function sampleExperiments(now: number): object[] {
  const records = Records.parse(JSON.parse(readFileSync(join(FOLDER, 'experiments.json'), 'utf8')));
  const days = Math.floor(now / DAY_MS) - Date.parse(SAMPLE_TODAY) / DAY_MS;
  const shift = (date: string | null): string | null => (date === null ? null : shiftDate(date, days));
  return records.map((record) =>
    INVENTED.test(record.slug)
      ? {
          ...record,
          startDate: shift(record.startDate),
          endDate: shift(record.endDate),
          enrollmentEndDate: shift(record.enrollmentEndDate),
        }
      : record,
  );
}

function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
