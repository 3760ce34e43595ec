/** What the rules of the Experimenter console need of an experiment's record (spec: statistics, section 4). */
export interface ConsoleRecord {
  /** Whether an outcome has priority `primary`, which is also what one without a priority has. */
  readonly isPrimary: boolean;
  /** Slugs of the branches. */
  readonly branches: readonly string[];
  readonly referenceBranch: string | null;
}
