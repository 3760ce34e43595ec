import { describe, expect, it } from 'vitest';
import { MemoryMetricHub, type HubTree } from '../../../../src/adapters/memory/metric-hub.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import { buildMetadata } from '../../../../src/workers/metadata/build-metadata.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { buildIn, DATA_SOURCE, EXPERIMENT, metric, never, outcome } from '../../../support/metadata-world.ts';

const OWN = 'jetstream/my-slug.toml';
const ONE = 'jetstream/outcomes/fenix/one.toml';

describe('nothing is written', () => {
  it.each<[string, HubTree]>([
    ['its own file', { [OWN]: '[experiment]\nis_private = true\ndataset_id = "x"' }],
    ['the defaults', { 'jetstream/defaults/fenix.toml': '[experiment]\nis_private = true\ndataset_id = "x"' }],
    [
      'its own file, which does not resolve',
      { [OWN]: '[experiment]\nis_private = true\ndataset_id = "x"\n[metrics]\nweekly = ["none"]' },
    ],
  ])('for an experiment that is private by %s', async (_, tree) => {
    const built = await buildIn(tree);

    expect(built).toEqual({ kind: 'nothing', reason: 'the experiment is private' });
  });

  it('for an experiment without a slug', async () => {
    expect(await buildIn({}, { slug: '' })).toMatchObject({ kind: 'nothing' });
  });

  it('out of a private repository', async () => {
    const metricHub = new MemoryMetricHub({ isPrivate: true });
    metricHub.commit({}, 0);

    const built = await build(metricHub);

    expect(built).toMatchObject({ kind: 'nothing' });
  });
});

describe('metric-hub as of the first analysis', () => {
  const lists = (name: string) => ({
    'definitions/fenix.toml': DATA_SOURCE,
    'jetstream/defaults/fenix.toml': `[metrics]\nweekly = ["${name}"]\n${metric(name)}`,
  });

  it.each([
    ['is the latest commit not after it', 2_500, 'second'],
    ['may be a commit of the same time', 3_000, 'third'],
    ['is the oldest commit where all are newer', 500, 'first'],
    ['is the newest commit where there was no analysis yet', undefined, 'third'],
  ])('%s', async (_, firstAnalysedAt, name) => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit(lists('first'), 1_000);
    metricHub.commit(lists('second'), 2_000);
    metricHub.commit(lists('third'), 3_000);

    const built = await build(metricHub, firstAnalysedAt);

    expect(built).toMatchObject({ text: expect.stringContaining(`"metrics":{"${name}":`) as unknown });
  });

  it('is the next newer commit that can be used', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit(lists('first'), 1_000);
    metricHub.commit({ ...lists('broken'), 'jetstream/x.toml': '[' }, 2_000);
    metricHub.commit({ ...lists('broken'), 'jetstream/x.toml': '[[' }, 3_000);
    metricHub.commit(lists('fourth'), 4_000);
    metricHub.commit(lists('fifth'), 5_000);

    const built = await build(metricHub, 2_500);

    expect(built).toMatchObject({ text: expect.stringContaining('"metrics":{"fourth":') as unknown });
  });

  it('does not help where the newest commit cannot be used', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit(lists('first'), 1_000);
    metricHub.commit({ 'jetstream/x.toml': '[' }, 2_000);

    await expect(build(metricHub, 1_500)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('does not tell the outcomes, which are described by the newest commit', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({ ...lists('a'), [ONE]: outcome(metric('old')) }, 1_000);
    const changed = metricHub.commit({ ...lists('a'), [ONE]: outcome(metric('new')) }, 2_000);
    metricHub.commit({ ...lists('b'), [ONE]: outcome(metric('new')) }, 3_000);

    const built = await build(metricHub, 1_500, ['one']);

    const text = built.kind === 'file' ? built.text : '';
    expect(text).toMatch(/"metrics":\{"old":\{.*\},"a":\{.*\}\},"outcomes"/);
    expect(text).toContain(`"commit_hash":"${changed}"`);
    expect(text).toContain('"metrics":["new"]');
  });
});

describe('a repository that cannot be reached', () => {
  it('serves with its last good revision, and a warning says so', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({}, 0);
    metricHub.fail(new ContrailError('METRIC_HUB_UNREADABLE', 'It cannot be reached.'));

    const built = await build(metricHub);

    const message = expect.stringContaining('cannot be reached') as unknown;
    expect(built).toMatchObject({ kind: 'file', warnings: [{ kind: 'metric_hub', message }] });
  });
});

describe('a revision', () => {
  it('is parsed once for all jobs', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({ [OWN]: '' }, 0);
    const configurations = new ConfigurationLoader();
    const { newest } = await metricHub.current(never);

    const loaded = await Promise.all([configurations.load(newest, never), configurations.load(newest, never)]);

    expect(loaded[0]).toBe(loaded[1]);
    expect(await configurations.load(newest, never)).toBe(loaded[0]);
  });

  it('that cannot be used is not parsed again', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({ [OWN]: '[' }, 0);
    const configurations = new ConfigurationLoader();
    const { newest } = await metricHub.current(never);

    const [first] = await Promise.allSettled([configurations.load(newest, never)]);
    const later = configurations.load(newest, never);

    await expect(later).rejects.toBe(first.status === 'rejected' ? first.reason : undefined);
  });

  it('is read again where a file could not be read', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({ [OWN]: '' }, 0);
    const { newest } = await metricHub.current(never);
    const trouble = new ContrailError('METRIC_HUB_UNREADABLE', 'It cannot be read.');
    let isDown = true;
    const flaky = { ...newest, files: () => (isDown ? Promise.reject(trouble) : newest.files(never)) };
    const configurations = new ConfigurationLoader();

    await expect(configurations.load(flaky, never)).rejects.toBe(trouble);
    isDown = false;

    await expect(configurations.load(flaky, never)).resolves.toBeDefined();
  });

  it('is parsed to the end although one who waits for it gives up', async () => {
    const metricHub = new MemoryMetricHub();
    metricHub.commit({ [OWN]: '' }, 0);
    const configurations = new ConfigurationLoader();
    const { newest } = await metricHub.current(never);
    const stop = new AbortController();

    const abandoned = configurations.load(newest, stop.signal);
    const wanted = configurations.load(newest, never);
    stop.abort(new Error('stopped'));

    await expect(abandoned).rejects.toThrow('stopped');
    await expect(wanted).resolves.toBeDefined();
  });
});

function build(metricHub: MemoryMetricHub, firstAnalysedAt?: number, outcomes: readonly string[] = []) {
  const experiment = { ...EXPERIMENT, outcomes };
  return buildMetadata(
    { metricHub, configurations: new ConfigurationLoader() },
    { experiment, analysisStart: null, firstAnalysedAt, signal: never },
  );
}
