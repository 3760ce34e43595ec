/** Categories of log rows (spec: monitoring, section 4). `error-category-sql.ts` makes the view from the same rules. */
import { SKIPPED_EXCEPTIONS } from './expected-exceptions.ts';

/** The columns that decide a row's category; all may be NULL. */
export interface CategorisedColumns {
  readonly experiment: string | null;
  readonly message: string | null;
  readonly log_level: string | null;
  readonly filename: string | null;
  readonly func_name: string | null;
  readonly exception_type: string | null;
}

export type CategorisedColumn = keyof CategorisedColumns;

/** A condition on one row. Text matching is case-sensitive; NULL matches only `isNull`. */
export type RowCondition =
  | { readonly kind: 'isOneOf'; readonly column: CategorisedColumn; readonly values: readonly string[] }
  | { readonly kind: 'isNull'; readonly column: CategorisedColumn }
  | { readonly kind: 'contains'; readonly column: CategorisedColumn; readonly text: string }
  /** The text begins with `start`, and `later` comes somewhere after it. */
  | {
      readonly kind: 'beginsThenContains';
      readonly column: CategorisedColumn;
      readonly start: string;
      readonly later: string;
    }
  | { readonly kind: 'all'; readonly of: readonly RowCondition[] }
  | { readonly kind: 'any'; readonly of: readonly RowCondition[] };

export const ERROR_CATEGORIES = [
  'library_warning',
  'skipped',
  'resources',
  'data',
  'configuration',
  'valid_degradation',
  'jetstream_failure',
  'informational',
  'uncategorized',
] as const;

export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];

export interface CategoryRule {
  readonly category: ErrorCategory;
  readonly when: RowCondition;
}

/** The first matching rule decides; without one the row is `uncategorized`. */
export const CATEGORY_RULES: readonly CategoryRule[] = [
  {
    category: 'library_warning',
    when: all(isOneOf('log_level', 'WARNING'), isOneOf('filename', 'metrics.py', 'functions.py', 'segments.py'), {
      kind: 'isNull',
      column: 'experiment',
    }),
  },
  { category: 'skipped', when: isOneOf('exception_type', ...SKIPPED_EXCEPTIONS) },
  {
    category: 'resources',
    when: any(
      contains('message', 'Resources exceeded'),
      contains('message', 'Operation timed out'),
      isOneOf('exception_type', 'KilledWorker'),
    ),
  },
  {
    category: 'data',
    when: all(
      isOneOf('filename', 'statistics.py'),
      isOneOf('func_name', 'transform'),
      isOneOf('exception_type', 'StatisticComputationException'),
    ),
  },
  {
    category: 'configuration',
    when: any(
      contains('message', 'not found inside m at'),
      contains('message', 'not found inside during at'),
      contains('message', 'Unrecognized name'),
      { kind: 'beginsThenContains', column: 'message', start: 'Column name', later: 'not found' },
      all(isOneOf('filename', 'cli.py'), isOneOf('func_name', '_experiments_to_configs')),
    ),
  },
  { category: 'valid_degradation', when: isOneOf('log_level', 'WARNING') },
  { category: 'jetstream_failure', when: isOneOf('log_level', 'ERROR', 'CRITICAL') },
  { category: 'informational', when: isOneOf('log_level', 'DEBUG', 'INFO') },
];

/** The category of a log row. */
export function errorCategory(row: CategorisedColumns): ErrorCategory {
  return CATEGORY_RULES.find((rule) => matches(row, rule.when))?.category ?? 'uncategorized';
}

function matches(row: CategorisedColumns, condition: RowCondition): boolean {
  switch (condition.kind) {
    case 'all':
      return condition.of.every((part) => matches(row, part));
    case 'any':
      return condition.of.some((part) => matches(row, part));
    case 'isNull':
      return row[condition.column] === null;
    case 'isOneOf': {
      const value = row[condition.column];
      return value !== null && condition.values.includes(value);
    }
    case 'contains':
      return row[condition.column]?.includes(condition.text) ?? false;
    case 'beginsThenContains': {
      const text = row[condition.column] ?? '';
      return text.startsWith(condition.start) && text.includes(condition.later, condition.start.length);
    }
  }
}

function isOneOf(column: CategorisedColumn, ...values: string[]): RowCondition {
  return { kind: 'isOneOf', column, values };
}

function contains(column: CategorisedColumn, text: string): RowCondition {
  return { kind: 'contains', column, text };
}

function all(...of: RowCondition[]): RowCondition {
  return { kind: 'all', of };
}

function any(...of: RowCondition[]): RowCondition {
  return { kind: 'any', of };
}
