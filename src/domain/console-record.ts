/** The part of an experiment's record that the console's rules use (spec: statistics, section 4). */
export interface ConsoleRecord {
  /** Whether an outcome has priority `primary`, which is also the default. */
  readonly isPrimary: boolean;
  /** Slugs of the branches; absent if the record has none. */
  readonly branches?: readonly string[] | undefined;
  /** The record says that there is no reference branch. */
  readonly lacksReferenceBranch: boolean;
}
