/** `contrail verify` on files in memory: what it finds, and what it leaves alone. */
import { describe, expect, it } from 'vitest';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { recordOf, VERIFY_NOW, verifyWorld, windowRows } from '../../../support/verify-world.ts';

const WEEKLY = 'statistics/statistics_alpha_weekly.json';
const DAILY = 'statistics/statistics_alpha_daily.json';
const OVERALL = 'statistics/statistics_beta_overall.json';
const METADATA_FILE = 'metadata/metadata_alpha.json';
const ERRORS = 'errors/errors_alpha.json';

async function setup() {
  const world = verifyWorld();
  world.table('statistics_alpha_weekly', windowRows([1, 2, 10]));
  world.table('statistics_alpha_daily', windowRows([1, 2, 3]));
  world.table('statistics_beta_overall', windowRows([1]));
  await world.publishAll();
  return world;
}

describe('files as Contrail published them', () => {
  it('have no faults, also compared byte by byte with their sources', async () => {
    const { verify } = await setup();

    const { faults, states } = await verify({ isDeep: true });

    expect(faults).toEqual({});
    expect(Object.keys(states)).toHaveLength(7);
  });

  it('may have the rows of a window in another order, as very large tables give them', async () => {
    const { verify, replace, textOf, metadataOf, without } = await setup();
    const [first, second, ...others] = JSON.parse(await textOf(WEEKLY)) as unknown[];
    const text = JSON.stringify([second, first, ...others]);
    await replace(WEEKLY, { text, metadata: without(await metadataOf(WEEKLY), 'sha256') });

    const { faults } = await verify({ isDeep: true });

    expect(faults).toEqual({});
  });

  it('may lie behind a source that has just changed', async () => {
    const { verify, table } = await setup();
    table('statistics_alpha_weekly', windowRows([1, 2, 10, 11]), VERIFY_NOW - 60_000);

    const { states, faults } = await verify();

    expect(states[WEEKLY]).toBe('behind');
    expect(faults).toEqual({});
  });

  it('stay without a fault when the analysis has deleted their tables', async () => {
    const { verify, source } = await setup();
    source.remove('statistics_alpha_weekly');

    const { faults, states } = await verify();

    expect(faults).toEqual({});
    expect(states[WEEKLY]).toBe('ok');
  });
});

describe('a damaged file', () => {
  it('is found when it is cut off', async () => {
    const { verify, replace, textOf } = await setup();
    await replace(WEEKLY, { text: (await textOf(WEEKLY)).slice(0, -40) });

    const { faults, messages } = await verify();

    expect(faults).toEqual({ [WEEKLY]: ['checksum', 'json'] });
    expect(messages[1]).toMatch(/^It is no list of rows: it ends in the middle after row 8\.$/);
  });

  it('is found when a row is missing', async () => {
    const { verify, replace, textOf } = await setup();
    const rows = JSON.parse(await textOf(WEEKLY)) as unknown[];
    await replace(WEEKLY, { text: JSON.stringify(rows.slice(1)) });

    const { faults, messages } = await verify();

    expect(faults).toEqual({ [WEEKLY]: ['checksum', 'metadata'] });
    expect(messages[1]).toBe('contrail-rows is "9", and the file has "8".');
  });

  it('is found when a row is missing and its metadata were changed alike', async () => {
    const { verify, replace, textOf, metadataOf, without } = await setup();
    const rows = JSON.parse(await textOf(WEEKLY)) as unknown[];
    const metadata = { ...without(await metadataOf(WEEKLY), 'sha256'), [METADATA.rows]: '8' };
    await replace(WEEKLY, { text: JSON.stringify(rows.slice(1)), metadata });

    expect((await verify()).faults).toEqual({ [WEEKLY]: ['rows'] });
    expect((await verify({ isDeep: true })).faults).toEqual({ [WEEKLY]: ['rows', 'content'] });
  });

  it('is found when its windows are in the order of text', async () => {
    const { verify, replace, textOf, metadataOf, without } = await setup();
    const rows = JSON.parse(await textOf(WEEKLY)) as { window_index: string }[];
    rows.sort((a, b) => (a.window_index < b.window_index ? -1 : a.window_index > b.window_index ? 1 : 0));
    await replace(WEEKLY, { text: JSON.stringify(rows), metadata: without(await metadataOf(WEEKLY), 'sha256') });

    const { faults, messages } = await verify();

    expect(faults).toEqual({ [WEEKLY]: ['order'] });
    expect(messages).toEqual(['Row 7 has window "2" after window "10"; windows must ascend.']);
  });

  it('is found when a value was changed, which only its checksum or its source tell', async () => {
    const { verify, replace, textOf, metadataOf, without } = await setup();
    const text = (await textOf(WEEKLY)).replace('"point":1.5', '"point":2.5');
    await replace(WEEKLY, { text });
    const marked = await verify();
    await replace(WEEKLY, { text, metadata: without(await metadataOf(WEEKLY), 'sha256') });

    expect(marked.faults).toEqual({ [WEEKLY]: ['checksum'] });
    expect((await verify()).faults).toEqual({});
    expect((await verify({ isDeep: true })).faults).toEqual({ [WEEKLY]: ['content'] });
  });

  it('is found when the console would reject its rows', async () => {
    const { verify, replace, textOf } = await setup();
    await replace(WEEKLY, { text: (await textOf(WEEKLY)).replace('"segment":"all"', '"segment":null') });

    const { faults, messages } = await verify();

    expect(faults).toEqual({ [WEEKLY]: ['checksum', 'rules'] });
    expect(messages[1]).toMatch(/^Experimenter would reject 1 of 9 rows: segment is null, as in /);
  });

  it('is found when NULLs are left out, as BigQuery exports them', async () => {
    const { verify, replace, textOf } = await setup();
    await replace(WEEKLY, { text: (await textOf(WEEKLY)).replace(/(.*)"comparison":null,/s, '$1') });

    expect((await verify()).messages).toContain('Row 9 has other keys than the first.');
  });

  it('is found when it is served as something else', async () => {
    const { verify, replace } = await setup();
    await replace(WEEKLY, { contentType: 'text/plain' });

    expect((await verify()).faults).toEqual({ [WEEKLY]: ['headers'] });
  });

  it('is found among metadata and errors files', async () => {
    const { verify, replace, textOf } = await setup();
    await replace(METADATA_FILE, {
      text: (await textOf(METADATA_FILE)).replace('"schema_version":4', '"schema_version":3'),
    });
    await replace(ERRORS, { text: '[{"message":"x"}]' });

    expect((await verify()).faults).toEqual({
      [ERRORS]: ['checksum', 'schema'],
      [METADATA_FILE]: ['checksum', 'schema'],
    });
  });
});

describe('a file that is not what its name says', () => {
  it('is found when another program wrote it', async () => {
    const { verify, replace } = await setup();
    await replace(WEEKLY, { metadata: {} });

    expect((await verify()).faults).toEqual({ [WEEKLY]: ['foreign'] });
  });

  it('is found when it was copied from another period', async () => {
    const { verify, replace, textOf, metadataOf } = await setup();
    await replace(DAILY, { text: await textOf(WEEKLY), metadata: await metadataOf(WEEKLY) });

    expect((await verify()).faults).toEqual({ [DAILY]: ['source'] });
  });

  it('is found when its version was swapped for an older one', async () => {
    const { verify, replace, metadataOf } = await setup();
    await replace(WEEKLY, {
      metadata: { ...(await metadataOf(WEEKLY)), [METADATA.sourceVersion]: '2026-01-01T00:00:00.000Z' },
    });

    expect((await verify()).faults).toEqual({ [WEEKLY]: ['version'] });
  });

  it('is found when it is newer than its source', async () => {
    const { verify, replace, metadataOf } = await setup();
    await replace(OVERALL, {
      metadata: { ...(await metadataOf(OVERALL)), [METADATA.sourceVersion]: '2026-01-19T00:00:00.000Z' },
    });

    expect((await verify()).faults).toEqual({ [OVERALL]: ['newer'] });
  });

  it('is found when it was published for another experiment', async () => {
    const { verify, replace, metadataOf } = await setup();
    await replace(WEEKLY, { metadata: { ...(await metadataOf(WEEKLY)), [METADATA.experiment]: 'gamma' } });

    expect((await verify()).faults).toEqual({ [WEEKLY]: ['owner'] });
  });

  it('is found when its name or experiment is none of ours', async () => {
    const { verify, replace, metadataOf } = await setup();
    await replace('statistics/notes.txt', { text: 'hello', metadata: {} });
    const stranger = 'statistics/statistics_delta_weekly.json';
    await replace(stranger, { text: '[]', metadata: await metadataOf(WEEKLY) });

    const { faults } = await verify();

    expect(faults['statistics/notes.txt']).toEqual(['name']);
    expect(faults[stranger]).toContain('experiment');
  });

  it('is found when it is a part that was left behind', async () => {
    const { verify, replace, clock } = await setup();
    await replace('.contrail-work/old', { text: 'x', metadata: {} });
    const young = await verify();
    await clock.advance(25 * 3_600_000);

    expect(young.faults).toEqual({});
    expect((await verify()).faults).toEqual({ '.contrail-work/old': ['leftover'] });
  });
});

describe('verifying while files are published', () => {
  it('takes a second look at what did not fit', async () => {
    const world = await setup();
    const { table, publishAll, verify, store } = world;
    table('statistics_alpha_weekly', windowRows([1, 2]), VERIFY_NOW - 10 * 86_400_000);
    const read = store.read.bind(store);
    // The file is published anew while the first look reads.
    store.read = async (...request) => {
      store.read = read;
      await publishAll();
      return read(...request);
    };

    const { faults } = await verify();

    expect(faults).toEqual({});
  });
});

describe('a selection', () => {
  it('verifies the files of its experiments only', async () => {
    const { verify } = await setup();

    const { states } = await verify({ experiments: ['beta'] });

    expect(Object.keys(states)).toEqual([
      'errors/errors_beta.json',
      'metadata/metadata_beta.json',
      'statistics/statistics_beta_overall.json',
    ]);
  });
});

describe('a repair', () => {
  it('enqueues forced jobs of the faulty files that publishing mends', async () => {
    const { verify, replace, textOf, metadataOf, repair } = await setup();
    await replace(WEEKLY, { text: (await textOf(WEEKLY)).slice(0, -1) });
    await replace(OVERALL, { metadata: { ...(await metadataOf(OVERALL)), [METADATA.experiment]: 'gamma' } });

    const { enqueued } = await repair(await verify());

    expect(enqueued.map(({ due }) => [due.experiment, due.period, due.reason])).toEqual([
      ['alpha', 'weekly', 'forced'],
    ]);
  });

  it('makes the file good', async () => {
    const { verify, replace, textOf, repair, startWorker, clock, stopRecords } = await setup();
    await replace(WEEKLY, { text: (await textOf(WEEKLY)).slice(0, -1) });
    await repair(await verify());

    const worker = startWorker();
    await clock.advance(60_000);
    await worker.stop();
    await stopRecords();

    expect((await verify()).faults).toEqual({});
  });
});

describe('an experiment known only by its normal form', () => {
  it('may have files that were published for its slug', async () => {
    const world = verifyWorld([recordOf('an-alpha')]);
    world.table('statistics_an_alpha_weekly', windowRows([1]));
    await world.publishAll();

    const { faults } = await world.verify();

    expect(faults).toEqual({});
  });
});
