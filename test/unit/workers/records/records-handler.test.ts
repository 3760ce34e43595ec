import { describe, expect, it } from 'vitest';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { RecordRow } from '../../../../src/ports/record-sink.ts';
import type { RefusedRecord } from '../../../../src/ports/record-stage.ts';
import { handleRecordsJob } from '../../../../src/workers/records/records-handler.ts';

const WINDOW = { version: 2, table: 'export_runs_v1', window: '1767000000000-0123456789abcdef' } as const;
const run = (number: number): RecordRow => ({ run_id: `run-${number}`, rows: number });
const BAD = { run_id: 'bad', rows: 'many' };

function setup(rows: readonly RecordRow[], sink: Pick<MemoryRecordSink, 'append'> = new MemoryRecordSink()) {
  const refused = new Map<string, RefusedRecord>();
  let dropped = 0;
  const stage = {
    take: () => Promise.resolve([...rows]),
    drop: () => Promise.resolve(void dropped++),
    setAside: (records: readonly RefusedRecord[]) =>
      Promise.resolve(records.forEach((record) => refused.set(record.id, record))),
  };
  const context = {
    jobId: 'job',
    attempt: 1,
    attempts: 10,
    signal: new AbortController().signal,
    enqueuedAt: 0,
    waitedMs: 0,
    failedRounds: 0,
    progress: () => undefined,
    log: () => undefined,
  };
  return {
    refused,
    dropped: () => dropped,
    handle: () => handleRecordsJob({ stage, sink, dataset: 'monitoring' }, WINDOW, context),
  };
}

describe('the write of a window of records', () => {
  it('writes the good rows and sets the refused ones aside, with the reason', async () => {
    const sink = new MemoryRecordSink();
    const rows = Array.from({ length: 9 }, (_, number) => (number === 4 ? BAD : run(number)));
    const { handle, refused, dropped } = setup(rows, sink);

    await handle();

    expect(sink.rows('export_runs_v1').map((row) => row['rows'])).toEqual([0, 1, 2, 3, 5, 6, 7, 8]);
    expect([...refused.values()]).toEqual([
      expect.objectContaining({
        table: 'export_runs_v1',
        reason: 'Writing to export_runs_v1 failed: rows is no whole number',
        row: JSON.stringify(BAD),
      }),
    ]);
    expect(dropped()).toBe(1);
  });

  it('ends as written, with its counts', async () => {
    const { handle } = setup([run(1), BAD, run(2)]);

    const outcome = await handle();

    const source = `window ${WINDOW.window}`;
    expect(outcome).toEqual({ kind: 'written', table: 'monitoring.export_runs_v1', rows: 2, rejected: 1, source });
  });

  it('has nothing to do where the window was written before', async () => {
    const { handle, dropped } = setup([]);

    const outcome = await handle();

    expect(outcome).toEqual({ kind: 'skipped', reason: 'these records were written before' });
    expect(dropped()).toBe(1);
  });

  it('writes and sets aside nothing twice when it is repeated', async () => {
    const sink = new MemoryRecordSink();
    const { handle, refused } = setup([run(1), BAD, run(2)], sink);

    await handle();
    await handle();

    expect(sink.rows('export_runs_v1')).toHaveLength(2);
    expect(refused.size).toBe(1);
  });

  it('waits while the warehouse takes nothing for another reason', async () => {
    const append = () => Promise.reject(new ContrailError('ACCESS_DENIED', 'No.'));
    const { handle, refused, dropped } = setup([run(1)], { append });

    await expect(handle()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });

    expect([refused.size, dropped()]).toEqual([0, 0]);
  });
});
