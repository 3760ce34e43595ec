import { describe, expect, it } from 'vitest';
import { fileStateOf } from '../../../../src/app/freshness/file-state-of.ts';
import type { FileEntry } from '../../../../src/domain/freshness/file-entry.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-15T12:00:00Z');
const ago = (hours: number) => NOW - hours * HOUR;
const source = (hours: number) => ({
  version: new Date(ago(hours)).toISOString(),
  changedAt: ago(hours),
  seenAt: ago(hours),
});
const published = { version: source(20).version, generation: '1', at: ago(20) };
const FILE = { product: 'statistics', experiment: 'my-slug', period: 'weekly' } as const;

function stateOf(facts: Partial<FileEntry>, job?: Parameters<typeof fileStateOf>[1]) {
  return fileStateOf({ file: FILE, pass: 1, ...facts }, job, { now: NOW, lagMs: 6 * HOUR });
}

const late = { source: source(8), newer: source(8), published };

describe('an entry of the freshness index', () => {
  it('is shown as queued while its job waits, with the state that it would have without it', () => {
    expect(stateOf(late, { state: 'waiting', enqueuedAt: ago(1), attempts: 2 })).toEqual({
      ...FILE,
      state: 'queued',
      since: ago(1),
      detail: 'after 2 failed attempts',
      behind: 'stale',
    });
  });

  it('is queued and not behind while it is within the lag', () => {
    const entry = { source: source(1), newer: source(1), published };

    expect(stateOf(entry, { state: 'delayed' })).toEqual({ ...FILE, state: 'queued' });
    expect(stateOf(entry)).toEqual({ ...FILE, state: 'fresh', since: ago(1), detail: 'updating' });
  });

  it('shows how far a running job is', () => {
    expect(stateOf(late, { state: 'active', enqueuedAt: ago(1), progress: 41.7 })).toEqual({
      ...FILE,
      state: 'running',
      since: ago(1),
      detail: '41 %',
    });
  });

  it('tells why it failed, is refused, or waits for the first file', () => {
    const failure = { version: source(8).version, code: 'ROWS_REFUSED', sentence: 'why', attempts: 1, at: ago(2) };

    expect(stateOf({ ...late, failure })).toMatchObject({
      state: 'failed',
      since: ago(2),
      code: 'ROWS_REFUSED',
      detail: 'why',
    });
    expect(stateOf({ refusal: { code: 'SLUG_CONFLICT', sentence: 'why' } })).toMatchObject({
      state: 'refused',
      code: 'SLUG_CONFLICT',
    });
    expect(stateOf({ source: source(2), newer: source(2) })).toMatchObject({
      state: 'not due',
      detail: 'first file within 4 h',
    });
    expect(stateOf({ reason: 'the experiment is private' })).toEqual({
      ...FILE,
      state: 'not due',
      detail: 'the experiment is private',
    });
  });

  it('tells since when tables are gone, which file stays, and that somebody should look', () => {
    expect(stateOf({ published, lacking: { kind: 'gone', since: ago(13) } })).toEqual({
      ...FILE,
      state: 'gone',
      since: ago(13),
      detail: 'deleted 13 h ago, file of 14 Jan 2026 stays',
      needsYou: true,
    });
  });

  it('is fresh and nothing else when it is current, though a forced job waits', () => {
    const entry = { source: source(20), published };

    expect(stateOf(entry, { state: 'waiting', enqueuedAt: NOW })).toEqual({ ...FILE, state: 'fresh' });
  });
});
