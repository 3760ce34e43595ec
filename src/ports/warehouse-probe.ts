/** Tries the rights that Contrail needs in the warehouse, without writing and without being billed. */
export interface WarehouseProbe {
  /** Where the warehouse is, for people: `bigquery://my-project in US`. */
  readonly place: string;
  /**
   * The project whose quota requests count against, if the credentials name one; undefined where there are no quotas. Throws
   * if there are no credentials.
   */
  quotaProject(signal: AbortSignal): Promise<{ readonly named: string | undefined } | undefined>;
  /** Reading a table or view of the results. Throws the error that reading it would meet. */
  readResults(table: string, signal: AbortSignal): Promise<void>;
  /** The rights to change or remove that table or view, which Contrail should not have; undefined where there are no rights. */
  needlessRights(table: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** Writing rows to the monitoring tables, or creating them. Throws the error that writing would meet. */
  writeRecords(signal: AbortSignal): Promise<void>;
  /** Listing the jobs of the project, for the cost of queries. Throws the error that listing would meet. */
  readJobs(signal: AbortSignal): Promise<void>;
}
