import { expect, it } from 'vitest';
import { fixedClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import type { LogEvent } from '../../../../src/domain/log-record.ts';
import type { RecordSink } from '../../../../src/ports/record-sink.ts';
import { writeLogRecords } from '../../../../src/workers/records/write-log-records.ts';
import { recordedLog } from '../../../support/recorded-log.ts';

const EVENT: LogEvent = { message: 'odd', level: 'WARNING', at: { file: 'a.ts', function: 'b' } };
const clock = fixedClock(Date.parse('2026-01-15T12:00:00.750Z'));

class BrokenSink extends MemoryRecordSink {
  override append(): Promise<never> {
    return Promise.reject(new Error('down'));
  }
}

function setup(sink: RecordSink = new MemoryRecordSink()) {
  const log = recordedLog();
  return { log, write: (work: string[], events: LogEvent[]) => writeLogRecords({ sink, clock, log }, work, events) };
}

it('writes the events of one work as rows of one batch, once', async () => {
  const sink = new MemoryRecordSink();
  const { write } = setup(sink);

  for (let repeat = 0; repeat < 3; repeat++) await write(['job', '1'], [EVENT, { ...EVENT, message: 'odder' }]);

  expect(sink.rows('logs').map((row) => [row['timestamp'], row['message']])).toEqual([
    ['2026-01-15T12:00:00Z', 'odd'],
    ['2026-01-15T12:00:00Z', 'odder'],
  ]);
});

it('writes the events of another work though they are alike', async () => {
  const sink = new MemoryRecordSink();
  const { write } = setup(sink);

  for (const attempt of ['1', '2']) await write(['job', attempt], [EVENT]);

  expect(sink.rows('logs')).toHaveLength(2);
});

it('does not trouble the warehouse where there are no events', async () => {
  const { write, log } = setup(new BrokenSink());

  await write(['job', '1'], []);

  expect(log.lines).toEqual([]);
});

it('shows rows that cannot be written to the people who run Contrail, and goes on', async () => {
  const { write, log } = setup(new BrokenSink());

  await write(['job', '1'], [EVENT]);

  expect(log.lines).toEqual([
    {
      level: 'error',
      text: 'log records could not be written',
      fields: { problem: 'down', rows: [expect.objectContaining({ message: 'odd' })] },
    },
  ]);
});
