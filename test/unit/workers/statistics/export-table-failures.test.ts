import { describe, expect, it } from 'vitest';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { exportTable } from '../../../../src/workers/statistics/export-table.ts';
import { columnsWith, memoryTable, numberedRows, statisticsRow } from '../../../support/statistics-table.ts';
import { makeStatisticsWorld, TABLE } from '../../../support/statistics-world.ts';

const CHANGED_AT = Date.parse('2026-01-15T00:00:00.123Z');
const VERSION = '2026-01-15T00:00:00.123Z';
const ROW =
  '{"metric":"active_hours","statistic":"mean","parameter":null,"branch":"control","comparison":null,"comparison_to_branch":null,' +
  '"ci_width":0.95,"point":1.5,"lower":1,"upper":2,"segment":"all","analysis_basis":"enrollments","window_index":"1"}';

function setup() {
  const world = makeStatisticsWorld();
  world.source.set(TABLE, memoryTable([statisticsRow()], { changedAt: CHANGED_AT }));
  return { ...world, run: (changes = {}) => exportTable(world.deps, world.request(changes)) };
}

describe('an object that somebody else changes meanwhile', () => {
  it('is looked at again: what is newer stays', async () => {
    const { run, store, publish, textOf } = setup();
    store.meddle = () => publish('newer', { [METADATA.sourceVersion]: '2026-01-15T00:00:00.124Z' });

    const { outcome } = await run();

    expect([outcome.kind, await textOf()]).toEqual(['superseded', 'newer']);
  });

  it('is looked at again: what is the same stays', async () => {
    const { run, store, publish } = setup();
    store.meddle = () => publish('same', { [METADATA.sourceVersion]: VERSION });

    expect((await run()).outcome.kind).toBe('skipped');
  });

  it('is looked at again: what is older is replaced', async () => {
    const { run, store, publish, textOf } = setup();
    store.meddle = () => publish('older', { [METADATA.sourceVersion]: '2026-01-14T00:00:00.000Z' });

    const { outcome } = await run();

    expect([outcome.kind, await textOf()]).toEqual(['published', `[${ROW}]`]);
  });

  it('is looked at three times, then the attempt fails', async () => {
    const { run, store, publish, textOf } = setup();
    let round = 0;
    const meddle = async () => {
      await publish(`theirs ${(round += 1)}`);
      store.meddle = meddle;
    };
    store.meddle = meddle;

    await expect(run()).rejects.toMatchObject({ code: 'OBJECT_CHANGED', failureClass: 'transient' });

    expect([round, await textOf()]).toEqual([3, 'theirs 3']);
  });

  it('is not looked at again when the work was aborted', async () => {
    const { run, store, publish } = setup();
    const stop = new AbortController();
    let round = 0;
    store.meddle = async () => {
      round += 1;
      await publish('theirs');
      stop.abort(new Error('stop'));
    };

    await expect(run({ signal: stop.signal })).rejects.toThrow('stop');

    expect(round).toBe(1);
  });
});

describe('an export that fails', () => {
  const refused = [...numberedRows(8), ...numberedRows(2, { branch: null })];

  it.each([
    ['too many rows are refused', memoryTable(refused), 'ROWS_REFUSED'],
    [
      'no row is left beside comparisons with a branch without rows',
      memoryTable([statisticsRow({ comparison: 'difference', comparison_to_branch: 'nobody' })]),
      'ROWS_REFUSED',
    ],
    [
      'the table delivers fewer rows than promised',
      memoryTable(numberedRows(2), { promisedRows: 3 }),
      'ROW_COUNT_MISMATCH',
    ],
    [
      'the table delivers more rows than promised',
      memoryTable(numberedRows(2), { promisedRows: 1 }),
      'ROW_COUNT_MISMATCH',
    ],
    [
      'a value has no place in the format',
      memoryTable([statisticsRow({ note: '{' })], { columns: columnsWith({ note: { kind: 'json' } }) }),
      'VALUE_INVALID',
    ],
  ])('because %s leaves the last file as it was', async (_, table, code) => {
    const { run, source, head, publish, textOf } = setup();
    const before = await publish('last good');
    source.set(TABLE, table);

    await expect(run()).rejects.toMatchObject({ code });

    expect([await textOf(), await head()]).toEqual(['last good', before]);
  });

  it('publishes nothing where nothing was', async () => {
    const { run, source, head } = setup();
    source.set(TABLE, memoryTable(refused));

    await expect(run()).rejects.toMatchObject({ code: 'ROWS_REFUSED' });

    expect(await head()).toBeUndefined();
  });

  it('publishes with one row less that breaks a rule: the limit itself is allowed', async () => {
    const { run, source } = setup();
    source.set(TABLE, memoryTable([...numberedRows(9), statisticsRow({ metric: 'z', branch: null })]));

    const { outcome } = await run();

    expect(outcome).toMatchObject({ kind: 'published', rows: 9, rejected: 1 });
  });

  it.each(['before it begins', 'in the middle'])('because it was aborted %s leaves nothing', async (when) => {
    const { run, source, store, never } = setup();
    source.set(TABLE, memoryTable(numberedRows(4), { rowsPerBatch: 1 }));
    const stop = new AbortController();
    const abort = () => stop.abort(new Error('stop'));
    if (when === 'before it begins') abort();

    await expect(run({ signal: stop.signal, onProgress: abort })).rejects.toThrow('stop');

    expect(await store.list('', never)).toEqual([]);
  });

  it('says that there are no results where there is no table', async () => {
    const { run, source } = setup();
    source.remove(TABLE);

    await expect(run()).rejects.toMatchObject({
      code: 'RESULTS_MISSING',
      message: 'my-slug has no weekly results.',
      subject: TABLE,
    });
  });

  it.each(['', 'x'.repeat(81), 'a\nb'])('refuses the slug %j before it looks at anything', async (experiment) => {
    const { run } = setup();

    await expect(run({ experiment })).rejects.toMatchObject({ code: 'SLUG_INVALID' });
  });
});

describe('a file name that two experiments share', () => {
  it('belongs to the one whose file is there, even against force', async () => {
    const { run, textOf } = setup();
    await run({ experiment: 'my-slug' });

    for (const force of [false, true]) {
      await expect(run({ experiment: 'my.slug', force })).rejects.toMatchObject({
        code: 'SLUG_CONFLICT',
        message: expect.stringMatching(/my-slug and my\.slug .*statistics_my_slug_weekly\.json/),
      });
    }

    expect(await textOf()).toBe(`[${ROW}]`);
  });

  it('is not claimed by a name that only a table tells', async () => {
    const { run, head } = setup();
    await run({ experiment: 'my_slug', knownBy: 'tables' });

    expect((await head())?.metadata).not.toHaveProperty(METADATA.experiment);
    expect((await run({ experiment: 'my-slug', force: true })).outcome.kind).toBe('published');
  });

  it('keeps its owner when it is exported by a name that only a table tells', async () => {
    const { run, head, source } = setup();
    await run({ experiment: 'my-slug' });
    source.set(TABLE, memoryTable([], { changedAt: CHANGED_AT + 1 }));

    await run({ experiment: 'my_slug', knownBy: 'tables' });

    expect((await head())?.metadata[METADATA.experiment]).toBe('my-slug');
  });

  it('comes with a warning where the console cannot find it', async () => {
    const { run } = setup();

    const { outcome } = await run({ experiment: 'my.slug' });

    expect(outcome).toMatchObject({ kind: 'published', warnings: [{ kind: 'name' }] });
  });
});
