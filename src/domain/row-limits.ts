/** Limits for reading tables that others write: the newest rows, and the beginning of each text. */
export interface RowLimits {
  readonly rows: number;
  /** Most characters of a text. */
  readonly characters: number;
}

/** Errors of one experiment: more than people read; tracebacks with whole queries fit. */
export const ERRORS_LIMITS: RowLimits = { rows: 10_000, characters: 20_000 };
/** Log rows of two weeks, for the alert rules. */
export const RECENT_LOGS_LIMITS: RowLimits = { rows: 100_000, characters: 2_000 };

/** Log rows of one experiment since its analysis began, for its trace. */
export const TRACE_LOGS_LIMITS: RowLimits = { rows: 20_000, characters: 2_000 };

/** One more of each, to notice that something was cut. */
export function beyond({ rows, characters }: RowLimits): RowLimits {
  return { rows: rows + 1, characters: characters + 1 };
}

export interface CutRows<Row> {
  readonly rows: readonly Row[];
  /** Whether there were more rows. */
  readonly isCut: boolean;
  /** Rows with a text that was too long. */
  readonly cutTexts: number;
}

/** Applies the limits to rows that were read with `beyond` them, newest first. */
export function cutRows<Row extends Readonly<Record<string, unknown>>>(
  read: readonly Row[],
  limits: RowLimits,
): CutRows<Row> {
  let cutTexts = 0;
  const rows = read.slice(0, limits.rows).map((row) => {
    if (!Object.values(row).some((value) => isTooLong(value, limits))) return row;
    cutTexts += 1;
    const cut = Object.entries(row).map(([name, value]) => [
      name,
      isTooLong(value, limits)
        ? `${Array.from(value)
            .slice(0, limits.characters - 1)
            .join('')}…`
        : value,
    ]);
    return Object.fromEntries(cut) as Row;
  });
  return { rows, isCut: read.length > limits.rows, cutTexts };
}

/** In code points, because warehouses count them. */
function isTooLong(value: unknown, { characters }: RowLimits): value is string {
  return typeof value === 'string' && value.length > characters && Array.from(value).length > characters;
}

/** What was cut, as a sentence; undefined if nothing was. */
export function whatWasCut<Row>(
  table: string,
  { isCut, cutTexts }: CutRows<Row>,
  limits: RowLimits,
): string | undefined {
  const parts = [
    ...(isCut ? [`only the newest ${limits.rows} rows are used`] : []),
    ...(cutTexts === 0
      ? []
      : [`texts of ${cutTexts} ${cutTexts === 1 ? 'row' : 'rows'} are cut to ${limits.characters} characters`]),
  ];
  return parts.length === 0 ? undefined : `Of ${table}, ${parts.join(', and ')}.`;
}
