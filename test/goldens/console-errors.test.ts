/** The errors cases of `test/fixtures/console`, or of CONTRAIL_FIXTURES, byte for byte through the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DuckDbRecordSink } from '../../src/adapters/duckdb/record-sink.ts';
import { errorsObjectName } from '../../src/domain/errors-export.ts';
import { type ConsoleErrorsCase, consoleErrorsCases, consoleFolder } from '../support/console-files.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';

async function setup({ slug, rows }: ConsoleErrorsCase) {
  const file = temporaryDuckDb();
  const sink = new DuckDbRecordSink({ file, dataset: 'monitoring' });
  await sink.append({ id: 'logs', table: 'logs', rows }, new AbortController().signal);
  file.close();
  const bucket = temporaryFolder();
  const environment = { CONTRAIL_WAREHOUSE: `duckdb:${file.path}`, CONTRAIL_BUCKET: `file:${bucket}` };
  return {
    run: () => runContrail(['run', 'errors', '--experiment', slug, '--json'], { environment }),
    text: () => readFileSync(join(bucket, errorsObjectName(slug)), 'utf8'),
  };
}

it.each(consoleErrorsCases(consoleFolder()).map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const { run, text } = await setup(test);

  const { code, stderr } = await run();

  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(text()).toBe(test.expected.text);
});
