/** Rows that come packed: the same rows as without, in fewer bytes, through the same trouble. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodedRows } from '../../../support/read-table.ts';
import type { FaultRule } from '../../../support/replay-server/faults.ts';
import type { TableSpec } from '../../../support/replay-server/catalog.ts';
import { DATASET, never, replayWorld, VERSION } from './replay-world.ts';

const VIEW = 'statistics_my_slug_weekly';
const NAME = `${DATASET}.${VIEW}`;
const MANY: TableSpec = { name: NAME, kind: 'view', generate: { rows: 6000, windows: 2, batchRows: 200 } };

/** The rows of a view that is read as a stream, and what they took. */
async function read(table: TableSpec, isCompressed: boolean, faults: readonly FaultRule[] = []) {
  const { source, server } = await replayWorld({ tables: [table], faults }, { smallRows: 0 }, { isCompressed });
  const open = await source.open({ table: VIEW, seenVersion: VERSION, signal: never });
  if (open === undefined) throw new Error('no table');
  const rows = await encodedRows(open);
  return { rows, bytesRead: open.usage()?.bytesRead ?? 0, counters: server.counters.read() };
}

it('gives the same rows in less than half of the bytes', async () => {
  const plain = await read(MANY, false);

  const packed = await read(MANY, true);

  expect(packed.rows).toEqual(plain.rows);
  expect(packed.bytesRead).toBeLessThan(plain.bytesRead / 2);
  expect(packed.counters.bytesStreamed).toBeLessThan(plain.counters.bytesStreamed / 2);
});

it('is taken up where it broke', async () => {
  const plain = await read(MANY, false);
  const fault = { kind: 'refuse', code: 'UNAVAILABLE', afterBatches: 7 } as const;

  const packed = await read(MANY, true, [{ on: 'storage.readRows', fault }]);

  expect(packed.rows).toEqual(plain.rows);
  expect(packed.counters.requests['storage.readRows']).toBe(2);
});

it('takes a message as it is that packing would not have made smaller', async () => {
  // Hashes hold nothing twice, and a long run of them needs bytes that tell its length.
  const hashes = Array.from({ length: 8000 }, (_, index) => createHash('sha256').update(`${index}`).digest());
  const value = Buffer.concat(hashes);
  const table: TableSpec = {
    name: NAME,
    kind: 'view',
    fields: [{ name: 'hashes', type: 'BYTES' }],
    rows: [{ hashes: value }],
  };
  const plain = await read(table, false);

  const packed = await read(table, true);

  expect(packed.rows).toEqual(plain.rows);
  expect(packed.rows).toEqual([{ hashes: value.toString('base64') }]);
  expect(packed.bytesRead).toBe(plain.bytesRead);
});
