/** The files of the freshness index with their jobs, for the health page. No source is asked, and no warehouse. */
import { createHash } from 'node:crypto';
import type { FreshnessIndex } from '../../ports/freshness-index.ts';
import type { JobQueue, OpenJob } from '../../ports/job-queue.ts';
import type { WallClock } from '../../ports/clock.ts';
import { HEALTH_COLUMNS } from '../../web/pages/health/health-columns.ts';
import { healthFile, type HealthJob } from '../../web/pages/health/health-file.ts';
import { type HealthRow, healthRows, healthTotals } from '../../web/pages/health/health-rows.ts';
import type { HealthFiles } from '../../web/pages/health/health-source.ts';
import { isOutdated } from '../freshness/indexed-files.ts';
import { openJobsAtAGlance } from '../freshness/open-jobs.ts';

export interface HealthFilesReading {
  readonly index: Pick<FreshnessIndex, 'read'>;
  readonly queue: Pick<JobQueue, 'openJobs'>;
  readonly clock: WallClock;
  /** The allowed lag of a file behind its source, milliseconds. */
  readonly lagMs: number;
  /** From the end of one scan to the start of the next, milliseconds. */
  readonly scanIntervalMs: number;
}

export async function readHealthFiles(
  { index, queue, clock, lagMs, scanIntervalMs }: HealthFilesReading,
  signal: AbortSignal,
): Promise<HealthFiles> {
  const snapshot = await index.read();
  if (snapshot === undefined) return { kind: 'building' };
  const jobOf = await openJobsAtAGlance(queue, signal);
  const now = clock.now();
  const files = snapshot.entries.map((entry) => healthFile(entry, healthJob(jobOf(entry.file)), { now, lagMs }));
  const rows = healthRows(files).toSorted((a, b) => (a.experiment < b.experiment ? -1 : 1));
  return {
    kind: 'files',
    version: versionOf(rows),
    files,
    rows,
    totals: healthTotals(files),
    applications: [...new Set(rows.flatMap(({ application }) => application ?? []))].sort(),
    checkedAt: snapshot.scannedAt,
    isOld: isOutdated(snapshot.scannedAt, now, scanIntervalMs),
    unread: snapshot.unread.map(({ sentence }) => sentence),
  };
}

function healthJob(job: (OpenJob & { readonly queue: string }) | undefined): HealthJob | undefined {
  if (job === undefined) return undefined;
  const { queue, state, attempts, progress, place } = job;
  return {
    queue,
    state,
    failures: attempts,
    ...(progress === undefined ? {} : { progress }),
    ...(place === undefined ? {} : { place }),
  };
}

/** Replicas agree on it. */
function versionOf(rows: readonly HealthRow[]): string {
  const hash = createHash('sha256');
  for (const { experiment, files } of rows) {
    hash.update(`\n${JSON.stringify(experiment)}`);
    for (const { id } of HEALTH_COLUMNS) {
      const file = files.get(id);
      hash.update(` ${file === undefined ? '' : `${file.state}${file.needsYou ? '!' : ''}`}`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}
