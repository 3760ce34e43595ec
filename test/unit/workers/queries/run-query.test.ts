import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { VirtualClock } from '../../../../src/adapters/memory/virtual-clock.ts';
import { ContrailError, toContrailError } from '../../../../src/domain/errors.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import type { QueryExport } from '../../../../src/domain/query-export/query-export.ts';
import type { ObjectWriter, WriteRequest } from '../../../../src/ports/object-store.ts';
import { runQuery } from '../../../../src/workers/queries/run-query.ts';
import { publishText } from '../../../support/publish-text.ts';
import { queryExport, QueryRows, unavailable } from '../../../support/query-rows.ts';

const { signal } = new AbortController();
const TICK = Date.parse('2026-01-15T04:30:00Z');
const NAME = 'live/my-query.json';
const SPLIT = {
  scope: { kind: 'split', by: 'experiment' },
  object: 'live/{slug}_values.json',
} as const satisfies Partial<QueryExport>;

/** A store whose commits fail as a test says. */
class FailingStore extends MemoryObjectStore {
  failing: (name: string) => ContrailError | undefined = () => undefined;

  override async write(request: WriteRequest): Promise<ObjectWriter> {
    const writer = await super.write(request);
    return {
      write: (chunk) => writer.write(chunk),
      discard: () => writer.discard(),
      commit: async (metadata) => {
        const failure = this.failing(request.name);
        if (failure !== undefined) throw failure;
        return writer.commit(metadata);
      },
    };
  }
}

function setup(parts: Partial<QueryExport> = {}) {
  const clock = new VirtualClock(TICK);
  const store = new FailingStore({ clock, keepHistory: true });
  const queries = new QueryRows();
  const definition = queryExport(parts);
  const run = (changes: { tick?: number; job?: string; slugs?: readonly string[]; isAgain?: boolean } = {}) => {
    const { tick = TICK, slugs = [], isAgain = false } = changes;
    const job = changes.job ?? `query.my-query.${tick}`;
    const experiments = slugs.map((slug) => ({ slug, startedAt: 0 }));
    return runQuery({ store, clock, queries }, { definition, tick, job, isAgain, experiments, signal });
  };
  const failure = (changes?: Parameters<typeof run>[0]) =>
    run(changes).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => toContrailError(error),
    );
  const read = async (name = NAME) => {
    const content = await store.read(name, signal);
    return content === undefined ? undefined : text(content);
  };
  const head = (name = NAME) => store.head(name, signal);
  const generations = (name = NAME) => store.history(name).length;
  return { clock, store, queries, run, failure, read, head, generations };
}

describe('a query with one file', () => {
  it('publishes its rows with where they are from', async () => {
    const { run, read, head, queries } = setup();
    queries.rows = [{ experiment: 'a', value: 1 }, { experiment: 'b' }, { experiment: 'c', value: 3 }];

    const { outcome, files } = await run();

    expect(await read()).toBe(
      '[{"experiment":"a","value":"1"},{"experiment":"b","value":null},{"experiment":"c","value":"3"}]',
    );
    expect((await head())?.metadata).toMatchObject({
      [METADATA.source]: 'query:my-query',
      [METADATA.sourceVersion]: '2026-01-15T04:30:00.000Z',
      [METADATA.config]: 'a'.repeat(40),
      [METADATA.rows]: '3',
    });
    expect(outcome).toMatchObject({ kind: 'published', object: NAME, rows: 3, usage: { bytesBilled: 10_000_000 } });
    expect(files).toHaveLength(1);
    expect(queries.closed).toBe(1);
  });

  it('labels the query for billing, and gives it the tick', async () => {
    const { run, queries } = setup();

    await run();

    expect(queries.asked[0]).toMatchObject({
      labels: { product: 'query', query: 'my-query' },
      parameters: { date: { type: 'DATE', value: '2026-01-15' } },
    });
  });

  it('leaves equal bytes where they are, and moves only the version', async () => {
    const { run, head, generations, queries } = setup();
    queries.rows = [{ experiment: 'a', value: 1 }];
    await run();

    const { outcome } = await run({ tick: TICK + 1 });

    expect(outcome.kind).toBe('unchanged');
    expect(generations()).toBe(1);
    expect((await head())?.metadata[METADATA.sourceVersion]).toBe('2026-01-15T04:30:00.001Z');
  });

  it('never puts an older tick over a newer one, and then asks the warehouse nothing', async () => {
    const { run, queries, read } = setup();
    queries.rows = [{ experiment: 'new' }];
    await run({ tick: TICK });
    queries.rows = [{ experiment: 'old' }];

    const { outcome } = await run({ tick: TICK - 1, isAgain: true });

    expect(outcome.kind).toBe('superseded');
    expect(queries.asked).toHaveLength(1);
    expect(await read()).toContain('new');
  });

  it('is not run again by a retry of the same job', async () => {
    const { run, queries } = setup();
    queries.rows = [{ experiment: 'a' }];
    await run();

    const again = await run();

    expect(again.outcome).toMatchObject({ kind: 'published', rows: 1 });
    expect(queries.asked).toHaveLength(1);
  });

  it('fails for good with one row too many, and tells what it has cost', async () => {
    const { failure, queries, read } = setup({
      limits: { maximumBytesBilled: 1, timeoutMs: 1, maxRows: 2 },
    });
    queries.rows = [{ experiment: 'a' }, { experiment: 'b' }, { experiment: 'c' }];

    const error = await failure();

    expect(error).toMatchObject({ code: 'QUERY_LIMIT', failureClass: 'content', usage: { bytesBilled: 10_000_000 } });
    expect(await read()).toBeUndefined();
    expect(queries.closed).toBe(1);
  });

  it('writes NDJSON with its own content type', async () => {
    const { run, queries, read } = setup({ format: { kind: 'ndjson' } });
    queries.rows = [{ experiment: 'a' }, { experiment: 'b' }];

    await run();

    expect(await read()).toBe('{"experiment":"a","value":null}\n{"experiment":"b","value":null}\n');
  });

  it.each([{ kind: 'array' }, { kind: 'ndjson' }, { kind: 'keyed', key: 'experiment', wrap: 'v1' }] as const)(
    'publishes an empty file ($kind) where there is none, and again over an empty one',
    async (format) => {
      const { run, read } = setup({ format });

      const kinds = [(await run()).outcome.kind, (await run({ tick: TICK + 1 })).outcome.kind];

      expect(kinds).toEqual(['published', 'unchanged']);
      expect(await read()).toBe({ array: '[]', ndjson: '', keyed: '{"v1":{}}' }[format.kind]);
    },
  );
});

describe('a query that suddenly has no rows', () => {
  it('fails for good, and the file stays', async () => {
    const { run, failure, queries, read } = setup();
    queries.rows = [{ experiment: 'a' }];
    await run();
    queries.rows = [];

    const error = await failure({ tick: TICK + 1 });

    expect(error).toMatchObject({ code: 'QUERY_EMPTY', failureClass: 'content' });
    expect(error.message).toBe(
      'Query "my-query" has no rows for live/my-query.json, which has some; the file stays as it is.',
    );
    expect(await read()).toBe('[{"experiment":"a","value":null}]');
  });

  it('keeps the file of another program too, unless that is empty', async () => {
    const full = setup();
    await publishText(full.store, NAME, '[{"a":1}]');
    const empty = setup({ format: { kind: 'keyed', key: 'experiment', wrap: 'v1' } });
    await publishText(empty.store, NAME, '{"v1": {}}\n');

    expect((await full.failure()).code).toBe('QUERY_EMPTY');
    expect((await empty.run()).outcome.kind).toBe('published');
  });

  it('publishes the empty file if it is told to', async () => {
    const { run, queries, read } = setup({ emptyIs: 'publish' });
    queries.rows = [{ experiment: 'a' }];
    await run();
    queries.rows = [];

    await run({ tick: TICK + 1 });

    expect(await read()).toBe('[]');
  });

  it('does not make an empty file of the day when the newest state has rows', async () => {
    const { run, failure, queries, read } = setup({ object: 'live/x_{date}.json', latest: 'live/x_latest.json' });
    queries.rows = [{ experiment: 'a' }];
    await run();
    queries.rows = [];

    const error = await failure({ tick: TICK + 24 * 3_600_000 });

    expect(error.code).toBe('QUERY_EMPTY');
    expect(await read('live/x_2026-01-16.json')).toBeUndefined();
    expect(await read('live/x_latest.json')).toContain('"a"');
  });
});

describe('the object of the newest state', () => {
  const DATED = { object: 'live/x_{date}.json', latest: 'live/x_latest.json' };
  const [FILE, LATEST] = ['live/x_2026-01-15.json', 'live/x_latest.json'];

  it('gets the bytes of the dated one, after it', async () => {
    const { run, queries, read, head } = setup(DATED);
    queries.rows = [{ experiment: 'a' }];

    const { files } = await run();

    expect(Number((await head(FILE))?.generation)).toBeLessThan(Number((await head(LATEST))?.generation));
    expect(await read(LATEST)).toBe(await read(FILE));
    expect((await head(LATEST))?.metadata).toMatchObject({
      [METADATA.source]: 'query:my-query',
      [METADATA.sourceVersion]: '2026-01-15T04:30:00.000Z',
      [METADATA.rows]: '1',
    });
    expect(files.map(({ kind }) => kind)).toEqual(['published', 'published']);
  });

  it('is tried again alone', async () => {
    const { run, queries, read, store, clock, generations } = setup(DATED);
    queries.rows = [{ experiment: 'a' }];
    const tries: string[] = [];
    store.failing = (name) => {
      if (name !== LATEST) return undefined;
      tries.push(name);
      return tries.length < 3 ? unavailable() : undefined;
    };

    const running = run();
    while (tries.length < 3) await clock.advance(1_000);
    await running;

    expect([queries.asked.length, generations(FILE), tries.length]).toEqual([1, 1, 3]);
    expect(await read(LATEST)).toBe(await read(FILE));
  });

  it('is made by a retry of the job without another query', async () => {
    const { run, failure, queries, read, store } = setup(DATED);
    queries.rows = [{ experiment: 'a' }];
    store.failing = (name) => (name === LATEST ? new ContrailError('ACCESS_DENIED', 'No.') : undefined);
    expect((await failure()).code).toBe('ACCESS_DENIED');
    store.failing = () => undefined;

    await run();

    expect(queries.asked).toHaveLength(1);
    expect(await read(LATEST)).toBe(await read(FILE));
  });

  it('is not replaced by an older tick', async () => {
    const { run, queries, read } = setup(DATED);
    queries.rows = [{ experiment: 'newer' }];
    await run({ tick: TICK });
    queries.rows = [{ experiment: 'older' }];

    await run({ tick: TICK - 24 * 3_600_000 });

    expect(await read('live/x_2026-01-14.json')).toContain('older');
    expect(await read(LATEST)).toContain('newer');
  });
});

describe('a query that is split by experiment', () => {
  const ROWS = [
    { experiment: 'a', value: 1 },
    { experiment: 'a', value: 2 },
    { experiment: 'a', value: 3 },
    { value: 9 },
    { experiment: 'b', value: 4 },
    { experiment: 'other', value: 9 },
    { experiment: 'c', value: 5 },
  ];
  const slugs = ['a', 'b', 'c'];
  const [A, B, C] = slugs.map((slug) => `live/${slug}_values.json`);

  it('cuts one stream into files without the column, and counts the rows of no experiment', async () => {
    const { run, queries, read, head } = setup(SPLIT);
    queries.rows = ROWS;

    const { outcome } = await run({ slugs });

    expect(await Promise.all([A, B, C].map((name) => read(name)))).toEqual([
      '[{"value":"1"},{"value":"2"},{"value":"3"}]',
      '[{"value":"4"}]',
      '[{"value":"5"}]',
    ]);
    expect((await head(A))?.metadata[METADATA.experiment]).toBe('a');
    expect(outcome).toMatchObject({ kind: 'published', object: 'live/{slug}_values.json', rows: 5, sourceRows: 7 });
    expect(queries.asked).toHaveLength(1);
  });

  it('gives experiments without rows an empty file', async () => {
    const { run, queries, read } = setup(SPLIT);
    queries.rows = ROWS.slice(0, 3);

    await run({ slugs });

    expect([await read(B), await read(C)]).toEqual(['[]', '[]']);
  });

  it('fails if a value comes back after another one', async () => {
    const { failure, queries, read } = setup(SPLIT);
    queries.rows = [{ experiment: 'a' }, { experiment: 'b' }, { experiment: 'a' }];

    const error = await failure({ slugs });

    expect(error).toMatchObject({ code: 'QUERY_UNORDERED', failureClass: 'content' });
    expect(error.message).toContain('"a" comes back after another value');
    expect(await read(C)).toBeUndefined();
  });

  it('leaves what is published when it fails in the middle, and a retry goes on', async () => {
    const { run, failure, queries, read, generations } = setup(SPLIT);
    queries.rows = ROWS;
    queries.beforeBatch = (number) => (number === 2 ? Promise.reject(unavailable()) : Promise.resolve());

    const error = await failure({ slugs });
    const between = await Promise.all([A, B, C].map((name) => read(name)));
    queries.beforeBatch = () => Promise.resolve();
    await run({ slugs });

    expect(error.code).toBe('SERVICE_UNAVAILABLE');
    expect(between).toEqual(['[{"value":"1"},{"value":"2"},{"value":"3"}]', undefined, undefined]);
    expect([A, B, C].map((name) => generations(name))).toEqual([1, 1, 1]);
  });

  it('keeps the file of one experiment that has no rows now, and publishes the others', async () => {
    const { run, queries, read, head, generations } = setup(SPLIT);
    queries.rows = ROWS;
    await run({ slugs });
    queries.rows = [{ experiment: 'c', value: 6 }];

    const { outcome, files } = await run({ slugs, tick: TICK + 1 });

    expect(outcome).toMatchObject({ kind: 'published', rows: 1, warnings: [{ kind: 'empty' }, { kind: 'empty' }] });
    expect(files.map(({ kind }) => kind)).toEqual(['published', 'skipped', 'skipped']);
    expect([await read(B), await read(C)]).toEqual(['[{"value":"4"}]', '[{"value":"6"}]']);
    expect([generations(B), (await head(B))?.metadata[METADATA.kept]]).toEqual([1, '2026-01-15T04:30:00.001Z']);
  });

  it('logs a kept file once, until it has rows again', async () => {
    const { run, queries } = setup(SPLIT);
    const logged: unknown[] = [];
    const without = [{ experiment: 'c', value: 6 }];
    for (const [index, rows] of [ROWS, without, without, ROWS, without].entries()) {
      queries.rows = rows;
      const { events } = await run({ slugs: ['b', 'c'], tick: TICK + index });
      logged.push(events.map(({ experiment, level }) => `${level} ${experiment}`));
    }

    expect(logged).toEqual([[], ['WARNING b'], [], [], ['WARNING b']]);
  });

  it('fails if no experiment has rows any more, and keeps the files', async () => {
    const { run, failure, queries, read } = setup(SPLIT);
    queries.rows = ROWS.slice(0, 5);
    await run({ slugs });
    queries.rows = [];

    const error = await failure({ slugs, tick: TICK + 1 });

    expect(error.code).toBe('QUERY_EMPTY');
    expect(error.message).toContain('2 of 3 files of query "my-query" were not published');
    expect([await read(B), await read(C)]).toEqual(['[{"value":"4"}]', '[]']);
  });

  it('fails for another reason even if files are kept as well, and names that reason', async () => {
    const { run, failure, queries } = setup({ ...SPLIT, object: 'live/{normalised}.json' });
    queries.rows = [{ experiment: 'b' }, { experiment: 'z' }];
    await run({ slugs: ['b', 'z'] });
    queries.rows = [{ experiment: 'x-y' }, { experiment: 'x_y' }, { experiment: 'z' }];

    const error = await failure({ slugs: ['b', 'x-y', 'x_y', 'z'], tick: TICK + 1 });

    expect(error).toMatchObject({ code: 'SLUG_CONFLICT', evidence: expect.stringContaining('has no rows for') });
  });

  it('asks nothing if no experiment is chosen', async () => {
    const { run, queries } = setup(SPLIT);

    const { outcome, files } = await run();

    expect([outcome.kind, files.length, queries.asked.length]).toEqual(['unchanged', 0, 0]);
  });

  it('refuses to let two slugs share a file, and publishes the others', async () => {
    const { failure, queries, read } = setup({ ...SPLIT, object: 'live/{normalised}.json' });
    queries.rows = [{ experiment: 'x-y' }, { experiment: 'x_y' }, { experiment: 'z' }];

    const error = await failure({ slugs: ['x-y', 'x_y', 'z'] });

    expect(error.code).toBe('SLUG_CONFLICT');
    expect(await read('live/z.json')).toBe('[{"value":null}]');
  });
});

describe('a query for each experiment', () => {
  it('runs once an experiment, with its slug as a parameter', async () => {
    const { run, queries, read } = setup({ scope: { kind: 'experiment' }, object: 'live/{slug}.json' });
    queries.rows = [{ experiment: 'x', value: 1 }];

    const { outcome } = await run({ slugs: ['a', 'b'] });

    expect(queries.asked.map(({ parameters }) => parameters['experiment'])).toEqual([
      { type: 'STRING', value: 'a' },
      { type: 'STRING', value: 'b' },
    ]);
    expect(await read('live/b.json')).toBe('[{"experiment":"x","value":"1"}]');
    expect(outcome).toMatchObject({ kind: 'published', rows: 2, usage: { requests: 2 } });
  });
});
