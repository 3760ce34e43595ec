import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileEntry, PublishedFile, SeenSource } from '../../../../src/domain/freshness/file-entry.ts';
import { type OpenJob, stateOfFile } from '../../../../src/domain/freshness/state-of-file.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-01-15T12:00:00Z');
const LAG = 6 * HOUR;

const hoursAgo = (hours: number) => NOW - hours * HOUR;
const versionOf = (hours: number) => new Date(hoursAgo(hours)).toISOString();
const source = (hours: number): SeenSource => ({
  version: versionOf(hours),
  changedAt: hoursAgo(hours),
  seenAt: hoursAgo(hours),
});
const object = (hours: number): PublishedFile => ({
  version: versionOf(hours),
  generation: '1',
  at: hoursAgo(hours),
});
const failure = (hours: number, at = 1) => ({
  version: versionOf(hours),
  code: 'SCHEMA_MISMATCH',
  sentence: 'column metric is missing',
  attempts: 3,
  at: hoursAgo(at),
});

function entry(facts: Partial<FileEntry>): FileEntry {
  return { file: { product: 'statistics', experiment: 'my-slug', period: 'weekly' }, pass: 1, ...facts };
}

const state = (facts: Partial<FileEntry>, job?: OpenJob) => stateOfFile(entry(facts), job, NOW, LAG);
const late = { source: source(8), newer: source(8), published: object(20) };

describe('the state of a file', () => {
  it('is running while a job of it is active, whatever else is known', () => {
    expect(state({ ...late, failure: failure(8) }, { state: 'active', progress: 40 }).state).toBe('running');
  });

  it('is failed if the newest run of the current source failed', () => {
    expect(state({ ...late, failure: failure(8) })).toMatchObject({
      state: 'failed',
      since: hoursAgo(1),
      needsYou: true,
    });
  });

  it('is not failed if only an older source failed', () => {
    expect(state({ ...late, failure: failure(9) }).state).toBe('stale');
  });

  it('is stale when the source changed longer ago than the allowed lag', () => {
    expect(state(late)).toMatchObject({ state: 'stale', since: hoursAgo(8), lateMs: 2 * HOUR, needsYou: true });
  });

  it('is stale by the first change, though the source changes every hour', () => {
    expect(state({ ...late, source: source(1) })).toMatchObject({ state: 'stale', lateMs: 2 * HOUR });
  });

  it('is never when there is no object longer after the source appeared than allowed', () => {
    expect(state({ source: source(8), newer: source(8) })).toMatchObject({ state: 'never', lateMs: 2 * HOUR });
  });

  it('is gone rather than stale when the tables were deleted', () => {
    expect(state({ ...late, lacking: { kind: 'gone', since: hoursAgo(3) } })).toMatchObject({
      state: 'gone',
      since: hoursAgo(3),
      needsYou: false,
    });
  });

  it('needs a person when tables are gone for twelve hours, but never for a rolling holdback', () => {
    const gone = (isForGood: boolean) =>
      state({ published: object(20), lacking: { kind: 'gone', since: hoursAgo(12), isForGood } });

    expect([gone(false).needsYou, gone(true).needsYou]).toEqual([true, false]);
  });

  it('is rebuilding rather than stale while windows come back', () => {
    expect(state({ ...late, lacking: { kind: 'rebuilding', windows: 'weeks 1, 2 of 4' } }).state).toBe('rebuilding');
  });

  it('is fresh while an update is within the lag, with the time by which it should be there', () => {
    expect(state({ ...late, source: source(2), newer: source(2) })).toMatchObject({
      state: 'fresh',
      dueBy: hoursAgo(2) + LAG,
    });
  });

  it('is not due while the first file is within the lag, or nothing is expected', () => {
    expect(state({ source: source(2), newer: source(2) })).toMatchObject({ state: 'not due', dueBy: hoursAgo(-4) });
    expect(state({}).state).toBe('not due');
  });

  it('is missing if results are expected and there are none', () => {
    expect(state({ expectedSince: hoursAgo(30) })).toMatchObject({ state: 'missing', since: hoursAgo(30) });
  });

  it('counts a version that is no time from when planning first saw it', () => {
    const fingerprint = (hours: number): SeenSource => ({ version: 'f00000000000000ff', seenAt: hoursAgo(hours) });
    const of = (hours: number) => ({
      published: { ...object(9), version: 'f0000000000000001' },
      source: fingerprint(hours),
      newer: fingerprint(hours),
    });

    expect([state(of(1)).state, state(of(7)).state]).toEqual(['fresh', 'stale']);
  });

  it('is not late by a source that changed in the future', () => {
    expect(state({ published: object(9), source: source(-1), newer: source(-1) }).state).toBe('fresh');
  });

  it('carries the marks of a waiting job and of rows that were left out', () => {
    expect(state({ source: source(3), published: { ...object(3), leftOut: 7 } }, { state: 'delayed' })).toMatchObject({
      state: 'fresh',
      isQueued: true,
      leftOut: 7,
    });
  });
});

const hours = fc.integer({ min: -2, max: 30 });
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const anyEntry = fc.record({
  source: optional(hours.map(source)),
  newer: optional(hours.map(source)),
  published: optional(hours.map(object)),
  failure: optional(hours.map((hour) => failure(hour))),
  expectedSince: optional(hours.map(hoursAgo)),
  lacking: optional(
    fc.record({ kind: fc.constantFrom('gone' as const, 'rebuilding' as const), since: optional(hours.map(hoursAgo)) }),
  ),
});
const anyJob = optional(
  fc.record({ state: fc.constantFrom('active' as const, 'waiting' as const, 'delayed' as const) }),
);

/** The table of the states, read row by row: the first that applies. */
function plainReading(facts: Partial<FileEntry>, job: OpenJob | undefined): string | undefined {
  const { source: s, published: p, newer: n = s, lacking, expectedSince } = facts;
  const isBehind = s !== undefined && (p === undefined || p.version < s.version);
  const isLate = n !== undefined && NOW - (n.changedAt ?? n.seenAt) > LAG;
  const table: [string, boolean][] = [
    ['running', job?.state === 'active'],
    ['failed', facts.failure !== undefined && facts.failure.version === s?.version],
    ['gone', lacking?.kind === 'gone'],
    ['rebuilding', lacking?.kind === 'rebuilding' && p !== undefined],
    ['stale', p !== undefined && isBehind && isLate],
    ['never', p === undefined && s !== undefined && isLate],
    ['fresh', p !== undefined],
    ['not due', s !== undefined || expectedSince === undefined],
    ['missing', true],
  ];
  return table.find(([, applies]) => applies)?.[0];
}

describe('for every entry', () => {
  it('the state is the first of the table that applies', () => {
    fc.assert(
      fc.property(anyEntry, anyJob, (facts, job) => {
        expect(state(facts, job).state).toBe(plainReading(facts, job));
      }),
      { numRuns: 2_000 },
    );
  });

  it('time alone makes a file later, and never fresh again', () => {
    fc.assert(
      fc.property(anyEntry, fc.integer({ min: 0, max: 100 }), (facts, later) => {
        const of = (now: number) => stateOfFile(entry(facts), undefined, now, LAG);
        const [before, after] = [of(NOW), of(NOW + later * HOUR)];
        const wasLate = before.state === 'stale' || before.state === 'never';
        expect(wasLate ? after.state : before.state).toBe(before.state);
        expect(before.needsYou && !after.needsYou).toBe(false);
      }),
    );
  });

  it('a waiting job changes no state', () => {
    fc.assert(
      fc.property(anyEntry, (facts) => {
        expect({ ...state(facts, { state: 'waiting' }), isQueued: false }).toEqual(state(facts));
      }),
    );
  });
});
