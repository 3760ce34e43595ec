import { text as readText } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { MemoryExperimentsApi } from '../../../../src/adapters/memory/experiments-api.ts';
import { MemoryMetricHub } from '../../../../src/adapters/memory/metric-hub.ts';
import { MemoryObjectStore } from '../../../../src/adapters/memory/object-store.ts';
import { MemoryStatisticsSource } from '../../../../src/adapters/memory/statistics-source.ts';
import { metadataObjectName } from '../../../../src/domain/metadata-name.ts';
import { versionOfFingerprint } from '../../../../src/domain/source-version.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { exportMetadata } from '../../../../src/workers/metadata/export-metadata.ts';
import { type ConsoleMetadataCase, consoleMetadataCases } from '../../../support/console-files.ts';
import { never } from '../../../support/metadata-world.ts';

type Step = ConsoleMetadataCase['steps'][number];

function setup({ slug, record, hub }: ConsoleMetadataCase) {
  const metricHub = new MemoryMetricHub();
  metricHub.commit(hub, 0);
  const store = new MemoryObjectStore({ keepHistory: true });
  const source = new MemoryStatisticsSource();
  const time = { now: 0 };
  const deps = {
    experimentsApi: new MemoryExperimentsApi([record]),
    metricHub,
    configurations: new ConfigurationLoader(),
    store,
    source,
    clock: { ...systemClock, now: () => time.now },
    analysisLeadMs: 1_800_000,
  };
  return {
    run: async ({ now, sql, start }: Step, job: string) => {
      time.now = Date.parse(now);
      for (const name of sql.flatMap(createdTable)) {
        source.set(name, { columns: [], batches: [], changedAt: 0, version: versionOfFingerprint(1n) });
      }
      const startToSet = start === undefined ? {} : { analysisStart: start };
      const request = { experiment: slug, ...startToSet, force: false, job, signal: never };
      return (await exportMetadata(deps, request)).outcome;
    },
    text: async () => {
      const stream = await store.read(metadataObjectName(slug), never);
      return stream === undefined ? null : await readText(stream);
    },
  };
}

/** The name of the table that a statement makes. */
function createdTable(statement: string): string[] {
  const name = /^create table mozanalysis\."([^"]+)"/.exec(statement)?.[1];
  return name === undefined ? [] : [name];
}

it.each(consoleMetadataCases().map((test) => [test.name, test] as const))(
  'what the console takes is published: %s',
  async (_, test) => {
    const { run, text } = setup(test);

    for (const [index, step] of test.steps.entries()) {
      const exporting = run(step, `job-${index}`);

      if (step.text === null) await expect(exporting).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
      else await exporting;
      expect(await text(), step.now).toBe(step.text);
    }
  },
);
