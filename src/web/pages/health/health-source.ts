/** What the health page needs. `app/web/health-source.ts` reads it. */
import type { QueueLook } from '../../../ports/queue-watch.ts';
import type { Part } from '../../part.ts';
import type { HealthFile } from './health-file.ts';
import type { HealthRow, HealthTotals } from './health-rows.ts';
import type { HourCount } from './throughput.ts';
import type { UsualRange } from './usual.ts';

export interface HealthSource {
  /** The same for everybody who looks within 15 seconds. A source that fails costs its own part only. */
  read(signal: AbortSignal): Promise<HealthSnapshot>;
}

export interface HealthSnapshot {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
  readonly files: Part<HealthFiles>;
  readonly queues: Part<readonly QueueLook[]>;
  /** Undefined: no check has ended since the index of alerts is there. */
  readonly alerts: Part<AlertCounts | undefined>;
  readonly records: Part<HealthRecords>;
}

/** `building`: no scan has ended since the index is there, since it is new or was lost. */
export type HealthFiles = { readonly kind: 'building' } | KnownFiles;

export interface KnownFiles {
  readonly kind: 'files';
  /** Another one when the state of a file is another one. */
  readonly version: string;
  readonly files: readonly HealthFile[];
  readonly rows: readonly HealthRow[];
  readonly totals: HealthTotals;
  readonly applications: readonly string[];
  /** When a scan last looked at the files. */
  readonly checkedAt: number;
  /** Scans have been missed: nobody runs them any more. */
  readonly isOld: boolean;
  /** Why the scan knows less than it could: sentences. */
  readonly unread: readonly string[];
}

/** From the monitoring tables. */
export interface HealthRecords {
  readonly hours: readonly HourCount[];
  readonly publishedToday: number;
  readonly usuallyPublished?: UsualRange | undefined;
  /** Of the newest complete day whose costs are known, if there is one within a week. */
  readonly cost?: DayCost | undefined;
}

export interface DayCost {
  /** `2026-01-14`, in UTC. */
  readonly day: string;
  readonly usd: number;
  readonly usually?: UsualRange | undefined;
}

export interface AlertCounts {
  readonly open: number;
  /** Of the open ones. */
  readonly critical: number;
  readonly silenced: number;
  /** Open before, and cannot be checked now. */
  readonly noData: number;
  /** When they were checked, milliseconds since 1970. */
  readonly checkedAt: number;
}
