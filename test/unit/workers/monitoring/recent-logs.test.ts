import { describe, expect, it } from 'vitest';
import { METADATA } from '../../../../src/domain/object-metadata.ts';
import type { StoredObject } from '../../../../src/ports/object-store.ts';
import { errorsByExperiment, type RecentRow } from '../../../../src/workers/monitoring/recent-logs.ts';

const HOUR = 3_600_000;
const RUN = Date.parse('2026-01-14T06:00:00Z');
const TABLES = [{ name: 'statistics_my_slug_week_1', changedAt: RUN }];

function error(hours: number, metric: string): RecentRow {
  const at = RUN + hours * HOUR;
  const nulls = { message: null, log_level: null, filename: null, func_name: null };
  const told = { experiment: 'my-slug', exception_type: 'ValueError', source: 'jetstream', metric };
  return { timestamp: new Date(at).toISOString(), at, ...nulls, ...told };
}

const ROWS = [error(-30, 'old'), error(-20, 'shown'), error(1, 'new')];

function metadataFile(metadata: Readonly<Record<string, string>>): StoredObject {
  const facts = { generation: '1', bytes: 2, changedAt: RUN, contentType: 'application/json' };
  return { name: 'metadata/metadata_my_slug.json', metadata, ...facts };
}

function metricsOf(metadataFiles: readonly StoredObject[], tables = TABLES, analysisLeadMs = HOUR / 2) {
  const errors = errorsByExperiment({ rows: ROWS, slugs: ['my-slug'], tables, metadataFiles, analysisLeadMs });
  return errors.get('my-slug')?.map(({ metric }) => metric);
}

describe('the errors of an experiment', () => {
  const start = new Date(RUN - 24 * HOUR).toISOString();

  it('count since the newest run began where no metadata are published', () => {
    expect(metricsOf([])).toEqual(['new']);
    expect(metricsOf([], [])).toEqual(['old', 'shown', 'new']);
  });

  it('count since as long before its first table as the setting says', () => {
    expect(metricsOf([], TABLES, 25 * HOUR)).toEqual(['shown', 'new']);
  });

  it('count since the published start, which touched or deleted tables do not move', () => {
    const file = metadataFile({ [METADATA.analysisStart]: start });

    expect(metricsOf([file])).toEqual(['shown', 'new']);
    expect(metricsOf([file], [])).toEqual(['shown', 'new']);
  });

  it('count since the newest run where the published start is only when new content was seen', () => {
    const file = metadataFile({ [METADATA.analysisStart]: start, [METADATA.analysisContent]: 'a digest' });

    expect(metricsOf([file])).toEqual(['new']);
  });
});
