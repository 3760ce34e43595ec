/** `contrail run import-experiments`, `query-cost`, `sample-ratio` and `check-alerts` on a DuckDB file. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadJobs } from '../../src/adapters/duckdb/load-jobs.ts';
import { runContrail } from '../support/contrail.ts';
import { queryRows, temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';
import { monitoringFixture } from '../support/monitoring-fixture.ts';

function setup(changes: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const path = join(folder, 'warehouse.duckdb');
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${path}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${folder}`,
    CONTRAIL_REDIS: 'redis://127.0.0.1:1',
    ...changes,
  };
  return {
    folder,
    path,
    list: (records: unknown) => writeFileSync(join(folder, 'experiments.json'), JSON.stringify(records)),
    run: (...options: readonly string[]) => runContrail(['run', ...options], { environment, cwd: folder }),
    rows: async (query: string) => {
      const file = temporaryDuckDb({ path });
      const rows = await queryRows(file, query);
      file.close();
      return rows;
    },
  };
}

describe('contrail run import-experiments', () => {
  const golden = monitoringFixture<{ now: string; rows: Record<string, unknown>[]; skipped: unknown[] }>(
    'experimenter_experiments/golden.json',
  );
  const input = monitoringFixture<unknown[]>('experimenter_experiments/input.json');

  it('replaces the table by the golden rows, and logs one ERROR for each record that is malformed', async () => {
    const { run, rows, list } = setup({ CONTRAIL_NOW: golden.now });
    list(input);

    const { code, stdout } = await run('import-experiments', '--json');
    await run('import-experiments');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ imported: golden.rows.length, malformed: golden.skipped.length });
    const written = await rows(
      `SELECT normandy_slug, status, CAST(start_date AS VARCHAR) AS start_date, targeted_percent, feature_ids
       FROM monitoring.experimenter_experiments_v1 ORDER BY rowid`,
    );
    expect(written).toEqual(
      golden.rows.map(({ normandy_slug, status, start_date, targeted_percent, feature_ids }) => ({
        normandy_slug,
        status,
        start_date,
        targeted_percent,
        feature_ids,
      })),
    );
    const logged = await rows(`SELECT count(*)::INT AS n FROM monitoring.logs WHERE log_level = 'ERROR'`);
    expect(logged).toEqual([{ n: golden.skipped.length }]);
  });

  it.each([
    ['an HTML page', '<html>maintenance</html>'],
    ['an empty list', '[]'],
    ['an error object', '{"detail": "server error"}'],
    ['half a body', '[{"slug": "a"'],
  ])('leaves the table as it was when the API answers with %s', async (_kind, body) => {
    const server = createServer((_request, response) => response.end(body));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const filled = setup({ CONTRAIL_NOW: golden.now });
    filled.list(input);
    await filled.run('import-experiments');
    const broken = { ...filled, ...withApi(filled.path, filled.folder, `http://127.0.0.1:${port}`) };

    const { code, stderr } = await broken.run('import-experiments');

    expect(code).toBe(1);
    expect(stderr).not.toMatch(/ {4}at /);
    const kept = await filled.rows('SELECT count(*)::INT AS n FROM monitoring.experimenter_experiments_v1');
    expect(kept).toEqual([{ n: golden.rows.length }]);
  });

  function withApi(path: string, folder: string, url: string) {
    const environment = {
      CONTRAIL_WAREHOUSE: `duckdb:${path}`,
      CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
      CONTRAIL_EXPERIMENTER: url,
    };
    return {
      run: (...options: readonly string[]) => runContrail(['run', ...options], { environment, cwd: folder }),
    };
  }
});

describe('contrail run query-cost', () => {
  const golden = monitoringFixture<Record<string, Record<string, unknown>[]>>('query_cost/golden.json');
  const jobs = monitoringFixture<object[]>('query_cost/jobs.json');

  it('replaces each day by the golden rows, once or twice alike', async () => {
    const { run, rows, folder, path, list } = setup();
    list([]);
    const lines = join(folder, 'jobs.ndjson');
    writeFileSync(lines, jobs.map((job) => `${JSON.stringify(job)}\n`).join(''));
    const file = temporaryDuckDb({ path });
    await loadJobs(file, lines, 0);
    file.close();

    for (const day of Object.keys(golden)) {
      const first = await run('query-cost', '--date', day);
      await run('query-cost', '--date', day);
      expect({ day, ...first }).toMatchObject({ code: 0 });
    }

    const written = await rows(
      `SELECT destination_table, experiment_slug, cost_usd, total_slot_ms::INT AS total_slot_ms
       FROM monitoring.query_cost_v1 ORDER BY submission_timestamp, destination_table`,
    );
    const expected = Object.values(golden).flat();
    expect(written).toHaveLength(expected.length);
    for (const row of expected) {
      const { destination_table, experiment_slug, total_slot_ms } = row;
      const found = written.filter(
        (other) => other['destination_table'] === destination_table && other['total_slot_ms'] === total_slot_ms,
      );
      expect(found[0]).toMatchObject({ experiment_slug });
      expect(Number(found[0]?.['cost_usd'])).toBeCloseTo(Number(row['cost_usd']), 9);
    }
  });

  it.each([
    ['yesterday', 'is not a day'],
    ['2026-02-30', 'is not a day'],
  ])('refuses %s as wrong usage', async (day, reason) => {
    const { run } = setup();

    const { code, stderr } = await run('query-cost', '--date', day);

    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });
});

describe('contrail run check-alerts', () => {
  it('opens an alert once, keeps it open, and tells each target once', async () => {
    const messages: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        messages.push(body);
        response.end();
      });
    });
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { run, rows, list } = setup({
      CONTRAIL_NOTIFY_WEBHOOK: `http://127.0.0.1:${port}/hook`,
      CONTRAIL_NOTIFY_WEBHOOK_SECRET: 'a-long-random-text',
    });
    list([]);

    const first = await run('check-alerts', '--json');
    const second = await run('check-alerts', '--json');

    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ sent: 1, unsent: [] });
    expect(JSON.parse(second.stdout)).toMatchObject({ opened: 0, sent: 0 });
    expect(messages).toHaveLength(1);
    const kept = await rows(`SELECT rule, subject, state FROM monitoring.alerts_v1 WHERE rule = 'X1' ORDER BY subject`);
    expect(kept).toEqual([
      { rule: 'X1', subject: 'enrollmentCounts', state: 'open' },
      { rule: 'X1', subject: 'enrollmentFunnel', state: 'open' },
      { rule: 'X1', subject: 'records', state: 'open' },
      { rule: 'X1', subject: 'throttling', state: 'open' },
    ]);
  });

  it('keeps what is silenced in the configuration quiet', async () => {
    const { run, rows, list } = setup({ CONTRAIL_ALERTS_SILENCE: 'X1' });
    list([]);

    const { code } = await run('check-alerts');

    expect(code).toBe(0);
    expect(await rows('SELECT DISTINCT state FROM monitoring.alerts_v1')).toEqual([{ state: 'silenced' }]);
  });
});
