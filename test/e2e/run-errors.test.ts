/** `contrail run errors` on all fixtures: the files are those of the reference, byte for byte. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import type { RecordRow } from '../../src/ports/record-sink.ts';
import { runContrail } from '../support/contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { monitoringFixture } from '../support/monitoring-fixture.ts';

interface Case {
  readonly name: string;
  readonly rows: string;
  readonly slug: string;
  readonly analysis_start_time: string | null;
  readonly enrollment_end: string | null;
  readonly object?: string;
  readonly text?: string;
  readonly raises?: string;
}

const cases = monitoringFixture<Case[] | { readonly cases: Case[] }>('errors/golden.json');

async function setup(rows: readonly RecordRow[]) {
  const file = temporaryDuckDb();
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  await sink.append({ id: 'logs', table: 'logs', rows }, new AbortController().signal);
  file.close();
  const bucket = temporaryFolder();
  const environment = { CONTRAIL_WAREHOUSE: `duckdb:${file.path}`, CONTRAIL_BUCKET: `file:${bucket}` };
  return {
    bucket,
    run: (...options: readonly string[]) => runContrail(['run', 'errors', ...options, '--json'], { environment }),
    logged: () => queryRows(temporaryDuckDb({ path: file.path }), `FROM monitoring.logs WHERE source = 'contrail'`),
  };
}

describe('contrail run errors', () => {
  it('writes the golden file of every case; rows that the console would refuse are left out and reported', async () => {
    for (const golden of Array.isArray(cases) ? cases : cases.cases) {
      const { bucket, run, logged } = await setup(monitoringFixture<RecordRow[]>(`errors/${golden.rows}.json`));
      const { analysis_start_time: start, enrollment_end: end } = golden;
      const times = [
        ...(start === null ? [] : ['--analysis-start', start]),
        ...(end === null ? [] : ['--enrollment-end', end.slice(0, 10)]),
      ];

      const { code, stdout, stderr } = await run('--experiment', golden.slug, ...times);

      expect({ name: golden.name, code, stderr }).toMatchObject({ code: 0 });
      const { object } = JSON.parse(stdout) as { object: string };
      const text = readFileSync(join(bucket, object), 'utf8');
      expect(text, golden.name).toBe(golden.text ?? '[]');
      expect(await logged(), golden.name).toHaveLength(golden.raises === undefined ? 0 : 1);
    }
  });

  it('writes an empty list for a slug that nobody knows, and leaves it alone the second time', async () => {
    const { bucket, run } = await setup([]);

    const first = await run('--experiment', 'never-heard-of');
    const second = await run('--experiment', 'never-heard-of');

    expect(first.code).toBe(0);
    expect(readFileSync(join(bucket, 'errors', 'errors_never_heard_of.json'), 'utf8')).toBe('[]');
    expect(JSON.parse(second.stdout)).toMatchObject({ outcome: 'skipped', reason: 'the file is current' });
  });

  it.each([
    ['a time', ['--analysis-start', 'soon']],
    ['a day', ['--enrollment-end', '2026-02-30']],
  ])('refuses %s that is none as wrong usage', async (kind, options) => {
    const { bucket, run } = await setup([]);

    const { code, stderr } = await run('--experiment', 'my-slug', ...options);

    expect(code).toBe(2);
    expect(stderr).toContain(`is not ${kind}`);
    expect(existsSync(join(bucket, 'errors'))).toBe(false);
  });
});
