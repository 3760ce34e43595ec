/** `contrail run statistics` on all fixtures: the files are those of the reference, byte for byte. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queryRows, temporaryDuckDb } from '../support/duckdb.ts';
import { EDGE_FIXTURES, goldenOf, SAMPLE_FIXTURES } from '../support/statistics-fixtures.ts';
import { statisticsRun } from '../support/statistics-run.ts';

describe('contrail run statistics', () => {
  it('writes the golden file of every case, or nothing where nothing may be published', async () => {
    const { bucket, warehouse, run } = await statisticsRun(EDGE_FIXTURES);

    for (const entry of EDGE_FIXTURES.cases) {
      const { code, stdout } = await run(entry.experiment, entry.period);

      const path = join(bucket, entry.object);
      if (entry.result === 'nothing') {
        expect({ code, exists: existsSync(path) }, entry.view).toEqual({ code: 1, exists: false });
        continue;
      }
      expect(readFileSync(path, 'utf8'), entry.view).toBe(goldenOf(EDGE_FIXTURES, entry));
      expect(code, entry.view).toBe(0);
      const { outcome, rows, rejected, dropped, duplicates } = JSON.parse(stdout);
      expect({ outcome, rows, rejected, dropped, duplicates }, entry.view).toEqual({
        outcome: 'published',
        rows: entry.rows,
        rejected: entry.rejected,
        dropped: entry.dropped,
        duplicates: entry.duplicates,
      });
    }

    const logged = await queryRows(
      temporaryDuckDb({ path: warehouse }),
      `SELECT DISTINCT experiment, log_level, exception_type FROM monitoring.logs ORDER BY ALL`,
    );
    expect(logged).toEqual([
      { experiment: 'edge-all-refused', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-no-target', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-refused', log_level: 'ERROR', exception_type: 'InvalidStatisticException' },
      { experiment: 'edge-refused', log_level: 'WARNING', exception_type: null },
      { experiment: 'edge-values-v2', log_level: 'WARNING', exception_type: null },
      { experiment: 'punctuation.in a slug', log_level: 'WARNING', exception_type: null },
    ]);
  });

  it('writes a file of the rows that the real analysis computed', async () => {
    const { bucket, run } = await statisticsRun(SAMPLE_FIXTURES);
    const chosen = SAMPLE_FIXTURES.cases.filter((_, index) => index % 8 === 0);

    for (const entry of chosen) {
      const { code, stdout } = await run(entry.experiment, entry.period);

      expect(code, entry.view).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'published', rows: entry.rows, rejected: entry.rejected });
      const rows = JSON.parse(readFileSync(join(bucket, entry.object), 'utf8'));
      expect(rows).toHaveLength(entry.rows);
      const windows = rows.map((row: { window_index: string }) => Number(row.window_index));
      expect(windows, entry.view).toEqual(windows.toSorted((a: number, b: number) => a - b));
    }
  });
});
