/**
 * The rows of a statistics file as columns: a file of a hundred thousand rows takes some megabytes, and no object per row.
 * Rows with a parameter are points of a distribution; only where there are any is kept of them.
 */

/** Columns of texts, each with a dictionary. */
export const TEXT_COLUMNS = ['metric', 'statistic', 'branch', 'comparison', 'against', 'segment', 'basis'] as const;
export type TextColumn = (typeof TEXT_COLUMNS)[number];

export const NUMBER_COLUMNS = ['ciWidth', 'point', 'lower', 'upper'] as const;
export type NumberColumn = (typeof NUMBER_COLUMNS)[number];

/** What a distribution is of. */
export const DISTRIBUTION_COLUMNS = ['metric', 'statistic', 'segment', 'basis'] as const;
export type DistributionColumn = (typeof DISTRIBUTION_COLUMNS)[number];

/** The window of rows that have none, or one that is no number. */
export const NO_WINDOW = -(2 ** 31);

/** Plain data, so that a thread can hand it over without a copy. */
export interface ResultsTable {
  /** Rows in the columns. */
  readonly rowCount: number;
  /** Rows of the file. */
  readonly fileRows: number;
  /** Rows that name no metric, statistic, branch, segment or basis, or have a value that is no number. */
  readonly unreadableRows: number;
  readonly parameterRows: number;
  /** Dictionaries. The text of code 0 is empty and stands for null. */
  readonly texts: Readonly<Record<TextColumn, readonly string[]>>;
  readonly codes: Readonly<Record<TextColumn, Uint32Array<ArrayBuffer>>>;
  readonly windows: Int32Array<ArrayBuffer>;
  /** NaN: null. */
  readonly numbers: Readonly<Record<NumberColumn, Float64Array<ArrayBuffer>>>;
  /** One entry for each distribution, with codes of the same dictionaries. */
  readonly distributions: {
    readonly codes: Readonly<Record<DistributionColumn, Uint32Array<ArrayBuffer>>>;
    readonly windows: Int32Array<ArrayBuffer>;
  };
}

/** The memory of a table, in bytes; texts and arrays are counted with what surrounds them. */
export function tableBytes({ texts, codes, windows, numbers, distributions }: ResultsTable): number {
  const arrays = [
    ...Object.values(codes),
    windows,
    ...Object.values(numbers),
    ...Object.values(distributions.codes),
    distributions.windows,
  ];
  const words = Object.values(texts).flat();
  return (
    arrays.reduce((sum, array) => sum + array.byteLength + 100, 0) +
    words.reduce((sum, text) => sum + 2 * text.length + 50, 0)
  );
}
