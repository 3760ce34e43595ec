/** Files of the freshness index in each of their states, for tests of the health page. */
import type { AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import type { FileEntry, IndexedFile } from '../../src/domain/freshness/file-entry.ts';
import { healthFile, type HealthFile, type HealthJob } from '../../src/web/pages/health/health-file.ts';

export const HOUR_MS = 3_600_000;
export const NOW = Date.parse('2026-01-15T12:00:00Z');
export const LAG_MS = 6 * HOUR_MS;

export interface FileFacts extends Partial<Omit<FileEntry, 'file'>> {
  readonly experiment?: string;
  readonly product?: IndexedFile['product'];
  readonly period?: AnalysisPeriod;
  readonly job?: HealthJob;
}

/** A version whose source changed that many hours ago. */
export function version(hoursAgo: number) {
  return new Date(NOW - hoursAgo * HOUR_MS).toISOString();
}

export function seenSource(hoursAgo: number) {
  const changedAt = NOW - hoursAgo * HOUR_MS;
  return { version: version(hoursAgo), changedAt, seenAt: changedAt };
}

export function publishedFile(hoursAgo: number, leftOut = 0) {
  return { version: version(hoursAgo), at: NOW - hoursAgo * HOUR_MS, leftOut };
}

export function fileEntry({ experiment = 'my-slug', product = 'statistics', period, ...facts }: FileFacts): FileEntry {
  const of = product === 'statistics' ? { period: period ?? 'weekly' } : {};
  const { job: _job, ...entry } = facts;
  return { file: { product, experiment, ...of }, application: 'firefox_desktop', pass: 1, ...entry };
}

export function file(facts: FileFacts): HealthFile {
  return healthFile(fileEntry(facts), facts.job, { now: NOW, lagMs: LAG_MS });
}

export const FRESH = { source: seenSource(3), published: publishedFile(3) };

/** Changed nine hours ago: three hours too late. */
export const STALE = { source: seenSource(9), newer: seenSource(9), published: publishedFile(30) };

export const NEVER = { source: seenSource(8), newer: seenSource(8) };

export const MISSING = { expectedSince: NOW - 24 * HOUR_MS };

export const NOT_DUE = {};

export function failed(sentence: string, code = 'ROWS_REFUSED') {
  const failure = { version: version(4), code, sentence, attempts: 3, at: NOW - 3 * HOUR_MS };
  return { source: seenSource(4), newer: seenSource(4), published: publishedFile(48), failure };
}

export function gone(hoursAgo: number) {
  return {
    published: publishedFile(48),
    lacking: { kind: 'gone' as const, since: NOW - hoursAgo * HOUR_MS },
  };
}
