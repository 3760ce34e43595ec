/** What the rules of the Experimenter console need of an experiment's record (spec: statistics, section 4). */
export interface ConsoleRecord {
  /** Whether an outcome has priority `primary`, which is also what one without a priority has. */
  readonly isPrimary: boolean;
  /** Slugs of the branches; absent where the record does not tell. */
  readonly branches?: readonly string[] | undefined;
  /** The record says that there is no reference branch. */
  readonly lacksReferenceBranch: boolean;
}
