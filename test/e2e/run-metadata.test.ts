/** `contrail run metadata` on all fixtures: the files are those of the reference, byte for byte. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runContrail } from '../support/contrail.ts';
import { temporaryFolder } from '../support/duckdb.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/metadata/', import.meta.url));
const { cases } = z
  .object({
    cases: z.array(
      z.object({
        slug: z.string(),
        analysis_start_time: z.string().nullable(),
        result: z.enum(['file', 'nothing', 'error']),
        object: z.string().optional(),
        golden: z.string().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(FIXTURES, 'golden', 'cases.json'), 'utf8')));

function setup(changes: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${join(folder, 'warehouse.duckdb')}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(FIXTURES, 'experimenter')}`,
    CONTRAIL_METRIC_HUB: `file:${join(FIXTURES, 'metric-hub')}`,
    ...changes,
  };
  return {
    bucket: join(folder, 'bucket'),
    run: (...options: readonly string[]) =>
      runContrail(['run', 'metadata', ...options, '--json'], { environment, cwd: folder }),
  };
}

describe('contrail run metadata', () => {
  it('writes the golden file of every case, or nothing where nothing may be written', async () => {
    const { bucket, run } = setup();

    for (const { slug, analysis_start_time: start, result, object = '', golden = '' } of cases) {
      const times = start === null ? [] : ['--analysis-start', start];
      const { code, stderr } = await run('--experiment', slug, ...times, '--force');

      expect({ slug, code, stderr }).toMatchObject({ code: result === 'error' ? 1 : 0 });
      if (result !== 'file') continue;
      expect(readFileSync(join(bucket, object), 'utf8'), slug).toBe(
        readFileSync(join(FIXTURES, 'golden', golden), 'utf8'),
      );
    }
  });

  it('tells why a file cannot be made, writes none, and makes those of the other experiments', async () => {
    const { bucket, run } = setup();

    const { code, stdout, stderr } = await run(
      '--experiment',
      'shortcuts-visual-refresh',
      'no-such-experiment',
      'search-result-de-duplication',
    );

    expect(code).toBe(1);
    expect(stderr).toContain('sponsored_tiles_disabled');
    expect(stderr).toContain('2 exports failed');
    expect(JSON.parse(stdout)).toMatchObject([
      { experiment: 'shortcuts-visual-refresh', outcome: 'failed', code: 'CONFIGURATION_INVALID' },
      { experiment: 'no-such-experiment', outcome: 'failed', code: 'EXPERIMENT_UNKNOWN' },
      { experiment: 'search-result-de-duplication', outcome: 'published' },
    ]);
    expect(existsSync(join(bucket, 'metadata', 'metadata_shortcuts_visual_refresh.json'))).toBe(false);
  });

  it('ends with what is missing where metric-hub is not there', async () => {
    const { run } = setup({ CONTRAIL_METRIC_HUB: 'file:./nowhere' });

    const { code, stderr } = await run('--experiment', 'search-result-de-duplication');

    expect(code).toBe(1);
    expect(stderr).toMatch(/nowhere cannot be read.*CONTRAIL_METRIC_HUB/s);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('refuses a time that is none as wrong usage', async () => {
    const { run } = setup();

    const { code, stderr } = await run('--experiment', 'search-result-de-duplication', '--analysis-start', 'soon');

    expect(code).toBe(2);
    expect(stderr).toContain('"soon" is not a time');
  });
});
