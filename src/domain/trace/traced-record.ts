/** What only the trace uses of an experiment's record. */
export interface TracedRecord {
  /** Slugs of the outcomes with priority `primary`, which is also the default. */
  readonly primaryOutcomes: readonly string[];
}
