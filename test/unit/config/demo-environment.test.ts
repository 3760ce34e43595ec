import { expect, it } from 'vitest';
import { enterDemo } from '../../../src/config/demo-environment.ts';

it('lets no exported setting of another installation into the demo, and says which it ignores', () => {
  const environment: NodeJS.ProcessEnv = {
    PATH: '/bin',
    CONTRAIL_REDIS: 'redis://production:6379',
    CONTRAIL_QUEUE_PREFIX: 'contrail',
    CONTRAIL_NOTIFY_WEBHOOK: 'https://alerts.example.org',
    BIGQUERY_EMULATOR_HOST: '127.0.0.1:9050',
    CONTRAIL_DUCKDB_WAIT: '5s',
    CONTRAIL_LOG_LEVEL: '',
  };

  const ignored = enterDemo({ CONTRAIL_REDIS: 'redis://127.0.0.1:1', CONTRAIL_DUCKDB_WAIT: '60s' }, environment);

  expect(ignored).toEqual([
    'BIGQUERY_EMULATOR_HOST',
    'CONTRAIL_NOTIFY_WEBHOOK',
    'CONTRAIL_QUEUE_PREFIX',
    'CONTRAIL_REDIS',
  ]);
  expect(environment).toEqual({
    PATH: '/bin',
    CONTRAIL_REDIS: 'redis://127.0.0.1:1',
    CONTRAIL_DUCKDB_WAIT: '5s',
    CONTRAIL_LOG_LEVEL: '',
    CONTRAIL_QUEUE_PREFIX: '',
    CONTRAIL_NOTIFY_WEBHOOK: '',
    BIGQUERY_EMULATOR_HOST: '',
  });
});
