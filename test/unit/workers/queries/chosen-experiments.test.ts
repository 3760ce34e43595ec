import { describe, expect, it } from 'vitest';
import { MemoryMetricHub } from '../../../../src/adapters/memory/metric-hub.ts';
import { ContrailError } from '../../../../src/domain/errors.ts';
import type { ExperimentChoice } from '../../../../src/domain/query-export/query-export.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { chosenExperiments, namedExperiment } from '../../../../src/workers/queries/chosen-experiments.ts';
import { experimentRecord } from '../../../support/experiment-record.ts';

const { signal } = new AbortController();
const NOW = Date.parse('2026-01-15T12:00:00Z');
const CHOICE: ExperimentChoice = { isRunning: true, endedDays: 0, hasRollouts: true };

const RECORDS = [
  experimentRecord('running'),
  experimentRecord('ends-later', { endDate: '2026-02-01' }),
  experimentRecord('rollout', { isRollout: true }),
  experimentRecord('ended-yesterday', { endDate: '2026-01-14' }),
  experimentRecord('ended-long-ago', { endDate: '2026-01-01' }),
  experimentRecord('rolling', { isHoldback: true, endDate: '2026-01-15', enrollmentEndDate: '2025-12-25' }),
  experimentRecord('starts-later', { startDate: '2026-01-20' }),
  experimentRecord('draft', { startDate: null }),
  experimentRecord('private'),
  { slug: 'malformed' },
  experimentRecord('running'),
];

function setup(isPrivate = false) {
  const metricHub = new MemoryMetricHub({ isPrivate });
  metricHub.commit(
    {
      'jetstream/private.toml': '[experiment]\nis_private = true\ndataset_id = "elsewhere"\n',
      'jetstream/running.toml': '[experiment]\nenrollment_period = 7\n',
    },
    0,
  );
  const configurations = new ConfigurationLoader();
  return {
    experimentRecords: { url: 'memory:', fetch: (): Promise<unknown> => Promise.resolve(RECORDS) },
    resolution: () => Promise.resolve({ metricHub, configurations }),
  };
}

async function chosen(choice: Partial<ExperimentChoice> = {}, deps = setup()) {
  const found = await chosenExperiments(deps, { ...CHOICE, ...choice }, { now: NOW, signal });
  return found.map(({ slug }) => slug);
}

describe('the experiments of a query', () => {
  it('are those that run, rolling holdbacks and those without an end among them, once each', async () => {
    expect(await chosen()).toEqual(['ends-later', 'rolling', 'rollout', 'running']);
  });

  it.each([
    [{ hasRollouts: false }, ['ends-later', 'rolling', 'running']],
    [{ endedDays: 1 }, ['ended-yesterday', 'ends-later', 'rolling', 'rollout', 'running']],
    [{ isRunning: false, endedDays: 14 }, ['ended-long-ago', 'ended-yesterday']],
    [{ isRunning: false }, []],
  ] as const)('follow %j', async (choice, slugs) => {
    expect(await chosen(choice)).toEqual(slugs);
  });

  it('come with their start', async () => {
    const [first] = await chosenExperiments(setup(), CHOICE, { now: NOW, signal });

    expect(first).toEqual({ slug: 'ends-later', startedAt: Date.parse('2025-12-01T00:00:00Z') });
  });

  it('are none of those that a private metric-hub configures', async () => {
    expect(await chosen({}, setup(true))).toEqual(['ends-later', 'rolling', 'rollout']);
  });

  it('are unknown if nobody can tell which are private', async () => {
    const unreadable = new ContrailError('METRIC_HUB_UNREADABLE', 'No network.');
    const deps = { ...setup(), resolution: () => Promise.reject(unreadable) };

    await expect(chosen({}, deps)).rejects.toMatchObject({
      code: 'METRIC_HUB_UNREADABLE',
      message: 'It is unknown which experiments are private, so no file was published: No network.',
    });
  });
});

describe('an experiment that somebody names', () => {
  const named = (slug: string) => namedExperiment(setup(), slug, { now: NOW, signal });

  it('may be one that is not chosen', async () => {
    expect(await named('ended-long-ago')).toMatchObject({ slug: 'ended-long-ago' });
  });

  it('is nothing if it is private', async () => {
    expect(await named('private')).toBeUndefined();
  });

  it.each([
    ['runing', /memory: has no experiment "runing"/],
    ['starts-later', /"starts-later" has not started/],
  ])('%s is refused', async (slug, message) => {
    await expect(named(slug)).rejects.toMatchObject({
      code: 'EXPERIMENT_UNKNOWN',
      message: expect.stringMatching(message),
    });
  });
});
