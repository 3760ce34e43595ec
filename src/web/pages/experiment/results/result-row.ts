/** The rows of the results as the JSON and the CSV have them. */
import { z } from 'zod';
import { ANALYSIS_PERIODS } from '../../../../domain/analysis-period.ts';
import { CONSOLE_READINGS } from '../../../../domain/results/console-reading.ts';
import type { ExperimentResults } from '../../../../domain/results/experiment-results.ts';
import { RESULT_LABELS } from '../../../../domain/results/metric-results.ts';
import { READINGS } from '../../../../domain/results/reading.ts';
import type { CsvCell } from '../../../text/csv.ts';

const Value = z.number().nullable();

/** `point`, `lower` and `upper` are the relative uplift as a share: 0.024 is +2.4%. */
export const ResultRow = z.object({
  group: z.string(),
  metric: z.string(),
  name: z.string(),
  bigger_is_better: z.boolean().nullable(),
  statistic: z.string(),
  branch: z.string(),
  against: z.string().nullable(),
  period: z.enum(ANALYSIS_PERIODS),
  window: z.number().nullable(),
  segment: z.string(),
  basis: z.string(),
  point: Value,
  lower: Value,
  upper: Value,
  ci_width: Value,
  difference_point: Value,
  difference_lower: Value,
  difference_upper: Value,
  absolute_point: Value,
  absolute_lower: Value,
  absolute_upper: Value,
  reading: z.enum(READINGS),
  console_reading: z.enum(CONSOLE_READINGS),
  console_differs: z.string().nullable(),
  labels: z.array(z.enum(RESULT_LABELS)),
});
export type ResultRow = z.infer<typeof ResultRow>;

export const ROW_COLUMNS = Object.keys(ResultRow.shape) as readonly (keyof ResultRow)[];

/** In the order of the page. */
export function resultRows({ groups, choice }: Pick<ExperimentResults, 'groups' | 'choice'>): ResultRow[] {
  const { segment, basis } = choice;
  return groups.flatMap((group) =>
    group.metrics.flatMap(({ lines, metric, name, biggerIsBetter, statistic, source, window }) =>
      lines.map(({ branch, against, uplift, difference, absolute, ...line }) => ({
        group: group.key,
        metric,
        name,
        bigger_is_better: biggerIsBetter,
        statistic,
        branch,
        against,
        period: source,
        window,
        segment,
        basis,
        point: uplift?.point ?? null,
        lower: uplift?.lower ?? null,
        upper: uplift?.upper ?? null,
        ci_width: (uplift ?? difference ?? absolute)?.ciWidth ?? null,
        difference_point: difference?.point ?? null,
        difference_lower: difference?.lower ?? null,
        difference_upper: difference?.upper ?? null,
        absolute_point: absolute?.point ?? null,
        absolute_lower: absolute?.lower ?? null,
        absolute_upper: absolute?.upper ?? null,
        reading: line.reading,
        console_reading: line.consoleReading,
        console_differs: line.consoleDiffers,
        labels: [...line.labels],
      })),
    ),
  );
}

export function csvCells(row: ResultRow): CsvCell[] {
  return ROW_COLUMNS.map((column) => {
    const value = row[column];
    return Array.isArray(value) ? value.join('; ') : value;
  });
}
