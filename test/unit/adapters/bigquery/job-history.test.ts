import { expect, it } from 'vitest';
import { never, replayWorld } from './replay-world.ts';

it.each([
  ['of the dataset', null, '`region-europe-west1`'],
  ['of the setting', 'EU', '`region-eu`'],
])('asks for the jobs of the region %s', async (_, location, about) => {
  const refusal = { kind: 'refuse', code: 'PERMISSION_DENIED' } as const;
  const { history } = await replayWorld(
    { datasets: ['mozanalysis'], location: 'europe-west1', faults: [{ on: 'jobs.query', about, fault: refusal }] },
    {},
    { location },
  );

  await expect(history.jobsOf('2026-01-14', 'mozanalysis', never)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

it('asks for the jobs of the US if the dataset is missing', async () => {
  const refusal = { kind: 'refuse', code: 'PERMISSION_DENIED' } as const;
  const faults = [{ on: 'jobs.query', about: '`region-us`', fault: refusal }] as const;
  const { history } = await replayWorld({ location: 'europe-west1', faults }, {}, { location: null });

  await expect(history.jobsOf('2026-01-14', 'mozanalysis', never)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});
