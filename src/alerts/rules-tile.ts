/** Rules E1 to E5: the status tile as rules, so that pages can list them. They send no messages. */
import type { WatchedExperiment } from './inputs.ts';
import { type AlertRule, type AlertSeverity, defineRule } from './rule.ts';
import { isRunning } from './running.ts';
import { statusTile, tileLimit, type TileRule } from './status-tile.ts';
import { countText, percentText } from './text.ts';
import { enrollmentsLink } from '../domain/page-links.ts';
import { isRollingHoldback } from '../domain/rolling-holdback.ts';

const TILES: readonly {
  readonly id: TileRule;
  readonly title: string;
  readonly severity: AlertSeverity;
  readonly formula: string;
}[] = [
  {
    id: 'E1',
    title: 'low enrollment',
    severity: 'warning',
    formula: 'days since launch > 0 and enrollments < threshold',
  },
  {
    id: 'E2',
    title: 'high unenrollment',
    severity: 'warning',
    formula: 'unenrolled / enrolled > threshold, while running',
  },
  {
    id: 'E3',
    title: 'elevated unenrollment',
    severity: 'info',
    formula: 'unenrolled / enrolled > threshold and not E2',
  },
  {
    id: 'E4',
    title: 'maybe elevated unenrollment',
    severity: 'info',
    formula: 'unenrolled / enrolled > threshold and not E3',
  },
  { id: 'E5', title: 'waiting for enrollments', severity: 'info', formula: 'days since launch = threshold' },
];

export const TILE_RULES: readonly AlertRule[] = TILES.map((tile) =>
  defineRule({
    ...tile,
    product: 'tile',
    threshold: tileLimit(tile.id).value,
    thresholdSource: 'Experimenter: status tile',
    notify: 'never',
    needs: ['experiments', 'enrollmentCounts'],
    subjects: ({ sources, now }) => sources.experiments.filter((experiment) => isRunning(experiment, now)),
    nameOf: (experiment: WatchedExperiment) => experiment.slug,
    linkOf: ({ slug }) => enrollmentsLink(slug),
    check: (experiment, { sources, times, now }) => {
      const { slug, startDate } = experiment;
      const counts = sources.enrollmentCounts.get(slug);
      if (counts === undefined || startDate === null) {
        return { kind: 'no_data', reason: 'it has no enrollment counts' };
      }
      const { totalEnrollments: enrolled, totalUnenrollments: unenrolled } = counts;
      // The counts have no windows; use the time at which they were made.
      const lastWindow = times.enrollmentCounts;
      // The end of a rolling holdback is always today; it has none.
      const endDate = isRollingHoldback(experiment, now) ? null : experiment.endDate;
      const status = statusTile({ launchDate: startDate, endDate, lastWindow, enrolled, unenrolled });
      const share = enrolled === 0 ? 0 : unenrolled / enrolled;
      const value = tile.id === 'E1' ? enrolled : tile.id === 'E5' ? status.daysSinceLaunch : share;
      const formula = `${countText(unenrolled)} of ${countText(enrolled)} have unenrolled = ${percentText(share)}; limit ${tileLimit(tile.id).text}`;
      if (status.rule !== tile.id) return { kind: 'passing', value, formula };
      return { kind: 'failing', value, formula, summary: `${slug}: ${status.text}.` };
    },
  }),
);
