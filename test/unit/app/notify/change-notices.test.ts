import { expect, it, onTestFinished, vi } from 'vitest';
import { MemoryNoticeSource } from '../../../../src/adapters/memory/notice-source.ts';
import { MemoryRecordSink } from '../../../../src/adapters/memory/record-sink.ts';
import { seededRandom } from '../../../../src/adapters/memory/seeded-random.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { ChangeNotices } from '../../../../src/app/notify/change-notices.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { STATISTICS_JOB } from '../../../../src/jobs/statistics-job.ts';
import { changeRecord } from '../../../support/change-record.ts';
import { makePlanWorld } from '../../../support/plan-world.ts';
import { NOW } from '../../../support/statistics-world.ts';

function setup() {
  const world = makePlanWorld();
  const clock = new VirtualClock(NOW);
  const source = new MemoryNoticeSource();
  const kinds: string[] = [];
  const scanAll = vi.fn<() => Promise<void>>(async () => {});
  const notices = new ChangeNotices({
    source,
    watched: { dataset: 'mozanalysis', project: 'replay-project' },
    scan: {
      planning: { ...world.deps, clock },
      enqueuing: {
        queue: world.queue,
        store: world.store,
        records: new MemoryRecordSink(),
        clock,
        random: seededRandom(1),
        log: world.log,
      },
    },
    scanAll,
    onNotice: (kind) => kinds.push(kind),
  });
  notices.start();
  onTestFinished(() => notices.stop());
  const lists = vi.spyOn(world.source, 'listTables');
  return {
    ...world,
    clock,
    notices,
    source: world.source,
    send: (...contents: readonly string[]) => contents.forEach((content) => source.send(content)),
    kinds,
    scanAll,
    lists: () => lists.mock.calls.length,
    jobs: async () => (await world.queue.list(STATISTICS_JOB.queue, ['waiting'], 100)).map(({ name }) => name).sort(),
  };
}

it('enqueues the file of a table soon after its change was told', async () => {
  const { tables, send, clock, jobs } = setup();
  tables(['statistics_a_weekly', 'statistics_b_weekly']);

  send(changeRecord('statistics_a_weekly'));
  await clock.advance(1_000);

  expect(await jobs()).toEqual(['a weekly']);
});

it('looks once at what is told many times and in any order', async () => {
  const { tables, send, clock, jobs, lists } = setup();
  tables(['statistics_a_weekly', 'statistics_b_weekly']);
  const records = ['a', 'b', 'a'].map((slug) => changeRecord(`statistics_${slug}_weekly`));

  for (let round = 0; round < 1_000; round++) send(...records);
  await clock.advance(1_000);

  expect(await jobs()).toEqual(['a weekly', 'b weekly']);
  expect(lists()).toBeLessThanOrEqual(2);
});

it('looks at most once a second while messages keep coming', async () => {
  const { tables, send, clock, lists } = setup();
  tables(['statistics_a_weekly']);

  for (let tenth = 0; tenth < 100; tenth++) {
    send(changeRecord('statistics_a_weekly'));
    await clock.advance(100);
  }

  expect(lists()).toBeGreaterThanOrEqual(8);
  expect(lists()).toBeLessThanOrEqual(12);
});

it('scans everything instead when very many tables are told at once', async () => {
  const { send, clock, scanAll, lists } = setup();
  send(...Array.from({ length: 5_000 }, (_, index) => changeRecord(`statistics_x${index}_weekly`)));

  await clock.advance(2_000);

  expect(scanAll).toHaveBeenCalledTimes(1);
  expect(lists()).toBeLessThanOrEqual(1);
});

it('counts messages that are of no use, and goes on', async () => {
  const { tables, send, clock, jobs, kinds } = setup();
  tables(['statistics_a_weekly']);

  send('', 'no JSON', changeRecord('statistics_a_weekly', { dataset: 'other' }), changeRecord('statistics_a_weekly'));
  await clock.advance(1_000);

  expect(kinds).toEqual(['bad', 'bad', 'other', 'table']);
  expect(await jobs()).toEqual(['a weekly']);
});

it('leaves what it could not look at to the next scan, and goes on', async () => {
  const { tables, source, send, clock, jobs, log } = setup();
  tables(['statistics_a_weekly', 'statistics_b_weekly']);
  vi.spyOn(source, 'listTables').mockRejectedValueOnce(new ContrailError('SERVICE_UNAVAILABLE', 'Away.'));

  send(changeRecord('statistics_a_weekly'));
  await clock.advance(1_000);
  send(changeRecord('statistics_b_weekly'));
  await clock.advance(2_000);

  expect(await jobs()).toEqual(['b weekly']);
  expect(log.lines.map(({ text }) => text)).toContain(
    'changed tables could not be looked at; the next scan finds them',
  );
});

it('takes nothing more once it is stopped', async () => {
  const { tables, send, clock, jobs, notices } = setup();
  tables(['statistics_a_weekly']);
  await notices.stop();

  send(changeRecord('statistics_a_weekly'));
  await clock.advance(5_000);

  expect(await jobs()).toEqual([]);
});

it('does not count the hours that it listens as slow', async () => {
  const { clock, log } = setup();

  await clock.advance(3 * 3_600_000);

  expect(log.lines).toEqual([]);
});
