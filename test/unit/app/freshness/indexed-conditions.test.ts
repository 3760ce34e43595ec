import { describe, expect, it } from 'vitest';
import { MemoryFreshnessIndex } from '../../../../src/adapters/memory/freshness-index.ts';
import { MemoryJobQueue } from '../../../../src/adapters/memory/job-queue.ts';
import { indexedConditions } from '../../../../src/app/freshness/indexed-conditions.ts';
import type { FileNote, SeenFile } from '../../../../src/domain/freshness/file-note.ts';
import type { UnreadSource } from '../../../../src/ports/freshness-index.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-15T12:00:00Z');
const FILE = { product: 'statistics', experiment: 'my-slug', period: 'weekly' } as const;
const ago = (hours: number) => NOW - hours * HOUR;
const source = (hours: number) => ({
  version: new Date(ago(hours)).toISOString(),
  changedAt: ago(hours),
  seenAt: ago(hours),
});
const published: FileNote = {
  kind: 'published',
  file: FILE,
  published: { version: source(20).version, generation: '1', at: ago(20) },
};

async function conditions(
  facts: Partial<SeenFile>,
  { notes = [], unread = [] }: { notes?: readonly FileNote[]; unread?: readonly UnreadSource[] } = {},
) {
  const clock = { now: () => NOW };
  const index = new MemoryFreshnessIndex();
  const pass = await index.begin();
  await index.note([{ kind: 'seen', file: FILE, pass: pass.number, ...facts }, ...notes], pass);
  await index.finish(pass, { at: NOW, unread });
  const reading = { index, queue: new MemoryJobQueue({ clock }), clock, lagMs: 6 * HOUR, scanIntervalMs: 60_000 };
  return indexedConditions(reading, recordedLog(), new AbortController().signal);
}

describe('the files for the alert rules', () => {
  it('are late as in status, also if their version is no time', async () => {
    const fingerprint = { version: 'f00000000000000ff', seenAt: ago(8) };
    const file = { experiment: 'my-slug', product: 'statistics', period: 'weekly' };

    expect(await conditions({ source: source(8) }, { notes: [published] })).toEqual([
      { ...file, state: 'stale', lateMs: 2 * HOUR, failure: null, hasFile: true },
    ]);
    expect(await conditions({ source: fingerprint })).toEqual([
      { ...file, state: 'never', lateMs: 2 * HOUR, failure: null, hasFile: false },
    ]);
    expect(await conditions({ source: source(2) })).toMatchObject([{ state: 'not due', lateMs: -4 * HOUR }]);
  });

  it('are gone, rebuilding and missing as in status', async () => {
    expect(await conditions({ lacking: { kind: 'gone' } }, { notes: [published] })).toMatchObject([
      { state: 'gone', lateMs: null, hasFile: true },
    ]);
    expect(await conditions({ lacking: { kind: 'rebuilding' } }, { notes: [published] })).toMatchObject([
      { state: 'rebuilding' },
    ]);
    expect(await conditions({ expectedSince: ago(30) })).toMatchObject([{ state: 'missing', hasFile: false }]);
  });

  it('count as failed if no job can make them', async () => {
    expect(await conditions({ refusal: { code: 'SLUG_CONFLICT', sentence: 'why' } })).toMatchObject([
      { state: 'failed', failure: { code: 'SLUG_CONFLICT', attempts: 0 } },
    ]);
  });

  it('are not taken from a scan that could not read everything', async () => {
    const unread = [{ code: 'EXPERIMENTS_UNREADABLE', sentence: 'why' }];

    expect(await conditions({ source: source(8) }, { unread })).toBeUndefined();
  });

  it('are not taken from an index that cannot be read', async () => {
    const clock = { now: () => NOW };
    const index = { read: () => Promise.reject(new Error('Redis is away')) };
    const reading = { index, queue: new MemoryJobQueue({ clock }), clock, lagMs: 0, scanIntervalMs: 60_000 };

    expect(await indexedConditions(reading, recordedLog(), new AbortController().signal)).toBeUndefined();
  });
});
