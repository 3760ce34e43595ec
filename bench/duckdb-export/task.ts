/** What the processes of this question are told to do, and what they answer. */
export interface Task {
  /**
   * `export`: our whole export. `copy`: DuckDB writes the same rows in the same order. `sample`: our export again, with
   * garbage collections between, to see what it holds on to.
   */
  readonly kind: 'export' | 'copy' | 'sample';
  readonly database: string;
  /** A folder for what is written. */
  readonly target: string;
  /** How many rows the table has. */
  readonly rows: number;
}

export interface TaskResult {
  /** From opening the DuckDB file until the JSON file is in place; loading the program is not in it. */
  readonly seconds: number;
  /** The most memory the process ever had, DuckDB's included, in MiB. */
  readonly peakRssMib: number;
  /** Of `sample`: the most that our side of DuckDB held on to, heap and buffers, in MiB. */
  readonly peakHeldMib: number;
}
