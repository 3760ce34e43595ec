/** What the page of alerts needs. */
import type { AlertRow } from '../../../alerts/row.ts';
import type { NotedAlert } from '../../../alerts/snapshot.ts';

export interface AlertsReading {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** When the newest check ran; null: unknown. */
  readonly checkedAt: number | null;
  /** Unresolved alerts, and those resolved since `since`. */
  readonly alerts: readonly NotedAlert[];
  /** The newest row of each silence. */
  readonly silences: readonly AlertRow[];
  /** Sources that did not answer, with a sentence. */
  readonly problems: readonly { readonly name: string; readonly problem: string }[];
}

export interface AlertsSource {
  /** Alerts that are unresolved, or were resolved since then (milliseconds since 1970). */
  read(since: number, signal: AbortSignal): Promise<AlertsReading>;
  /** Notes a silence, or that one was lifted; the next check of the alerts heeds it. Throws if that cannot be noted. */
  silence(row: AlertRow): Promise<void>;
}
