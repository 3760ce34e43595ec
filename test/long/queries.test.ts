/** Configured queries in the long run: scheduled, worked on, and killed in the middle. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { runContrail } from '../support/contrail.ts';
import { queriesRun, SPLIT_NUMBERS } from '../support/queries-run.ts';

const SLUGS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** This many rows for each experiment. */
function numbers(rows: number, value: number): string {
  return `INSERT INTO live.numbers
    SELECT slug, TIMESTAMPTZ '2026-01-13 00:00:00+00' + to_seconds(n), ${value}
    FROM unnest(['${SLUGS.join("','")}']) AS slugs(slug), range(${rows}) AS numbers(n)`;
}

describe('a scheduled query', () => {
  it('is enqueued once a tick, published by a worker, and recorded in one row', async () => {
    const world = await queriesRun(SPLIT_NUMBERS, { slugs: SLUGS });
    await world.sql(numbers(3, 1));
    const environment = {
      ...world.environment,
      CONTRAIL_REDIS: inject('redisUrl'),
      CONTRAIL_QUEUE_PREFIX: `test-${randomUUID()}`,
      CONTRAIL_RECORDS_WINDOW: '1s',
      CONTRAIL_RECORDS_SPOOL: join(world.bucket, '..', 'spool'),
    };
    const contrail = (command: string) => runContrail(command.split(' '), { environment });

    await contrail('schedule --once');
    await contrail('schedule --once');
    const worker = await contrail('worker --drain');

    expect(worker).toMatchObject({ code: 0 });
    expect(readdirSync(join(world.bucket, 'live')).sort()).toEqual(SLUGS.map((slug) => `${slug}_numbers.json`));
    const runs = await world.rows(
      "SELECT job_id, object, outcome, rows::INT AS rows FROM monitoring.export_runs_v1 WHERE product = 'query'",
    );
    const tick = Date.parse('2026-01-15T12:00:00Z');
    expect(runs).toEqual([
      { job_id: `query.numbers.${tick}`, object: 'live/{slug}_numbers.json', outcome: 'published', rows: 18 },
    ]);
  });
});

describe('a query that is killed in the middle', () => {
  it('leaves whole files only, and the next run makes the others', async () => {
    const rows = 60_000;
    const world = await queriesRun(SPLIT_NUMBERS, { slugs: SLUGS });
    await world.sql(numbers(2, 1));
    await world.run('numbers');
    await world.sql('DELETE FROM live.numbers', numbers(rows, 2));
    const path = (slug: string): string => join(world.bucket, 'live', `${slug}_numbers.json`);
    const lengthOf = (slug: string): number => {
      const read: unknown = JSON.parse(readFileSync(path(slug), 'utf8'));
      return Array.isArray(read) ? read.length : -1;
    };

    const killed = world.start('numbers');
    while (readFileSync(path('b')).length < 1_000) await sleep(2);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const between = SLUGS.map(lengthOf);
    const again = await world.run('numbers');

    // The first is new, the last is old, and none is anything else.
    expect(new Set(between)).toEqual(new Set([rows, 2]));
    expect(between).toEqual(between.toSorted((one, other) => other - one));
    expect(again).toMatchObject({ code: 0 });
    expect(SLUGS.map(lengthOf)).toEqual(SLUGS.map(() => rows));
    const aside = join(world.bucket, '.contrail', 'tmp');
    expect(existsSync(aside) ? readdirSync(aside) : []).toEqual([]);
  });
});
