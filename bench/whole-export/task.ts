/** One export, as a process of its own is asked for it. */
import type { Measured } from '../support/child.ts';

export interface Task {
  /** Ours; the plain Node way; row objects of apache-arrow over the raw Storage Read client. */
  readonly kind: 'ours' | 'plain' | 'arrow';
  readonly restUrl: string;
  readonly grpcAddress: string;
  readonly storageUrl: string;
  readonly experiment: string;
  /** As a planned job does it, with what the planner has seen of table and object. */
  readonly isPlanned?: boolean;
}

export interface TaskResult extends Measured {
  readonly rows: number;
}
