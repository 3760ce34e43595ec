/** A snapshot of the health page from the facts of files. */
import type { QueueLook } from '../../src/ports/queue-watch.ts';
import { healthRows, healthTotals } from '../../src/web/pages/health/health-rows.ts';
import type { HealthRecords, HealthSnapshot, KnownFiles } from '../../src/web/pages/health/health-source.ts';
import { type EndedRun, hourCounts } from '../../src/web/pages/health/throughput.ts';
import { file, type FileFacts, LAG_MS, NOW } from './health-files.ts';

export function queueLook(
  queue: string,
  facts: Partial<QueueLook> = {},
  jobs: Partial<QueueLook['jobs']> = {},
): QueueLook {
  const none = { waiting: 0, prioritized: 0, due: 0, delayed: 0, active: 0, parents: 0, completed: 0, failed: 0 };
  return { queue, isPaused: false, restMs: 0, throttledMs: 0, oldestMs: 0, jobs: { ...none, ...jobs }, ...facts };
}

export function knownFiles(facts: readonly FileFacts[], changes: Partial<KnownFiles> = {}): KnownFiles {
  const files = facts.map(file);
  return {
    kind: 'files',
    version: 'v1',
    files,
    rows: healthRows(files),
    totals: healthTotals(files),
    applications: ['firefox_desktop'],
    checkedAt: NOW - 120_000,
    isOld: false,
    unread: [],
    ...changes,
  };
}

export function healthRecords(runs: readonly EndedRun[] = [], changes: Partial<HealthRecords> = {}): HealthRecords {
  return { hours: hourCounts(runs, NOW), publishedToday: 187, ...changes };
}

/** All parts were read, just now. */
export function healthSnapshot(facts: readonly FileFacts[], parts: Partial<HealthSnapshot> = {}): HealthSnapshot {
  return {
    now: NOW,
    lagMs: LAG_MS,
    files: { kind: 'read', value: knownFiles(facts), at: NOW },
    queues: { kind: 'read', value: [queueLook('statistics')], at: NOW },
    alerts: {
      kind: 'read',
      value: { open: 1, critical: 1, silenced: 2, noData: 0, checkedAt: NOW - 60_000 },
      at: NOW,
    },
    records: { kind: 'read', value: healthRecords(), at: NOW },
    ...parts,
  };
}
