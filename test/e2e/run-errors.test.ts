/** `contrail run errors` where nothing is known, and where a time is wrong; `test/long` runs it on all fixtures. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorsRun } from '../support/errors-run.ts';

describe('contrail run errors', () => {
  it('writes an empty list for a slug that nobody knows, and leaves it alone the second time', async () => {
    const { bucket, run } = await errorsRun([]);

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
    const { bucket, run } = await errorsRun([]);

    const { code, stderr } = await run('--experiment', 'my-slug', ...options);

    expect(code).toBe(2);
    expect(stderr).toContain(`is not ${kind}`);
    expect(existsSync(join(bucket, 'errors'))).toBe(false);
  });
});
