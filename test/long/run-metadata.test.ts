/** `contrail run metadata` on all fixtures: the files are those of the reference, byte for byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { METADATA_FIXTURES, metadataRun } from '../support/metadata-run.ts';

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
  .parse(JSON.parse(readFileSync(join(METADATA_FIXTURES, 'golden', 'cases.json'), 'utf8')));

describe('contrail run metadata', () => {
  it('writes the golden file of every case, or nothing where nothing may be written', async () => {
    const { bucket, run } = metadataRun();

    for (const { slug, analysis_start_time: start, result, object = '', golden = '' } of cases) {
      const times = start === null ? [] : ['--analysis-start', start];
      const { code, stderr } = await run('--experiment', slug, ...times, '--force');

      expect({ slug, code, stderr }).toMatchObject({ code: result === 'error' ? 1 : 0 });
      if (result !== 'file') continue;
      expect(readFileSync(join(bucket, object), 'utf8'), slug).toBe(
        readFileSync(join(METADATA_FIXTURES, 'golden', golden), 'utf8'),
      );
    }
  });
});
