/** `contrail run metadata` where files can be made, and where they cannot; `test/long` compares those of all fixtures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { metadataRun } from '../support/metadata-run.ts';

describe('contrail run metadata', () => {
  it('tells why a file cannot be made, writes none, and makes those of the other experiments', async () => {
    const { bucket, run } = metadataRun();

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
    const { run } = metadataRun({ CONTRAIL_METRIC_HUB: 'file:./nowhere' });

    const { code, stderr } = await run('--experiment', 'search-result-de-duplication');

    expect(code).toBe(1);
    expect(stderr).toMatch(/nowhere cannot be read.*CONTRAIL_METRIC_HUB/s);
    expect(stderr).not.toMatch(/ {4}at /);
  });

  it('refuses a time that is none as wrong usage', async () => {
    const { run } = metadataRun();

    const { code, stderr } = await run('--experiment', 'search-result-de-duplication', '--analysis-start', 'soon');

    expect(code).toBe(2);
    expect(stderr).toContain('"soon" is not a time');
  });
});
