/** Which values of one of DuckDB's vectors are read. */

/**
 * Which values of a vector are wanted, in which order: position k of the result is value `indices[k]`, or value k
 * where there are no indices. Elements of lists need not lie in the order of their rows.
 */
export interface Selection {
  readonly count: number;
  /** One more than the highest value wanted: so much of the vector is there to be read. */
  readonly end: number;
  readonly indices: Int32Array | undefined;
}
