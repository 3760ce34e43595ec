/** How many alerts are open, silenced and without data, as of the newest check. */
import { countAlerts, stateWith } from '../../alerts/snapshot.ts';
import type { AlertIndex } from '../../ports/alert-index.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { AlertCounts } from '../../web/pages/health/health-source.ts';

/** Undefined: no check has ended since the index is there. */
export async function readAlertCounts(
  index: Pick<AlertIndex, 'read' | 'silences'>,
  clock: WallClock,
): Promise<AlertCounts | undefined> {
  const snapshot = await index.read();
  if (snapshot === undefined) return undefined;
  const silences = await index.silences();
  const now = clock.now();
  const critical = snapshot.alerts.filter(
    ({ row }) => row.severity === 'critical' && stateWith(row, silences, now) === 'open',
  ).length;
  return { ...countAlerts(snapshot, silences, now), critical, checkedAt: snapshot.checkedAt };
}
