/** A replay server and the adapters that talk to it, for one test. */
import { onTestFinished } from 'vitest';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { BigQueryExperimentLogs } from '../../../../src/adapters/bigquery/experiment-logs.ts';
import {
  type BigQueryLimits,
  type BigQueryOptions,
  DEFAULT_LIMITS,
} from '../../../../src/adapters/bigquery/options.ts';
import { BigQueryJobHistory } from '../../../../src/adapters/bigquery/job-history.ts';
import { BigQueryRecordSink } from '../../../../src/adapters/bigquery/record-sink.ts';
import { BigQueryStatisticsSource } from '../../../../src/adapters/bigquery/statistics-source.ts';
import type { Column, ColumnType } from '../../../../src/domain/column-type.ts';
import { recordedLog } from '../../../support/recorded-log.ts';
import type { TableField } from '../../../support/replay-server/field-schema.ts';
import { type ReplayServerOptions, startReplayServer } from '../../../support/replay-server/replay-server.ts';
import { httpClient } from '../../../support/http-client.ts';

export const PROJECT = 'replay-project';
export const DATASET = 'mozanalysis';
export const VERSION = '2026-01-15T00:00:00.000Z';
export const never = new AbortController().signal;

export async function replayWorld(
  options: ReplayServerOptions,
  limits: Partial<BigQueryLimits> = {},
  {
    location = 'US',
    ...more
  }: Pick<BigQueryOptions, 'isCompressed' | 'turns'> & { readonly location?: string | null } = {},
) {
  const server = await startReplayServer(options);
  onTestFinished(() => server.stop());
  const own = {
    project: PROJECT,
    ...(location === null ? {} : { location }),
    apiEndpoint: server.restUrl,
    storageEndpoint: server.grpcAddress,
    limits: { ...DEFAULT_LIMITS, ...limits },
    http: httpClient(),
    clock: systemClock,
    random: systemRandom,
    log: recordedLog(),
    ...more,
  };
  const makeSource = (): BigQueryStatisticsSource => {
    const source = new BigQueryStatisticsSource({ ...own, dataset: DATASET });
    onTestFinished(() => source.close());
    return source;
  };
  return {
    server,
    log: own.log,
    makeSource,
    source: makeSource(),
    sink: new BigQueryRecordSink({ ...own, dataset: 'monitoring' }),
    history: new BigQueryJobHistory(own),
    logs: new BigQueryExperimentLogs({ ...own, dataset: 'monitoring' }),
  };
}

/** Columns as the server takes them. */
export function fieldsOf(columns: readonly Column[]): TableField[] {
  return columns.map(({ name, type }) => fieldOf(name, type));
}

function fieldOf(name: string, type: ColumnType): TableField {
  switch (type.kind) {
    case 'array':
      return { ...fieldOf(name, type.element), mode: 'REPEATED' };
    case 'struct':
      return { name, type: 'RECORD', fields: fieldsOf(type.fields) };
    case 'numeric':
      return { name, type: type.words === 4 ? 'NUMERIC' : 'BIGNUMERIC' };
    default:
      return { name, type: TYPE_NAMES[type.kind] };
  }
}

const TYPE_NAMES = {
  string: 'STRING',
  float64: 'FLOAT',
  int64: 'INTEGER',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  datetime: 'DATETIME',
  date: 'DATE',
  time: 'TIME',
  bytes: 'BYTES',
  json: 'JSON',
} as const;
