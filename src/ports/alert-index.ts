/**
 * The alerts as of the newest check, and the silences of people, shared by all processes. Silences are noted here first; the
 * next check finds them and copies them to `alerts_v1`. It can be lost at any time: the next check notes the alerts again, and
 * the copied silences go on.
 */
import type { AlertRow } from '../alerts/row.ts';
import type { AlertSnapshot } from '../alerts/snapshot.ts';

export interface AlertIndex {
  /** The alerts of the newest check; undefined: none has ended since the index was lost. */
  read(): Promise<AlertSnapshot | undefined>;
  /** Notes what a check found. False, and nothing is noted, if a later check has noted its alerts already. */
  note(snapshot: AlertSnapshot): Promise<boolean>;
  /** The newest row of each silence that somebody made or lifted; those that ended more than a day ago are forgotten. */
  silences(): Promise<readonly AlertRow[]>;
  /** Notes a silence, or that it was lifted. An older row of the same silence never replaces a newer one. */
  silence(row: AlertRow): Promise<void>;
}
