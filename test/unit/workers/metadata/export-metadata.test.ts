import { text as readText } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryExperimentsApi } from '../../../../src/adapters/memory/experiments-api.ts';
import { MemoryMetricHub } from '../../../../src/adapters/memory/metric-hub.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import { ABSENT } from '../../../../src/ports/object-store.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { exportMetadata, type MetadataRequest } from '../../../../src/workers/metadata/export-metadata.ts';
import { DATA_SOURCE, metric, never } from '../../../support/metadata-world.ts';
import { publishText } from '../../../support/publish-text.ts';

const OBJECT = 'metadata/metadata_My_slug.json';
const RECORD = {
  slug: 'My-slug',
  appName: 'fenix',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: null,
  proposedEnrollment: 7,
  referenceBranch: 'control',
  outcomes: null,
  branches: [{ slug: 'control', ratio: 1 }],
  bucketConfig: { randomizationUnit: 'nimbus_id', namespace: 'x', start: 0, count: 10, total: 10_000 },
};
const TREE = {
  'definitions/fenix.toml': DATA_SOURCE,
  'jetstream/defaults/fenix.toml': `[metrics]\nweekly = ["a"]\n${metric('a')}`,
};

function setup(records: readonly unknown[] = [RECORD]) {
  const metricHub = new MemoryMetricHub();
  metricHub.commit(TREE, 1_000);
  const store = new MemoryObjectStore({ keepHistory: true });
  const source = new MemoryStatisticsSource();
  const experimentsApi = new MemoryExperimentsApi(records);
  const time = { now: Date.parse('2026-08-21T12:00:00Z') };
  const deps = {
    experimentsApi,
    metricHub,
    configurations: new ConfigurationLoader(),
    store,
    source,
    clock: { ...systemClock, now: () => time.now },
    analysisLeadMs: 1_800_000,
  };
  const run = async (request: Partial<MetadataRequest> = {}) => {
    const fixed = { experiment: 'My-slug', force: false, job: 'job-1', signal: never };
    return (await exportMetadata(deps, { ...fixed, ...request })).outcome;
  };
  const published = async () => {
    const stream = await store.read(OBJECT, never);
    return stream === undefined ? undefined : await readText(stream);
  };
  const startOf = async () => /"analysis_start_time":([^,]*),/.exec((await published()) ?? '')?.[1];
  return { deps, run, published, startOf, metricHub, store, source, experimentsApi, time };
}

function table(changedAt: number) {
  return { columns: [], batches: [], changedAt };
}

describe('the export of metadata', () => {
  it('publishes the file under the slug in its normal form, with its origin', async () => {
    const { run, published, store, metricHub } = setup();
    const { newest } = await metricHub.current(never);

    const outcome = await run();

    expect(outcome).toMatchObject({ kind: 'published', object: OBJECT, location: `memory:${OBJECT}`, warnings: [] });
    expect(await published()).toMatch(/^\{"analysis_start_time":null,"external_config":null,"metrics":\{"a":/);
    expect((await store.head(OBJECT, never))?.metadata).toMatchObject({
      'contrail-source': `memory:metric-hub@${newest.id}`,
      'contrail-source-version': expect.stringMatching(/^f[0-9a-f]{16}$/) as unknown,
      'contrail-sha256': expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      'contrail-experiment': 'My-slug',
      'contrail-job': 'job-1',
    });
  });

  describe('of a rolling holdback', () => {
    /** The record as the API sends it on a day: three of its fields move with the day. */
    const sentOn = (day: number, more: object = {}) => ({
      ...RECORD,
      isHoldback: true,
      endDate: `2026-08-${day}`,
      enrollmentEndDate: `2026-07-${day + 10}`,
      proposedEnrollment: 201 + day,
      ...more,
    });

    /** Exports on two days; `settings` makes metric-hub say something of the dates. */
    const onTwoDays = async (second: object, settings = '') => {
      const world = setup([sentOn(20)]);
      if (settings !== '') world.metricHub.commit({ ...TREE, 'jetstream/My-slug.toml': settings }, 2_000);
      world.time.now = Date.parse('2026-08-20T12:00:00Z');
      await world.run();
      world.experimentsApi.replace([second]);
      world.time.now = Date.parse('2026-08-21T12:00:00Z');
      return { ...world, outcome: await world.run({ job: 'job-2' }) };
    };

    it('is current on the next day, when only the computed dates have moved', async () => {
      expect((await onTwoDays(sentOn(21))).outcome).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
    });

    it('is current also where the file says them', async () => {
      const { outcome, published } = await onTwoDays(sentOn(21), '[experiment]\nreference_branch = "treatment"\n');

      expect(outcome).toMatchObject({ kind: 'skipped' });
      expect(await published()).toContain('"enrollment_period":211');
    });

    it('is due for any other change, and takes the dates as of then', async () => {
      const { outcome, published } = await onTwoDays(
        sentOn(21, { referenceBranch: 'other' }),
        '[experiment]\nreference_branch = "treatment"\n',
      );

      expect(outcome).toMatchObject({ kind: 'published' });
      expect(await published()).toContain('"enrollment_period":212');
    });

    it('is due when it really ends', async () => {
      const ended = sentOn(20, { enrollmentEndDate: '2026-08-10' });

      expect((await onTwoDays(ended)).outcome).toMatchObject({ kind: 'unchanged' });
    });
  });

  it('leaves a current file alone unless forced', async () => {
    const { run, store } = setup();
    await run();

    const again = await run({ job: 'job-2' });
    const forced = await run({ job: 'job-3', force: true });

    expect(again).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
    expect(forced).toMatchObject({ kind: 'published' });
    expect(store.history(OBJECT)).toHaveLength(2);
  });

  it('brings only the version up to date where another record makes the same bytes', async () => {
    const { run, store, experimentsApi } = setup();
    const first = await run();
    experimentsApi.replace([{ ...RECORD, enrollmentEndDate: '2026-01-20' }]);

    const second = await run({ job: 'job-2' });

    expect(second).toMatchObject({ kind: 'unchanged' });
    expect(second).not.toMatchObject({ sourceVersion: 'sourceVersion' in first && first.sourceVersion });
    expect(store.history(OBJECT)).toHaveLength(1);
    expect((await store.head(OBJECT, never))?.metadata).toMatchObject({ 'contrail-job': 'job-2' });
  });

  it('publishes anew when the configuration has changed, and not for changes that concern others', async () => {
    const { run, metricHub, published } = setup();
    await run();
    metricHub.commit({ ...TREE, 'jetstream/other.toml': '[experiment]\nskip = true' }, 2_000);
    const other = await run({ job: 'job-2' });
    metricHub.commit({ ...TREE, 'jetstream/My-slug.toml': '[experiment]\nend_date = "2026-03-01"' }, 3_000);

    const own = await run();

    expect(other).toMatchObject({ kind: 'skipped' });
    expect(own).toMatchObject({ kind: 'published' });
    expect(await published()).toContain('"end_date":"2026-03-01"');
  });

  it('takes the analysis start that a person sets, or what the results tell', async () => {
    const { run, source, startOf } = setup();
    source.set('statistics_My_slug_week_1', table(Date.parse('2026-08-21T12:00:00.500Z')));

    await run();
    expect(await startOf()).toBe('"2026-08-21 11:30:00.500000+00:00"');

    await run({ analysisStart: '2026-08-21T04:12:09.482113Z' });
    expect(await startOf()).toBe('"2026-08-21 04:12:09.482113+00:00"');
  });

  it('has no analysis start while there are no results, and keeps the one it had when they are gone', async () => {
    const { run, startOf } = setup();

    await run({ results: { kind: 'none' } });
    const before = await startOf();
    await run({ job: 'job-2', results: { kind: 'time', start: Date.parse('2026-08-21T10:00:00Z'), changes: [] } });
    await run({ job: 'job-3', results: { kind: 'none' } });

    expect([before, await startOf()]).toEqual(['null', '"2026-08-21 10:00:00+00:00"']);
  });

  it('keeps its analysis start when tables were touched and their files are the same', async () => {
    const { run, source, store, startOf } = setup();
    const touched = '2026-08-25T12:00:00.000Z';
    source.set('statistics_My_slug_week_1', table(Date.parse('2026-08-21T12:00:00Z')));
    await run();
    await publishText(store, 'statistics/statistics_My_slug_weekly.json', '[]', {
      [METADATA.sourceVersion]: touched,
    });
    source.set('statistics_My_slug_week_1', table(Date.parse(touched)));

    expect(await run({ job: 'job-2' })).toMatchObject({ kind: 'skipped', reason: 'the file is current' });
    expect(await startOf()).toBe('"2026-08-21 11:30:00+00:00"');
  });

  it('has an analysis start that never goes back', async () => {
    const { run, startOf } = setup();

    await run({ results: { kind: 'time', start: Date.parse('2026-08-21T10:00:00Z'), changes: [] } });
    await run({ job: 'job-2', results: { kind: 'time', start: Date.parse('2026-08-21T09:00:00Z'), changes: [] } });

    expect(await startOf()).toBe('"2026-08-21 10:00:00+00:00"');
  });

  describe('where tables have no times', () => {
    const content = (digest: string) => ({ kind: 'content', digest }) as const;

    it('takes the time at which new results were first seen, less the lead, and keeps it with the object', async () => {
      const { run, startOf, store } = setup();

      await run({ results: content('one') });

      expect(await startOf()).toBe('"2026-08-21 11:30:00+00:00"');
      expect((await store.head(OBJECT, never))?.metadata).toMatchObject({
        'contrail-analysis-content': 'one',
        'contrail-analysis-start': '2026-08-21T11:30:00Z',
      });
    });

    it('keeps that time while the results are the same, though the file is written anew', async () => {
      const { run, startOf, time, metricHub } = setup();
      await run({ results: content('one') });
      time.now += 3_600_000;

      const again = await run({ job: 'job-2', results: content('one') });
      metricHub.commit({ ...TREE, 'jetstream/My-slug.toml': '[experiment]\nend_date = "2026-03-01"' }, 3_000);
      const other = await run({ job: 'job-3', results: content('one') });
      await run({ job: 'job-4', force: true, results: content('one') });

      expect([again.kind, other.kind]).toEqual(['skipped', 'published']);
      expect(await startOf()).toBe('"2026-08-21 11:30:00+00:00"');
    });

    it('moves it with new results', async () => {
      const { run, startOf, time } = setup();
      await run({ results: content('one') });
      time.now += 3_600_000;

      await run({ job: 'job-2', results: content('two') });

      expect(await startOf()).toBe('"2026-08-21 12:30:00+00:00"');
    });

    it('does not move it back with a clock that was set back, and takes the content for seen', async () => {
      const { run, startOf, time } = setup();
      await run({ results: content('one') });
      time.now -= 3_600_000;

      await run({ job: 'job-2', results: content('two') });
      const again = await run({ job: 'job-3', results: content('two') });

      expect([await startOf(), again.kind]).toEqual(['"2026-08-21 11:30:00+00:00"', 'skipped']);
    });

    it('keeps a time that a person has set until there are new results', async () => {
      const { run, startOf, source, time } = setup();
      source.set('statistics_My_slug_weekly', { ...table(0), version: 'f0000000000000001' });
      await run({ analysisStart: '2026-08-21T13:00:00Z' });
      await run({ job: 'job-2' });
      const kept = await startOf();
      time.now += 24 * 3_600_000;
      source.set('statistics_My_slug_weekly', { ...table(0), version: 'f0000000000000002' });

      await run({ job: 'job-3' });

      expect([kept, await startOf()]).toEqual(['"2026-08-21 13:00:00+00:00"', '"2026-08-22 11:30:00+00:00"']);
    });

    it('takes the time of an older file for its own, which has it in the text alone', async () => {
      const { run, startOf, store } = setup();
      const writer = await store.write({
        name: OBJECT,
        contentType: 'application/json',
        ifGeneration: ABSENT,
        signal: never,
      });
      await writer.write(Buffer.from('{"analysis_start_time":"2026-08-20 04:00:00+00:00"}'));
      await writer.commit({ 'contrail-analysis-content': 'one' });

      await run({ results: content('one') });

      expect(await startOf()).toBe('"2026-08-20 04:00:00+00:00"');
    });
  });

  it('resolves metrics as of the time of the enrollments table', async () => {
    const { run, metricHub, source, published } = setup();
    metricHub.commit({ ...TREE, 'jetstream/defaults/fenix.toml': '' }, 3_000);
    source.set('enrollments_My_slug', table(2_000));

    await run();

    expect(await published()).toContain('"metrics":{"a":');
  });

  it('warns where metric-hub could not be reached', async () => {
    const { run, metricHub } = setup();
    metricHub.fail(new ContrailError('METRIC_HUB_UNREADABLE', 'It cannot be reached.'));

    const outcome = await run();

    expect(outcome).toMatchObject({ kind: 'published', warnings: [{ kind: 'metric_hub' }] });
  });

  it('writes nothing for a private experiment, and says so', async () => {
    const { run, metricHub, published } = setup();
    metricHub.commit({ ...TREE, 'jetstream/My-slug.toml': '[experiment]\nis_private = true\ndataset_id = "x"' }, 2_000);

    const outcome = await run();

    expect(outcome).toEqual({ kind: 'skipped', reason: 'the experiment is private' });
    expect(await published()).toBeUndefined();
  });

  it('writes nothing without a slug', async () => {
    const { run } = setup();

    expect(await run({ experiment: '' })).toMatchObject({ kind: 'skipped' });
  });

  it.each<[string, string, readonly unknown[], string, RegExp]>([
    ['an unknown slug, with the nearest one', 'My-slugg', [RECORD], 'EXPERIMENT_UNKNOWN', /Did you mean My-slug\?/],
    [
      'a record without a plan',
      'My-slug',
      [{ ...RECORD, proposedEnrollment: null }],
      'EXPERIMENT_MALFORMED',
      /proposedEnrollment/,
    ],
    ['a record without a key', 'My-slug', [{ ...RECORD, endDate: undefined }], 'EXPERIMENT_MALFORMED', /endDate/],
    [
      'a record with another form of date',
      'My-slug',
      [{ ...RECORD, endDate: '1.2.2026' }],
      'EXPERIMENT_MALFORMED',
      /endDate/,
    ],
    [
      'a segment nobody has defined',
      'My-slug',
      [{ ...RECORD, segments: [{ slug: 's' }] }],
      'CONFIGURATION_INVALID',
      /unknown segment "s"/,
    ],
  ])('refuses %s', async (_, ...[experiment, records, code, reason]) => {
    const { run, published } = setup(records);

    const exporting = run({ experiment });

    await expect(exporting).rejects.toMatchObject({ code, sentence: expect.stringMatching(reason) as unknown });
    expect(await published()).toBeUndefined();
  });

  it('leaves the last good file where the configuration was broken since', async () => {
    const { run, metricHub, published } = setup();
    await run();
    const before = await published();
    metricHub.commit({ ...TREE, 'jetstream/x.toml': '[' }, 2_000);

    await expect(run()).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID', subject: 'jetstream/x.toml' });
    expect(await published()).toBe(before);
  });

  it('is not disturbed by records of others that cannot be read', async () => {
    const { run } = setup([{ slug: 'broken', startDate: 'soon' }, RECORD]);

    expect(await run()).toMatchObject({ kind: 'published' });
  });
});
