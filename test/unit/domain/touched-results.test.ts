import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANALYSIS_PERIODS } from '../../../src/domain/analysis-period.ts';
import { analysisSource, decideAnalysisStart } from '../../../src/domain/analysis-start.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { changesByPeriod, type ResultFiles } from '../../../src/domain/touched-results.ts';
import { MICROS_PER_MS, timestampText } from '../../../src/domain/utc-time.ts';
import { WINDOW_PERIODS } from '../../../src/domain/window-period.ts';

const HOUR = 3_600_000;
const LEAD = HOUR / 2;
const RUN = Date.parse('2026-08-01T12:00:00Z');
const TOUCH = RUN + 72 * HOUR;
const PUBLISHED = { start: '2026-08-01 11:30:00+00:00' };
const at = (ms: number) => new Date(ms).toISOString();

/** Starts after a touch of daily and weekly tables; the files were compared with `version` and changed at `changedAt`. */
function startAfterTouch(files: ResultFiles) {
  const tables = ['day_1', 'week_1', 'week_2'].map((ending, index) => ({
    name: `statistics_my_slug_${ending}`,
    version: at(TOUCH + index * HOUR),
  }));
  const source = analysisSource('my-slug', tables, LEAD);
  return decideAnalysisStart(source, PUBLISHED, { now: TOUCH + 9 * HOUR, leadMs: LEAD, files }).start;
}

const file = (version: number, changedAt: number) => ({
  changedAt,
  metadata: { [METADATA.sourceVersion]: at(version) },
});
const unchanged = file(TOUCH + 3 * HOUR, RUN + HOUR);
const isoOf = (ms: number) => timestampText(ms * MICROS_PER_MS);

describe('the analysis start after a run', () => {
  it('stays where all tables were touched and the files kept their bytes', () => {
    const files: ResultFiles = new Map([
      ['daily', unchanged],
      ['weekly', unchanged],
    ]);

    expect(startAfterTouch(files)).toBe(PUBLISHED.start);
  });

  it('is that of the periods with new results', () => {
    const files: ResultFiles = new Map([
      ['daily', unchanged],
      ['weekly', file(TOUCH + 3 * HOUR, TOUCH + 2 * HOUR)],
    ]);

    expect(startAfterTouch(files)).toBe(isoOf(TOUCH + HOUR - LEAD));
  });

  it.each([
    ['has no file', undefined],
    ['was not compared with the newest table', file(TOUCH - 1, RUN + HOUR)],
    ['has a file that changed during the run', file(TOUCH + 3 * HOUR, TOUCH)],
    ['has a file of an earlier run that the published start does not cover', file(TOUCH + 3 * HOUR, RUN + 25 * HOUR)],
    ['has the file of another program', { changedAt: RUN, metadata: {} }],
  ])('counts a period that %s', (_, daily) => {
    const files: ResultFiles = new Map([
      ...(daily === undefined ? [] : [['daily', daily] as const]),
      ['weekly', unchanged],
    ]);

    expect(startAfterTouch(files)).toBe(isoOf(TOUCH - LEAD));
  });

  it('is that of the touched tables where none was published', () => {
    const files: ResultFiles = new Map([
      ['daily', unchanged],
      ['weekly', unchanged],
    ]);

    const tables = [{ name: 'statistics_my_slug_weekly', version: at(TOUCH) }];
    const source = analysisSource('my-slug', tables, LEAD);
    const decided = decideAnalysisStart(source, undefined, { now: TOUCH, leadMs: LEAD, files });

    expect(decided.start).toBe(isoOf(TOUCH - LEAD));
  });
});

describe('the analysis start during a run', () => {
  const week = (changedAt: number) => ({ name: 'statistics_my_slug_week_1', version: at(changedAt) });
  const decide = (changes: readonly number[], start: string) => {
    const day = { name: 'statistics_my_slug_day_1', version: at(RUN) };
    const source = analysisSource('my-slug', [day, ...changes.map(week)], LEAD);
    const files: ResultFiles = new Map([
      ['daily', file(RUN, RUN + HOUR)],
      ['weekly', file(changes.at(-1) ?? RUN, RUN + 20 * HOUR)],
    ]);
    return decideAnalysisStart(source, { start }, { now: RUN + 21 * HOUR, leadMs: LEAD, files }).start;
  };

  it.each([
    ['stays when more tables change', [RUN + 5 * HOUR], PUBLISHED.start, PUBLISHED.start],
    ['stays when the same tables change again', [RUN + 11 * HOUR], PUBLISHED.start, PUBLISHED.start],
    ['is left for that of a table of the next run', [RUN + 13 * HOUR], PUBLISHED.start, isoOf(RUN + 13 * HOUR - LEAD)],
    [
      'stays where a later one was set by hand',
      [RUN + 5 * HOUR],
      '2026-08-01 11:30:01+00:00',
      '2026-08-01 11:30:01+00:00',
    ],
  ])('%s', (_, changes, before, after) => {
    expect(decide(changes, before)).toBe(after);
  });
});

describe('the analysis start', () => {
  const time = fc.integer({ min: RUN, max: TOUCH });
  const period = fc.constantFrom(...ANALYSIS_PERIODS);
  const tables = fc.array(fc.record({ period, window: fc.nat(9), changedAt: time }), { minLength: 1 });
  const files = fc.array(fc.record({ period, version: time, changedAt: time }));

  it('never goes back, and stays when decided again', () => {
    fc.assert(
      fc.property(tables, files, time, (listed, published, before) => {
        const named = listed.map(({ period, window, changedAt }) => ({
          name: `statistics_my_slug_${WINDOW_PERIODS[period]}_${window}`,
          version: at(changedAt),
        }));
        const facts = {
          now: TOUCH,
          leadMs: LEAD,
          files: new Map(published.map(({ period, version, changedAt }) => [period, file(version, changedAt)])),
        };
        const source = analysisSource('my-slug', named, LEAD);
        const first = decideAnalysisStart(source, { start: at(before) }, facts);
        const again = decideAnalysisStart(source, first, facts);

        const times = [at(before), first.start, again.start].map((text) => Date.parse(text ?? ''));
        expect(times[1]).toBeGreaterThanOrEqual(times[0] ?? NaN);
        expect(times[1]).toBeLessThanOrEqual(TOUCH);
        expect(times[2]).toBe(times[1]);
      }),
    );
  });
});

it('takes the period from the name of a table, whichever way the slug ends', () => {
  const periods = (experiment: string, name: string) =>
    changesByPeriod(experiment, [{ name, changedAt: RUN }]).map((change) => change.period);

  expect(periods('x', 'statistics_x_preenrollment_week_1')).toEqual(['preenrollment_weekly']);
  expect(periods('x-preenrollment', 'statistics_x_preenrollment_week_1')).toEqual(['weekly']);
  expect(periods('x', 'statistics_x_days28')).toEqual(['days28']);
  expect(periods('x', 'statistics_x_days28_2')).toEqual(['days28']);
  expect(periods('x', 'statistics_y_days28_2')).toEqual([]);
});
