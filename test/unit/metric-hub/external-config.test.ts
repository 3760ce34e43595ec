import { describe, expect, it } from 'vitest';
import type { ReadExperiment } from '../../../src/domain/read-experiment.ts';
import { contentIn } from '../../support/metadata-world.ts';

const URL = 'https://github.com/mozilla/metric-hub/blob/main/jetstream/my-slug.toml';
const NOTHING = {
  reference_branch: null,
  end_date: null,
  start_date: null,
  enrollment_period: null,
  skip: false,
  url: URL,
};

async function configOf(settings: string, experiment: Partial<ReadExperiment> = {}): Promise<unknown> {
  const tree = { 'jetstream/my-slug.toml': `[experiment]\n${settings}` };
  return (await contentIn(tree, experiment)).external_config;
}

describe('the external configuration', () => {
  it.each<[string, string, Partial<ReadExperiment>]>([
    ['nothing is set', '', {}],
    ['only skip is set', 'skip = true', {}],
    [
      'settings equal what the API says',
      'reference_branch = "control"\nstart_date = "2026-01-01"\nenrollment_period = 7',
      {},
    ],
    ['settings are empty or zero', 'reference_branch = ""\nend_date = ""\nenrollment_period = 0', {}],
    ['enrollment ended otherwise than planned, but nothing is set', '', { enrollmentEndDate: '2026-01-20' }],
  ])('is null where %s', async (_, settings, experiment) => {
    expect(await configOf(settings, experiment)).toBeNull();
  });

  it.each<[string, string, object]>([
    ['reference branch', 'reference_branch = "treatment"', { reference_branch: 'treatment' }],
    ['start date', 'start_date = "2026-01-03"', { start_date: '2026-01-03' }],
    ['start date without quotes', 'start_date = 2026-01-03', { start_date: '2026-01-03' }],
    ['end date', 'end_date = "2026-03-03"', { end_date: '2026-03-03' }],
    ['enrollment period', 'enrollment_period = 8', { enrollment_period: 8 }],
    ['end date, with skip', 'end_date = "2026-03-03"\nskip = true', { end_date: '2026-03-03', skip: true }],
  ])('tells another %s', async (_, settings, expected) => {
    expect(await configOf(settings)).toEqual({ ...NOTHING, ...expected });
  });

  it('counts the days of enrollment from the effective start, once there is another setting', async () => {
    const experiment = { enrollmentEndDate: '2026-01-10' };

    expect(await configOf('reference_branch = "b"', experiment)).toMatchObject({ enrollment_period: 10 });
    expect(await configOf('start_date = "2026-01-04"', experiment)).toMatchObject({ enrollment_period: null });
    expect(await configOf('start_date = "2026-01-05"', experiment)).toMatchObject({ enrollment_period: 6 });
    expect(await configOf('enrollment_period = 9', experiment)).toMatchObject({ enrollment_period: 9 });
    expect(await configOf('reference_branch = "b"', { ...experiment, startDate: null })).toMatchObject({
      enrollment_period: null,
    });
  });

  it('has a date that the API does not know', async () => {
    expect(await configOf('end_date = "2026-01-03"', { startDate: null })).toEqual({
      ...NOTHING,
      end_date: '2026-01-03',
    });
  });

  it('links the file by the slug as it is', async () => {
    const tree = { 'jetstream/A.b-c.toml': '[experiment]\nend_date = "2026-01-03"' };

    const { external_config: config } = await contentIn(tree, { slug: 'A.b-c' });

    expect(config).toMatchObject({ url: 'https://github.com/mozilla/metric-hub/blob/main/jetstream/A.b-c.toml' });
  });

  it('has its keys in the order of the format', async () => {
    const config = await configOf('end_date = "2026-03-03"');

    expect(Object.keys(config ?? {})).toEqual(Object.keys(NOTHING));
  });
});
