/** The records of the experiments API as they come, for the table that copies them. */
export interface ExperimentRecords {
  /** Where they come from, for messages. */
  readonly url: string;
  /** The body of a reply with status 2xx, parsed but not looked at. Throws EXPERIMENTS_UNREADABLE for any other. */
  fetch(signal: AbortSignal): Promise<unknown>;
}
