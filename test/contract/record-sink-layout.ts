/** What every record sink must do with days and with repeated records: apart, because the emulator can do neither. */
import { describe, expect, it } from 'vitest';
import type { RecordSinkWorld } from './record-sink.ts';

const never = new AbortController().signal;
const DAY = { table: 'query_cost_v1', partition: '2026-01-14' };
const EXPERIMENTS = 'experimenter_experiments_v1';
const BRANCH = { slug: 'control', ratio: 1, features: [{ featureId: 'f', value: { a: [1, null] } }] };

export function describeRecordSinkLayout(name: string, setup: () => Promise<RecordSinkWorld>): void {
  describe(`record sink, days and repeated records: ${name}`, () => {
    it('replaces the rows of a day and leaves the other days alone', async () => {
      const world = await setup();

      const replaced = await replaceADay(world);
      await world.sink.replace({ ...DAY, id: 'nothing', rows: [] }, never);

      expect(replaced).toEqual(['a', 'd', 'new']);
      expect(await queriesOf(world)).toEqual(['a', 'd']);
    });

    it('keeps the fields of repeated records apart', async () => {
      const world = await setup();

      const [shape, ...others] = await writeBranches(world);

      expect(others).toEqual([]);
      expect(shape).toMatch(/control.*featureId/);
    });
  });
}

/** Writes rows `a` to `d` at both ends of a day and of its neighbours, then `new` for the day; what is there then. */
export async function replaceADay(world: RecordSinkWorld): Promise<string[]> {
  const times = ['13T23:59:59', '14T00:00:00', '14T23:59:59', '15T00:00:00'];
  const before = times.map((time, index) => costRow(time, 'abcd'.charAt(index)));
  await world.sink.append({ id: 'before', table: DAY.table, rows: before }, never);
  await world.sink.replace({ ...DAY, id: 'day', rows: [costRow('14T12:00:00', 'new')] }, never);
  return queriesOf(world);
}

/** Writes a hundred rows with equal records in them; as what these are read, each text once. */
export async function writeBranches({ sink, rows }: RecordSinkWorld): Promise<string[]> {
  const many = Array.from({ length: 100 }, () => ({ normandy_slug: 'my-slug', branches: [BRANCH] }));
  await sink.replace({ id: 'many', table: EXPERIMENTS, rows: many }, never);
  return [...new Set((await rows(EXPERIMENTS)).map((entry) => JSON.stringify(entry['branches'])))];
}

function costRow(time: string, query: string) {
  return { submission_timestamp: `2026-01-${time}Z`, query };
}

async function queriesOf({ rows }: RecordSinkWorld): Promise<string[]> {
  return (await rows(DAY.table)).map((entry) => String(entry['query'])).sort();
}
