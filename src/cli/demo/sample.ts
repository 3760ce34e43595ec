/** The sample data of the project. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { StatisticsView } from '../../adapters/duckdb/load-statistics.ts';
import type { RecordRow } from '../../ports/record-sink.ts';

const FOLDER = fileURLToPath(new URL('../../../sample/', import.meta.url));

/** The part of metric-hub that the sample's experiments need. */
export const SAMPLE_METRIC_HUB = join(FOLDER, 'metric-hub');
/** Queries of the demo. */
export const SAMPLE_QUERIES = join(FOLDER, 'queries.toml');
const DAY_MS = 86_400_000;
/** "Today" in the sample. */
const SAMPLE_TODAY = '2026-01-15';
/** Invented records, whose dates are moved to today. The other records are real and keep their dates. */
const INVENTED = /-three-way$/;

const Cases = z.object({
  cases: z.array(z.object({ experiment: z.string(), view: z.string(), tables: z.array(z.string()) })),
});

const LogRow = z.object({ timestamp: z.string() }).catchall(z.string().nullable());

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

/** The experiments of the sample as the API would list them; dates of invented ones are moved to today. */
export function sampleExperiments(now: number): object[] {
  const records = Records.parse(JSON.parse(readFileSync(join(FOLDER, 'experiments.json'), 'utf8')));
  const days = daysSinceSample(now);
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

/** Path of the job history of the sample's warehouse. */
export const SAMPLE_JOBS = join(FOLDER, 'jobs_by_project.ndjson');

/** Days from the sample's "today" to the real one. */
export function daysSinceSample(now: number): number {
  return Math.floor(now / DAY_MS) - Date.parse(SAMPLE_TODAY) / DAY_MS;
}

/** Log rows of the analysis for the last two weeks. */
export function sampleLogs(now: number): RecordRow[] {
  const lines = readFileSync(join(FOLDER, 'logs.ndjson'), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const row = LogRow.parse(JSON.parse(line));
      const [date = '', time = ''] = row.timestamp.split(' ');
      return { ...row, timestamp: `${shiftDate(date, daysSinceSample(now))}T${time}Z` };
    });
}

/** The enrollment counts as the other system writes them. */
export function sampleEnrollmentCounts(): Buffer {
  return readFileSync(join(FOLDER, 'enrollment_counts_latest.json'));
}

/** The enrollment funnel as the other system writes it. */
export function sampleEnrollmentFunnel(): Buffer {
  return readFileSync(join(FOLDER, 'enrollment_funnel_v1_latest.json'));
}

function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}
