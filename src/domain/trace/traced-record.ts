/** The fields of an experiment's record that only the trace uses. */
export interface TracedRecord {
  readonly isRollout: boolean;
  /** It enrolls for as long as it runs. */
  readonly isHoldback: boolean;
  /** Its analysis was requested again as a whole; then only reruns analyse it. */
  readonly doRerun: boolean;
  /** Slugs of the outcomes with priority `primary`, which is also the default. */
  readonly primaryOutcomes: readonly string[];
}
