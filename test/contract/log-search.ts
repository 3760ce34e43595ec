/** What the search in the logs must find and count, whatever the warehouse. */
import { describe, expect, it } from 'vitest';
import type { LogFilter, MessageCount } from '../../src/domain/logs/log-questions.ts';
import { messageShape } from '../../src/domain/message-shape.ts';
import { MICROS_PER_DAY, parseTimestamp } from '../../src/domain/utc-time.ts';
import type { LogSearch } from '../../src/ports/log-search.ts';
import type { RecordRow, RecordSink } from '../../src/ports/record-sink.ts';

export interface LogSearchWorld {
  readonly search: LogSearch;
  /** Writes the rows that are searched. */
  readonly sink: Pick<RecordSink, 'append'>;
}

const HOSTILE = `it's "a" \\ \`b\` %_ \u{1F600} '); DROP TABLE logs; -- @p0 $1`;

function micros(text: string): number {
  return parseTimestamp(text) ?? Number.NaN;
}

function logRow(timestamp: string, changes: RecordRow = {}): RecordRow {
  return {
    timestamp,
    experiment: 'my-first-experiment',
    message: 'Something broke',
    log_level: 'ERROR',
    exception: 'None',
    filename: 'analysis.py',
    func_name: 'counts',
    exception_type: null,
    source: 'jetstream',
    ...changes,
  };
}

const WEEK: LogFilter = { range: { from: micros('2026-01-08'), to: micros('2026-01-15') } };

export function describeLogSearch(name: string, setup: () => Promise<LogSearchWorld>): void {
  const never = new AbortController().signal;

  async function searchOf(rows: readonly RecordRow[]): Promise<LogSearch> {
    const { search, sink } = await setup();
    await sink.append({ id: 'rows', table: 'logs', rows }, never);
    return search;
  }

  async function foundMessages(rows: readonly RecordRow[], filter: LogFilter): Promise<(string | null)[]> {
    const search = await searchOf(rows);
    const found = await search.rows({ filter, offset: 0, limit: 100, characters: 1_000 }, never);
    return found.map(({ columns }) => columns.message);
  }

  async function messagesOf(rows: readonly RecordRow[], filter = WEEK): Promise<MessageCount[]> {
    const search = await searchOf(rows);
    const days = [micros('2026-01-13'), micros('2026-01-14')];
    return search.messages({ filter, seenSince: micros('2025-12-01'), days, most: 10 }, never);
  }

  describe(`search in the logs: ${name}`, () => {
    it('finds nothing where there is no table', async () => {
      const { search } = await setup();

      expect(await search.countByDay(WEEK, never)).toEqual([]);
      expect(await search.messages({ filter: WEEK, seenSince: 0, days: [], most: 1 }, never)).toEqual([]);
      expect(await search.rows({ filter: WEEK, offset: 0, limit: 1, characters: 1 }, never)).toEqual([]);
      expect(await search.newest(WEEK, never)).toBeUndefined();
    });

    it('counts rows by day in UTC and category, critical ones and warnings', async () => {
      const search = await searchOf([
        logRow('2026-01-13T23:59:59Z'),
        logRow('2026-01-14T00:00:00Z', { exception_type: 'ValueError' }),
        logRow('2026-01-14T01:00:00Z', { message: 'Error while computing statistic mean' }),
        logRow('2026-01-14T02:00:00Z', { exception_type: 'EndedException' }),
        logRow('2026-01-14T03:00:00Z', { log_level: 'WARNING' }),
        logRow('2026-01-14T03:00:00Z', { log_level: null, message: null }),
      ]);

      const counts = await search.countByDay(WEEK, never);

      const order = (day: string, category: string) => `${day} ${category}`;
      const sorted = counts.toSorted((a, b) => (order(a.day, a.category) < order(b.day, b.category) ? -1 : 1));
      expect(sorted).toEqual([
        { day: '2026-01-13', category: 'jetstream_failure', rows: 1, critical: 1, warnings: 1 },
        { day: '2026-01-14', category: 'jetstream_failure', rows: 2, critical: 1, warnings: 1 },
        { day: '2026-01-14', category: 'skipped', rows: 1, critical: 0, warnings: 1 },
        { day: '2026-01-14', category: 'uncategorized', rows: 1, critical: 0, warnings: 0 },
        { day: '2026-01-14', category: 'valid_degradation', rows: 1, critical: 0, warnings: 1 },
      ]);
    });

    it('finds rows from the beginning of the range to before its end, the newest first', async () => {
      const times = [
        '2026-01-07T23:59:59.999999Z',
        '2026-01-08T00:00:00Z',
        '2026-01-14T23:59:59.999999Z',
        '2026-01-15T00:00:00Z',
      ];

      const found = await foundMessages(
        times.map((time) => logRow(time, { message: time })),
        WEEK,
      );

      expect(found).toEqual([times[2], times[1]]);
    });

    it.each<[string, Partial<LogFilter>]>([
      ['category', { category: 'resources' }],
      ['level', { level: 'CRITICAL' }],
      ['experiment', { experiment: HOSTILE }],
      ['source', { source: 'sizing' }],
      ['metric', { metric: 'search_count' }],
    ])('finds only rows of this %s', async (_, filter) => {
      const wanted = logRow('2026-01-14', {
        message: 'Operation timed out',
        log_level: 'CRITICAL',
        experiment: HOSTILE,
        source: 'sizing',
        metric: 'search_count',
      });

      const found = await foundMessages([wanted, logRow('2026-01-14'), logRow('2026-01-14', { source: null })], {
        ...WEEK,
        ...filter,
      });

      expect(found).toEqual(['Operation timed out']);
    });

    it.each([
      ['in any column, whatever the case', ['TIMED', 'valueerror', 'Line 3', 'my-FIRST', 'Search_Count']],
      ['as they are', [HOSTILE]],
    ])('finds rows that have all words, %s', async (_, words) => {
      const wanted = logRow('2026-01-14', {
        message: `Operation timed out ${HOSTILE}`,
        exception_type: 'ValueError',
        exception: 'Traceback, line 3',
        metric: 'search_count',
      });

      const found = await foundMessages([wanted, logRow('2026-01-14', { message: 'Operation timed out' })], {
        ...WEEK,
        words,
      });

      expect(found).toEqual([`Operation timed out ${HOSTILE}`]);
    });

    it('does not take a word for a pattern', async () => {
      expect(await foundMessages([logRow('2026-01-14')], { ...WEEK, words: ['S%broke'] })).toEqual([]);
      expect(await foundMessages([logRow('2026-01-14')], { ...WEEK, words: ['.*'] })).toEqual([]);
    });

    it('counts messages that differ in numbers, slugs and tables as one, by exception type', async () => {
      const broke = (time: string, table: string, changes: RecordRow = {}) =>
        logRow(time, { message: `Table statistics_${table}_week_12 has 3 rows`, ...changes });
      const rows = [
        broke('2025-12-20T08:00:00Z', 'x'),
        broke('2026-01-13T08:00:00Z', 'x', { message: 'Table enrollments_other_experiment has 417 rows' }),
        broke('2026-01-14T08:00:00Z', 'y', { experiment: 'other-experiment' }),
        broke('2026-01-14T09:00:00Z', 'z', { experiment: null }),
        broke('2026-01-14T09:00:00Z', 'z', { exception_type: 'EndedException' }),
        logRow('2026-01-02T09:00:00Z', { message: 'Before the range' }),
      ];

      const found = await messagesOf(rows);

      expect(found).toEqual([
        {
          exceptionType: null,
          key: expect.stringMatching(/^[0-9a-f]{32}$/),
          message: expect.stringContaining('Table '),
          experiment: null,
          rows: 3,
          critical: 3,
          experiments: expect.any(Array),
          first: micros('2025-12-20T08:00:00Z'),
          last: micros('2026-01-14T09:00:00Z'),
          days: [1, 2],
        },
        expect.objectContaining({ exceptionType: 'EndedException', rows: 1, critical: 0 }),
      ]);
      expect(found[0]?.experiments.toSorted()).toEqual(['my-first-experiment', 'other-experiment']);
    });

    it('names a message with its experiment, so that its shape can be told', async () => {
      const rows = ['simple', 'two-words'].map((experiment) =>
        logRow('2026-01-14', { experiment, message: `Export of ${experiment} failed\nafter 3 attempts` }),
      );

      const found = await messagesOf(rows);

      expect(found).toHaveLength(1);
      const shapes = found.map(({ message, experiment }) => messageShape(message, [experiment ?? '']));
      expect(shapes).toEqual(['export of … failed after … attempts']);
    });

    it('gives the most frequent messages first, and no more than requested', async () => {
      const times = (message: string, count: number) =>
        Array.from({ length: count }, () => logRow('2026-01-14', { message }));
      const search = await searchOf([...times('once', 1), ...times('thrice', 3), ...times('twice', 2)]);

      const found = await search.messages({ filter: WEEK, seenSince: 0, days: [], most: 2 }, never);

      expect(found.map(({ message, rows }) => [message, rows])).toEqual([
        ['thrice', 3],
        ['twice', 2],
      ]);
    });

    it('finds the rows of a message by its key', async () => {
      const search = await searchOf([
        logRow('2026-01-14T01:00:00Z', { message: 'attempt 3 failed' }),
        logRow('2026-01-14T02:00:00Z', { message: 'attempt 14 failed' }),
        logRow('2026-01-14T02:00:00Z', { message: 'attempt 14 failed', exception_type: 'ValueError' }),
        logRow('2026-01-14T03:00:00Z', { message: 'another' }),
      ]);
      const counted = await search.messages({ filter: WEEK, seenSince: 0, days: [], most: 10 }, never);
      const keys = counted.filter(({ exceptionType, rows }) => exceptionType === null && rows === 2);

      const messages = { exceptionType: null, keys: keys.map(({ key }) => key) };
      const found = await search.rows({ filter: WEEK, messages, offset: 0, limit: 10, characters: 100 }, never);

      expect(found.map(({ columns }) => columns.message)).toEqual(['attempt 14 failed', 'attempt 3 failed']);
    });

    it('finds a row again by its time and fingerprint, with its whole texts', async () => {
      const search = await searchOf([
        logRow('2026-01-14T01:00:00Z', { exception: 'x'.repeat(5_000) }),
        logRow('2026-01-14T01:00:00Z', { exception: 'x'.repeat(5_001) }),
      ]);
      const [row] = await search.rows({ filter: WEEK, offset: 1, limit: 1, characters: 100 }, never);
      const { at = Number.NaN, fingerprint = '' } = row ?? {};

      const filter = { range: { from: at, to: at + 1 } };
      const found = await search.rows({ filter, fingerprint, offset: 0, limit: 10, characters: 64_000 }, never);

      expect(row?.columns.exception).toBe('x'.repeat(100));
      expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
      expect(found.map(({ columns }) => columns.exception?.length)).toEqual([5_001]);
    });

    it('gives rows by the page', async () => {
      const rows = ['c', 'a', 'b'].map((message) => logRow('2026-01-14', { message }));
      const search = await searchOf([...rows, logRow('2026-01-13', { message: 'older' })]);
      const page = async (offset: number) => {
        const found = await search.rows({ filter: WEEK, offset, limit: 2, characters: 100 }, never);
        return found.map(({ columns }) => columns.message);
      };

      expect([await page(0), await page(2), await page(4)]).toEqual([['a', 'b'], ['c', 'older'], []]);
    });

    it('tells the time of the newest row', async () => {
      const search = await searchOf([logRow('2026-01-13T01:00:00Z'), logRow('2026-01-20')]);

      expect(await search.newest(WEEK, never)).toBe(micros('2026-01-13T01:00:00Z'));
      expect(await search.newest({ range: { from: 0, to: MICROS_PER_DAY } }, never)).toBeUndefined();
    });
  });
}
