import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogEvent, recordBatchId, toLogRecord } from '../../../src/domain/log-record.ts';
import { MONITORING_TABLES } from '../../../src/domain/monitoring-tables.ts';

const NOW = Date.parse('2026-01-15T12:00:00.999Z');
const EVENT: LogEvent = { message: 'odd', level: 'WARNING', at: { file: 'a.ts', function: 'b' } };

describe('a log row', () => {
  it('has a value or NULL for each column of the table, in its order', () => {
    const columns = MONITORING_TABLES.get('logs')?.map((column) => column.name);

    expect(Object.keys(toLogRecord(EVENT, NOW))).toEqual(columns);
  });

  it('tells the time in whole seconds, cut', () => {
    expect(toLogRecord(EVENT, NOW).timestamp).toBe('2026-01-15T12:00:00Z');
    expect(toLogRecord(EVENT, -1).timestamp).toBe('1969-12-31T23:59:59Z');
  });

  it('has the text None where there was no exception, and NULL for what is not known', () => {
    expect(toLogRecord(EVENT, NOW)).toMatchObject({
      experiment: null,
      exception: 'None',
      exception_type: null,
      source: 'contrail',
      metric: null,
      analysis_period: null,
    });
  });

  it('keeps the message as it is: control characters, quotes, line breaks', () => {
    const message = 'a\u0000\u001b[31m\n\t"\'\\é😀\u2028';

    expect(toLogRecord({ ...EVENT, message }, NOW).message).toBe(message);
  });

  it('keeps a message of 64 kB and cuts a longer one, with a mark', () => {
    const just = 'x'.repeat(64_000);

    expect(toLogRecord({ ...EVENT, message: just }, NOW).message).toBe(just);
    expect(toLogRecord({ ...EVENT, message: `${just}y` }, NOW).message).toBe(`${just} … [cut, 64001 bytes in all]`);
    expect(toLogRecord({ ...EVENT, exception: `${just}y` }, NOW).exception).toBe(`${just} … [cut, 64001 bytes in all]`);
  });

  it('is never half a character, and never above 65536 bytes', () => {
    const text = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }), fc.integer({ min: 1, max: 40_000 }))
      .map(([piece, times]) => `${piece}\ud83d`.repeat(times));

    fc.assert(
      fc.property(text, (message) => {
        const written = toLogRecord({ ...EVENT, message }, NOW).message;
        expect(written.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(written)).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 30 },
    );
  });

  it('cut within a character loses that character', () => {
    const message = `${'x'.repeat(63_999)}é and more`;

    expect(toLogRecord({ ...EVENT, message }, NOW).message).toMatch(/x … \[cut, 64010 bytes in all\]$/);
  });
});

describe('the id of a batch', () => {
  it('is the same for the same work, and another for another', () => {
    expect(recordBatchId(['logs', 'job', '1'])).toBe(recordBatchId(['logs', 'job', '1']));
    expect(recordBatchId(['logs', 'job', '1'])).not.toBe(recordBatchId(['logs', 'job', '2']));
    expect(recordBatchId(['logs', 'job1'])).not.toBe(recordBatchId(['logs', 'job', '1']));
    expect(recordBatchId(['a\nb'])).not.toBe(recordBatchId(['a', 'b']));
    expect(recordBatchId(['logs'])).toMatch(/^[0-9a-f]{32}$/);
  });
});
