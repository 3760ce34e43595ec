/** What the API tells of errors. */
import { z } from 'zod';
import type { FoundLogRow } from '../../../domain/logs/log-questions.ts';
import { timestampText } from '../../../domain/utc-time.ts';
import type { Source } from '../../api/lists.ts';
import { type ErrorKind, isNewKind } from './error-kinds.ts';
import { LOGS_NAME } from './errors-source.ts';
import { errorId } from './find-error.ts';

const Text = z.string().nullable();

export const ErrorAnswer = z.object({
  id: z.string(),
  timestamp: z.string(),
  category: z.string(),
  is_critical: z.boolean(),
  is_warning: z.boolean(),
  experiment: Text,
  message: Text,
  log_level: Text,
  exception: Text,
  filename: Text,
  func_name: Text,
  exception_type: Text,
  source: Text,
  metric: Text,
  statistic: Text,
  analysis_basis: Text,
  segment: Text,
  analysis_period: Text,
});

export function errorAnswer(row: FoundLogRow): z.input<typeof ErrorAnswer> {
  return {
    id: errorId(row),
    timestamp: timestampText(row.at),
    category: row.category,
    is_critical: row.isCritical,
    is_warning: row.isWarning,
    ...row.columns,
  };
}

export const KindAnswer = z.object({
  id: z.string(),
  exception_type: Text,
  shape: z.string(),
  example: z.string(),
  rows: z.int(),
  critical: z.int(),
  experiments: z.array(z.string()),
  first: z.string(),
  last: z.string(),
  is_new: z.boolean(),
  /** Rows of each of the last 14 days of the range, the oldest first. */
  days: z.array(z.int()),
});

export function kindAnswer(kind: ErrorKind, now: number): z.input<typeof KindAnswer> {
  const { id, exceptionType, shape, example, rows, critical, experiments, first, last, days } = kind;
  return {
    id,
    exception_type: exceptionType,
    shape,
    example,
    rows,
    critical,
    experiments: [...experiments],
    first: timestampText(first),
    last: timestampText(last),
    is_new: isNewKind(kind, now),
    days: [...days],
  };
}

/** When the logs were read. */
export function logsRead({ at, trouble = null }: { readonly at: number; readonly trouble?: string | null }) {
  const asOf = new Date(at).toISOString();
  const source: Source = { name: LOGS_NAME, problem: trouble, as_of: asOf };
  return { as_of: asOf, sources: [source] };
}
