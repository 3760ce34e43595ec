import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import type { ContrailError } from '../../../../src/domain/errors.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { publish as publishFile } from '../../../../src/workers/publish/publish.ts';
import { textContent } from '../../../support/published-text.ts';
import type { ExportRequest } from '../../../../src/workers/statistics/export-request.ts';
import { exportTable } from '../../../../src/workers/statistics/export-table.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import { LossyStore } from '../../../support/lost-answers.ts';
import { memoryTable, numberedRows } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, OBJECT, TABLE } from '../../../support/statistics-world.ts';

const never = new AbortController().signal;
const SEEN_AS = ['SERVICE_UNAVAILABLE', 'OBJECT_CHANGED'] as const;

/** Runs attempts as the queue does: a transient failure is tried again. */
async function untilDone<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if ((error as ContrailError).failureClass !== 'transient' || tries === 6) throw error;
    }
  }
}

describe.each(SEEN_AS)('a publication whose answer is lost (%s)', (seenAs) => {
  function statistics() {
    const world = makeStatisticsWorld();
    const store = new LossyStore({ keepHistory: true });
    store.seenAs = seenAs;
    world.source.set(TABLE, memoryTable(numberedRows(7), { changedAt: Date.parse('2026-01-15T00:00:00.123Z') }));
    const run = (changes: Partial<ExportRequest> = {}) =>
      untilDone(() => exportTable({ ...world.deps, store }, world.request({ job: 'first', ...changes })));
    return { store, run };
  }

  function texts() {
    const store = new LossyStore({ keepHistory: true });
    store.seenAs = seenAs;
    const publish = (job: string, force = false) =>
      untilDone(() =>
        publishFile(
          { store, clock: { ...systemClock, now: () => 0 } },
          {
            name: 'errors/errors_x.json',
            claim: { experiment: 'x', knownBy: 'api' },
            job,
            force,
            logged: { at: { file: 'f', function: 'f' } },
            signal: never,
            open: () => Promise.resolve(textContent('a', 'v')),
          },
        ),
      );
    return { store, publish };
  }

  it.each([[false], [true]])(
    'of statistics is reported as published, with what is in place (force: %s)',
    async (force) => {
      const { store, run } = statistics();
      store.losses = 2;

      const { outcome } = await run({ force });

      const object = await store.head(OBJECT, never);
      expect(outcome).toMatchObject({
        kind: 'published',
        rows: 7,
        bytes: object?.bytes,
        generation: object?.generation,
        sourceVersion: object?.metadata[METADATA.sourceVersion],
      });
    },
  );

  it('of statistics as planning saw them is reported once, and not written twice', async () => {
    const { store, run } = statistics();
    store.losses = 1;
    const seen = { sourceVersion: '2026-01-15T00:00:00.123Z', object: { generation: ABSENT, metadata: {} } };

    const { outcome } = await run({ seen });

    expect(outcome).toMatchObject({ kind: 'published', rows: 7, sourceRows: 7 });
    expect(store.history(OBJECT)).toHaveLength(1);
  });

  it('of statistics is not claimed by another job', async () => {
    const { run } = statistics();
    await run();

    const { outcome } = await run({ job: 'second' });

    expect(outcome).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
  });

  it('of metadata or errors is reported as published, once, and not claimed by another job', async () => {
    const { store, publish } = texts();
    store.losses = 1;

    const first = await publish('first');
    const second = await publish('second');

    const object = await store.head('errors/errors_x.json', never);
    expect(first.outcome).toMatchObject({ kind: 'published', bytes: 1, generation: object?.generation });
    expect(second.outcome).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
    expect(store.history('errors/errors_x.json')).toHaveLength(1);
  });
});
