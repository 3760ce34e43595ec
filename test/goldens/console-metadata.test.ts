/** The metadata cases of `test/fixtures/console`, or of CONTRAIL_FIXTURES, byte for byte through the command line. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { metadataObjectName } from '../../src/domain/metadata-name.ts';
import { consoleFolder, type ConsoleMetadataCase, consoleMetadataCases } from '../support/console-files.ts';
import { runContrail } from '../support/contrail.ts';
import { temporaryDuckDb, temporaryFolder } from '../support/duckdb.ts';

type Step = ConsoleMetadataCase['steps'][number];

function setup({ slug, record, hub }: ConsoleMetadataCase) {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(hub)) {
    const target = join(folder, 'metric-hub', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  writeFileSync(join(folder, 'experiments.json'), JSON.stringify([record]));
  const warehouse = join(folder, 'warehouse.duckdb');
  const environment = {
    CONTRAIL_WAREHOUSE: `duckdb:${warehouse}`,
    CONTRAIL_BUCKET: `file:${join(folder, 'bucket')}`,
    CONTRAIL_EXPERIMENTER: `file:${join(folder, 'experiments.json')}`,
    CONTRAIL_METRIC_HUB: `file:${join(folder, 'metric-hub')}`,
  };
  const object = join(folder, 'bucket', metadataObjectName(slug));
  return {
    run: async ({ now, sql, start }: Step) => {
      await execute(warehouse, sql);
      const times = start === undefined ? [] : ['--analysis-start', start];
      return runContrail(['run', 'metadata', '--experiment', slug, ...times], {
        environment: { ...environment, CONTRAIL_NOW: now },
        cwd: folder,
      });
    },
    text: () => (existsSync(object) ? readFileSync(object, 'utf8') : null),
  };
}

async function execute(path: string, sql: readonly string[]): Promise<void> {
  const file = temporaryDuckDb({ path });
  await file.use('write', async (connection) => {
    for (const statement of ['create schema if not exists mozanalysis', ...sql]) await connection.run(statement);
  });
  file.close();
}

it.each(consoleMetadataCases(consoleFolder()).map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const { run, text } = setup(test);

  for (const step of test.steps) {
    const { code, stderr } = await run(step);

    // Without a file the experiment is private (0) or cannot be told of (1).
    const codes = step.text === null ? [0, 1] : [0];
    expect(codes, `${step.now} ${stderr}`).toContain(code);
    expect(text(), step.now).toBe(step.text);
  }
});
