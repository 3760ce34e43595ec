/** A worker process that is killed in the middle of an export. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runStatements } from '../../src/adapters/duckdb/load-statistics.ts';
import { deployment } from '../support/deployment.ts';
import { createLargeTable } from '../support/large-table.ts';

describe('a killed worker', () => {
  it('leaves the old file whole, and its export is done by another', async () => {
    const { bucket, file, json, start } = deployment();
    const path = join(bucket, 'statistics', 'statistics_large_weekly.json');
    await runStatements(file, createLargeTable('statistics_large_weekly', 2_000));
    const first = start('worker');
    await json('backfill --wait');
    const before = readFileSync(path, 'utf8');
    await runStatements(file, createLargeTable('statistics_large_weekly', 400_000, 2));
    const enqueued = await json('backfill --product statistics');
    await untilWriting(bucket);

    first.child.kill('SIGKILL');
    await first.ended;

    expect(enqueued).toMatchObject({ enqueued: 1 });
    expect(readFileSync(path, 'utf8') === before).toBe(true);
    const second = start('worker --drain');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(400_000);
    expect(readdirSync(join(bucket, '.contrail', 'tmp'))).toEqual([]);
  });
});

/** Resolves when an export has bytes on disk that are not published yet. */
async function untilWriting(bucket: string): Promise<void> {
  const aside = join(bucket, '.contrail', 'tmp');
  const isWriting = (): boolean =>
    readdirSync(aside).some((name) => (statSync(join(aside, name), { throwIfNoEntry: false })?.size ?? 0) > 100_000);
  while (!isWriting()) await sleep(5);
}
