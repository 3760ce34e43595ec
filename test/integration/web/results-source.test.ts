import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MemoryObjectStore } from '../../../src/adapters/memory/object-store.ts';
import { VirtualClock } from '../../../src/adapters/memory/virtual-clock.ts';
import { ThreadedFileReader } from '../../../src/app/web/results/file-reader.ts';
import { type ResultsLimits, resultsSource } from '../../../src/app/web/results/results-source.ts';
import { CONSOLE_RULES } from '../../../src/domain/console-rules.ts';
import { METADATA } from '../../../src/domain/object-metadata.ts';
import { ABSENT } from '../../../src/ports/object-store.ts';
import type { ReadResults } from '../../../src/web/pages/experiment/results/source.ts';
import { valueOf } from '../../../src/web/part.ts';
import { recordedLog } from '../../support/recorded-log.ts';
import { comparedRows, fileRow } from '../../support/results-world.ts';

const never = new AbortController().signal;

function setup(limits: Partial<ResultsLimits> = {}) {
  const clock = new VirtualClock(0);
  const store = new MemoryObjectStore({ clock });
  const reads: string[] = [];
  const counted = {
    head: store.head.bind(store),
    read: (name: string, signal: AbortSignal) => {
      reads.push(name);
      return store.read(name, signal);
    },
  };
  const reader = new ThreadedFileReader();
  onTestFinished(() => reader.stop());
  const source = resultsSource({
    store: counted,
    clock,
    log: recordedLog(),
    rules: CONSOLE_RULES.e5dd1051c,
    reader,
    limits,
  });
  const publish = async (name: string, content: string | Uint8Array, metadata = {}): Promise<void> => {
    const generation = (await store.head(name, never))?.generation ?? ABSENT;
    const writer = await store.write({
      name,
      contentType: 'application/json',
      ifGeneration: generation,
      signal: never,
    });
    await writer.write(Buffer.from(content));
    await writer.commit(metadata);
  };
  const read = async (slug = 'one'): Promise<ReadResults> => {
    // Longer than the list of objects is kept.
    await clock.advance(20_000);
    const part = await source.read({ slug }, never);
    const value = valueOf(part);
    if (value === undefined) throw new Error(JSON.stringify(part));
    return value;
  };
  return { source, publish, read, reads, reader };
}

const rows = (...parts: Parameters<typeof fileRow>) => JSON.stringify([fileRow(...parts)]);

describe('the results of an experiment', () => {
  it('are read once for each generation of a file', async () => {
    const { publish, read, reads } = setup();
    await publish('statistics/statistics_one_weekly.json', rows());

    await read();
    const [first] = (await read()).files;
    await publish('statistics/statistics_one_weekly.json', rows({ point: 2 }));
    const [second] = (await read()).files;

    expect(reads.filter((name) => name.includes('weekly'))).toHaveLength(2);
    expect(first?.content).toMatchObject({ kind: 'index' });
    expect(second?.generation).not.toBe(first?.generation);
  });

  it('come from every period that has a file, and from no file of another experiment', async () => {
    const { publish, read } = setup();
    await publish('statistics/statistics_one_weekly.json', rows());
    await publish('statistics/statistics_one_days28.json', rows());
    await publish('statistics/statistics_one_daily.json', rows(), { [METADATA.experiment]: 'O.N.E' });

    expect((await read()).files.map(({ period }) => period)).toEqual(['weekly', 'days28']);
  });

  it.each(['', '{}', '[{"metric":', '[1,]', 'null', '[[[[', '['.repeat(50_000), gzipSync('[]')])(
    'say which file is not a list of rows, and read the others',
    async (content) => {
      const { publish, read, reads } = setup();
      await publish('statistics/statistics_one_weekly.json', content);
      await publish('statistics/statistics_one_overall.json', rows());

      const [weekly, overall] = (await read()).files;
      await read();

      expect(weekly?.content).toMatchObject({
        kind: 'unread',
        problem: expect.stringMatching(/^statistics\/statistics_one_weekly\.json is not a list of rows: .+\./),
      });
      expect(overall?.content).toMatchObject({ kind: 'index' });
      expect(reads.filter((name) => name.includes('weekly'))).toHaveLength(1);
    },
  );

  it('leave out a file that is too large, unread', async () => {
    const { publish, read, reads } = setup({ fileBytes: 100 });
    await publish('statistics/statistics_one_weekly.json', rows());

    expect((await read()).files).toMatchObject([{ content: { kind: 'too large' } }]);
    expect(reads).toEqual([]);
  });

  it('forget the files that nobody wanted for longest, beyond the memory for them', async () => {
    const { publish, read, reads } = setup({ keptBytes: 6_000 });
    for (const slug of ['one', 'two', 'three']) await publish(`statistics/statistics_${slug}_weekly.json`, rows());

    for (const slug of ['one', 'two', 'one', 'three', 'one', 'two']) await read(slug);

    const counts = (slug: string) => reads.filter((name) => name.includes(slug)).length;
    expect([counts('one'), counts('two'), counts('three')]).toEqual([1, 2, 1]);
  });

  it('have names, outcomes and first errors from the other files', async () => {
    const { publish, read } = setup();
    const metadata = {
      analysis_start_time: '2026-01-15T04:00:00+00:00',
      metrics: {
        m: { friendly_name: 'Name', description: ' text ', bigger_is_better: false },
        bare: {},
        odd: 7,
      },
      outcomes: { o: { slug: 'o', friendly_name: 'Outcome', metrics: ['m'] } },
    };
    const error = {
      timestamp: '2026-01-15 05:00:00 UTC',
      experiment: 'one',
      metric: 'm',
      analysis_basis: 'enrollments',
      segment: 'all',
      exception_type: 'ValueError',
      message: 'no',
    };
    const old = { ...error, timestamp: '2026-01-15 03:00:00 UTC', segment: 'new' };
    await publish('metadata/metadata_one.json', JSON.stringify(metadata));
    await publish('errors/errors_one.json', JSON.stringify([old, error, 'odd']));

    const { facts, problems } = await read();

    expect(facts.metrics.get('m')).toEqual({ name: 'Name', description: 'text', biggerIsBetter: false });
    expect(facts.metrics.get('bare')).toEqual({ name: 'bare', description: null, biggerIsBetter: null });
    expect(facts.metrics.has('odd')).toBe(false);
    expect(facts.outcomes).toEqual([{ slug: 'o', name: 'Outcome', metrics: ['m'], isPrimary: false }]);
    expect([...facts.firstErrors]).toEqual([['m', { basis: 'enrollments', segment: 'all' }]]);
    expect(problems).toEqual([]);
  });

  it('say what is wrong with the other files', async () => {
    const { publish, read } = setup();
    expect((await read()).problems).toEqual([expect.stringContaining('metadata file is not published yet')]);

    await publish('metadata/metadata_one.json', '{');

    expect((await read()).problems).toEqual([expect.stringContaining('metadata/metadata_one.json cannot be read')]);
  });
});

describe('distributions', () => {
  it('are read when they are wanted: the points of one metric in one window', async () => {
    const { source, publish, read, reads } = setup();
    const point = (parameter: string, part = {}) => fileRow({ statistic: 'deciles', parameter, ...part });
    const file = [point('0.1'), point('0.2'), point('0.1', { metric: 'n' }), point('0.1', { window_index: '2' })];
    await publish('statistics/statistics_one_weekly.json', JSON.stringify([...file, ...comparedRows([1, 2, 3])]));
    const [weekly] = (await read()).files;
    if (weekly === undefined) throw new Error('There is no file.');
    const wish = { metric: 'm', basis: 'enrollments', segment: 'all', window: 1 } as const;

    const part = await source.distribution(weekly, wish, never);

    expect(valueOf(part)?.map(({ parameter, statistic }) => [statistic, parameter])).toEqual([
      ['deciles', 0.1],
      ['deciles', 0.2],
    ]);
    expect(reads.filter((name) => name.includes('weekly'))).toHaveLength(2);
  });
});

describe('the thread', () => {
  const bytesOf = async function* (...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  };

  it('reads several files in turns', async () => {
    const { reader } = setup();
    const file = JSON.stringify(Array.from({ length: 50 }, (_, point) => fileRow({ point })));
    const pieces = file.match(/[^]{1,700}/g) ?? [];

    const tables = await Promise.all([1, 2, 3, 4].map(() => reader.table(bytesOf(...pieces), never)));

    expect(tables.map(({ rowCount }) => rowCount)).toEqual([50, 50, 50, 50]);
  });

  it('starts again after it was stopped', async () => {
    const { reader } = setup();
    await reader.table(bytesOf('[]'), never);
    await reader.stop();

    expect(await reader.table(bytesOf('[]'), never)).toMatchObject({ fileRows: 0 });
  });

  it('fails what is being read when it is stopped', async () => {
    const { reader } = setup();
    let stopped: Promise<void> | undefined;
    const bytes = async function* () {
      yield Buffer.from('[');
      stopped = reader.stop();
      yield Buffer.from('1');
    };

    await expect(reader.table(bytes(), never)).rejects.toThrow('The pages are closing.');
    await stopped;
  });

  it('stops reading when nobody wants it any more', async () => {
    const { reader } = setup();
    const abort = new AbortController();
    const bytes = async function* () {
      yield Buffer.from('[');
      abort.abort(new Error('gone'));
      yield Buffer.from('1');
    };

    await expect(reader.table(bytes(), abort.signal)).rejects.toThrow('gone');
  });
});
