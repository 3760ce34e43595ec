import { describe, expect, it } from 'vitest';
import type { SourceTable } from '../../../../src/ports/statistics-source.ts';
import {
  enrollmentsTime,
  formatAnalysisStart,
  parseAnalysisStart,
  readAnalysisSource,
  readPublishedStart,
} from '../../../../src/workers/metadata/analysis-start.ts';
import { makeStatisticsWorld } from '../../../support/statistics-world.ts';

const never = new AbortController().signal;
const HOUR = 3_600_000;
const NOON = Date.parse('2026-08-21T12:00:00Z');

/** Tables and their versions: times in milliseconds, or fingerprints. Tells what was described. */
function source(tables: Readonly<Record<string, number | string>>) {
  const described: string[] = [];
  return {
    described,
    listTables: () => Promise.resolve(Object.keys(tables).map((name) => ({ name, kind: 'table' as const }))),
    describeTables: (names: readonly string[]) => {
      described.push(...names);
      const known = names.flatMap((name): SourceTable[] => {
        const version = tables[name];
        if (version === undefined) return [];
        return [{ name, version: typeof version === 'number' ? new Date(version).toISOString() : version }];
      });
      return Promise.resolve({ tables: known, unreadable: [] });
    },
  };
}

async function start(
  tables: Readonly<Record<string, number | string>>,
  { experiment = 'my-slug', slugs = [] }: { readonly experiment?: string; readonly slugs?: readonly string[] } = {},
) {
  const request = { source: source(tables), experiment, slugs, leadMs: HOUR / 2, signal: never };
  const found = await readAnalysisSource(request);
  return found.kind === 'time' ? found.start : found;
}

describe('an analysis start that is told', () => {
  it.each([
    ['2026-08-21T04:12:09.482113+00:00', '2026-08-21 04:12:09.482113+00:00'],
    ['2026-08-21T04:12:09+00:00', '2026-08-21 04:12:09+00:00'],
    ['2026-08-21T04:12:09.000000Z', '2026-08-21 04:12:09+00:00'],
    ['2026-08-21T04:12:09.5Z', '2026-08-21 04:12:09.500000+00:00'],
    ['2026-08-21T04:12:09.482113987Z', '2026-08-21 04:12:09.482113+00:00'],
    ['2026-08-21T00:12:09.25-04:00', '2026-08-21 04:12:09.250000+00:00'],
    ['2026-08-21T09:42:09+0530', '2026-08-21 04:12:09+00:00'],
    ['2026-08-21 04:12:09', '2026-08-21 04:12:09+00:00'],
  ])('%s is written %s', (iso, text) => {
    expect(parseAnalysisStart(iso)).toBe(text);
  });

  it.each(['', 'soon', '2026-08-21', '2026-13-21T04:12:09Z', '04:12:09'])('%j is none', (iso) => {
    expect(() => parseAnalysisStart(iso)).toThrow(/is not a time/);
  });
});

describe('a time in milliseconds', () => {
  it.each([
    [NOON, '2026-08-21 12:00:00+00:00'],
    [NOON + 7, '2026-08-21 12:00:00.007000+00:00'],
    [NOON + 250, '2026-08-21 12:00:00.250000+00:00'],
  ])('%d is written %s', (time, text) => {
    expect(formatAnalysisStart(time)).toBe(text);
  });
});

describe('an analysis start that is derived', () => {
  it('is the earliest change of the newest run, less the lead', async () => {
    const derived = await start({
      statistics_my_slug_week_1: NOON - 13 * HOUR,
      statistics_my_slug_day_1: NOON - 12 * HOUR,
      statistics_my_slug_days28_1: NOON - HOUR,
      statistics_my_slug_overall_1: NOON,
    });

    expect(derived).toBe(NOON - 12.5 * HOUR);
  });

  it('looks at the per-window tables of the experiment alone', async () => {
    const derived = await start({
      statistics_my_slug_weekly: NOON + 5 * HOUR,
      statistics_my_slug_2_week_1: NOON + 4 * HOUR,
      statistics_other_my_slug_week_1: NOON + 3 * HOUR,
      my_slug_week_1: NOON + 2 * HOUR,
      statistics_my_slug_preenrollment_week_1: NOON,
    });

    expect(derived).toBe(NOON - HOUR / 2);
  });

  it('leaves tables of a longer known slug aside', async () => {
    const tables = { statistics_my_slug_week_1: NOON, statistics_my_slug_preenrollment_week_1: NOON - HOUR };

    const alone = await start(tables);
    const beside = await start(tables, { slugs: ['my-slug-preenrollment'] });
    const longer = await start(tables, { experiment: 'my-slug-preenrollment', slugs: ['my-slug'] });

    expect([alone, beside, longer]).toEqual([NOON - 1.5 * HOUR, NOON - HOUR / 2, NOON - 1.5 * HOUR]);
  });

  it('is that of the tables of periods where there are none of windows', async () => {
    const tables = { statistics_my_slug_weekly: NOON, statistics_my_slug_daily: NOON - HOUR };

    expect(await start({ ...tables, statistics_my_slug_2_weekly: NOON + HOUR })).toBe(NOON - 1.5 * HOUR);
  });

  it('is not known without tables', async () => {
    expect(await start({ statistics_other_weekly: NOON })).toEqual({ kind: 'none' });
  });

  it('is not known where the warehouse keeps no times: the contents of all tables stand for it', async () => {
    const tables = { statistics_my_slug_day_1: 'f0000000000000001', statistics_my_slug_day_2: 'f0000000000000002' };

    const first = await start(tables);
    const reordered = await start(Object.fromEntries(Object.entries(tables).reverse()));
    const changed = await start({ ...tables, statistics_my_slug_day_2: 'f0000000000000003' });

    expect(first).toMatchObject({ kind: 'content' });
    expect(reordered).toEqual(first);
    expect(changed).not.toEqual(first);
  });
});

describe('the time of the first analysis', () => {
  it.each([
    ['that of the enrollments table', { enrollments_my_slug: NOON }, NOON],
    ['not known without one', { enrollments_other: NOON }, undefined],
    ['not known where there are no times', { enrollments_my_slug: 'f0123456789abcdef' }, undefined],
  ])('is %s', async (_, tables, time) => {
    expect(await enrollmentsTime(source(tables), 'my-slug', never)).toBe(time);
  });
});

it('takes no start from a published file that is too large to be ours', async () => {
  const world = makeStatisticsWorld();
  const text = JSON.stringify({ analysis_start_time: '2026-01-14 04:30:00+00:00' });
  const small = await world.publish(text, {}, 'metadata/metadata_small.json');
  const large = await world.publish(text.padEnd(20_000_001), {}, 'metadata/metadata_large.json');

  const starts = await Promise.all(
    [small, large].map((object) => readPublishedStart(world.store, object, world.never)),
  );

  expect(starts).toEqual([{ start: '2026-01-14 04:30:00+00:00' }, undefined]);
});
