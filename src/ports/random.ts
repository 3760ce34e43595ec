/** Randomness as a port, so that a simulation can repeat it. */
export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  /** A UUID of version 4. */
  uuid(): string;
}
