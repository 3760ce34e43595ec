import { expect, it } from 'vitest';
import { BigQueryMonitoringSums } from '../../../../src/adapters/bigquery/monitoring-sums.ts';
import { DEFAULT_LIMITS } from '../../../../src/adapters/bigquery/options.ts';
import { httpClient } from '../../../support/http-client.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import { SYSTEM } from '../../../support/system.ts';
import { never, PROJECT, replayWorld } from './replay-world.ts';

const REQUEST = {
  table: 'query_cost_v1',
  by: 'day',
  columns: ['cost_usd'],
  counted: 'cost_usd',
  range: { column: 'submission_timestamp', from: 0, to: 1 },
} as const;

it('names the table and the permission that is missing', async () => {
  const { server } = await replayWorld({ tables: [] });
  const sums = new BigQueryMonitoringSums({
    ...SYSTEM,
    project: PROJECT,
    location: 'US',
    apiEndpoint: server.restUrl,
    limits: DEFAULT_LIMITS,
    http: httpClient(),
    log: recordedLog(),
    dataset: 'monitoring',
  });
  const message = `Access Denied: Table ${PROJECT}:monitoring.query_cost_v1`;
  const fault = { kind: 'refuse', code: 'PERMISSION_DENIED', reason: 'accessDenied', message } as const;
  server.faults.add({ on: 'jobs.query', times: 'all', fault });

  await expect(sums.sums(REQUEST, never)).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    message: expect.stringContaining('monitoring.query_cost_v1'),
    hint: expect.stringContaining('bigquery.tables.getData'),
  });
});
