/** The rows of the sample experiments as files, made without our code: what pages show is checked against them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { AnalysisPeriod } from '../../src/domain/analysis-period.ts';

const FOLDER = fileURLToPath(new URL('../../sample/tables/', import.meta.url));

const WINDOW_NAMES: Readonly<Record<AnalysisPeriod, string>> = {
  daily: 'day',
  weekly: 'week',
  days28: 'days28',
  overall: 'overall',
  preenrollment_weekly: 'preenrollment_week',
  preenrollment_days28: 'preenrollment_days28',
};

const Value = z
  .number()
  .nullish()
  .transform((value) => value ?? null);
const Text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const SampleRow = z.object({
  metric: z.string(),
  statistic: z.string(),
  parameter: Text,
  branch: z.string(),
  comparison: Text,
  comparison_to_branch: Text,
  ci_width: Value,
  point: Value,
  lower: Value,
  upper: Value,
  segment: z.string(),
  analysis_basis: z.string(),
});
export type SampleRow = z.infer<typeof SampleRow> & { readonly window_index: string };

/** In the order of windows. */
export function sampleRows(slug: string, period: AnalysisPeriod): SampleRow[] {
  const prefix = `statistics_${slug.replaceAll('-', '_')}_${WINDOW_NAMES[period]}_`;
  const windows = readdirSync(FOLDER)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ name, window: name.slice(prefix.length).replace('.ndjson.gz', '') }))
    .filter(({ window }) => /^\d+$/.test(window))
    .sort((a, b) => Number(a.window) - Number(b.window));
  return windows.flatMap(({ name, window }) =>
    gunzipSync(readFileSync(join(FOLDER, name)))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => ({ ...SampleRow.parse(JSON.parse(line)), window_index: window })),
  );
}
