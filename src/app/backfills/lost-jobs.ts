/**
 * The queue keeps the newest thousands of ended jobs. While somebody follows many more than that, some may be removed before they
 * were seen to end; the backfill has counted their ends.
 */
import type { Backfill } from '../../ports/backfills.ts';
import type { FollowReport } from '../follow/follow-jobs.ts';

/** How many of the backfill's jobs were seen to end so. */
export type SeenEnds = Readonly<Pick<Backfill['ended'], 'published' | 'unchanged'>>;

/** The report, in which jobs of the backfill that ended well and were not seen do not count as lost. */
export function foundAgain(report: FollowReport, { ended }: Pick<Backfill, 'ended'>, seen: SeenEnds): FollowReport {
  const lost = report.failures.filter(({ code }) => code === 'JOB_LOST');
  const unchanged = Math.min(lost.length, Math.max(0, ended.unchanged - seen.unchanged));
  const published = Math.min(lost.length - unchanged, Math.max(0, ended.published - seen.published));
  const wellEnded = new Set(lost.slice(0, unchanged + published));
  return {
    ...report,
    done: report.done + unchanged + published,
    unchanged: report.unchanged + unchanged,
    failures: report.failures.filter((failure) => !wellEnded.has(failure)),
  };
}
