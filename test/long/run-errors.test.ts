/** `contrail run errors` on all fixtures: the files are those of the reference, byte for byte. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RecordRow } from '../../src/ports/record-sink.ts';
import { errorsRun } from '../support/errors-run.ts';
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

describe('contrail run errors', () => {
  it('writes the golden file of every case; rows that the console would refuse are left out and reported', async () => {
    for (const golden of Array.isArray(cases) ? cases : cases.cases) {
      const { bucket, run, logged } = await errorsRun(monitoringFixture<RecordRow[]>(`errors/${golden.rows}.json`));
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
});
