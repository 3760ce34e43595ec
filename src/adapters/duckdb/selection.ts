/** Which values of a DuckDB vector to read. */

/**
 * The wanted values of a vector in their order: result k is value `indices[k]`, or value k without indices. Elements of
 * lists may be in another order than their rows.
 */
export interface Selection {
  readonly count: number;
  /** One more than the highest wanted value: the readable length of the vector. */
  readonly end: number;
  readonly indices: Int32Array | undefined;
}
