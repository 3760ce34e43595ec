import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { numberRecords, parseExperiments } from '../../../../src/experiment-record/planning-view.ts';
import { FolderMetricHub } from '../../../../src/adapters/metric-hub/folder-metric-hub.ts';
import { metadataObjectName } from '../../../../src/domain/metadata-name.ts';
import { parseAnalysisStart } from '../../../../src/workers/metadata/analysis-start.ts';
import { buildMetadata } from '../../../../src/workers/metadata/build-metadata.ts';
import { ConfigurationLoader } from '../../../../src/workers/metadata/configuration-loader.ts';
import { readExperiment } from '../../../../src/domain/read-experiment.ts';

interface Case {
  readonly slug: string;
  readonly experiment: string;
  readonly analysis_start_time: string | null;
  readonly covers: string;
  readonly result: 'file' | 'nothing' | 'error';
  readonly object?: string;
  readonly golden?: string;
}

const FIXTURES = new URL('../../../fixtures/metadata/', import.meta.url);
const { cases } = JSON.parse(read('golden/cases.json')) as { cases: Case[] };

const metricHub = new FolderMetricHub({
  path: new URL('metric-hub', FIXTURES).pathname,
  refreshMs: 3_600_000,
  clock: systemClock,
});
const configurations = new ConfigurationLoader();

function read(path: string): string {
  return readFileSync(new URL(path, FIXTURES), 'utf8');
}

function build({ experiment: file, analysis_start_time: start }: Case) {
  const [experiment] = parseExperiments(numberRecords([JSON.parse(read(`experimenter/${file}`))])).experiments;
  if (experiment === undefined) throw new Error(`${file} cannot be read.`);
  return buildMetadata(
    { metricHub, configurations },
    {
      experiment: readExperiment(experiment),
      analysisStart: start === null ? null : parseAnalysisStart(start),
      firstAnalysedAt: undefined,
      signal: new AbortController().signal,
    },
  );
}

describe('files of the reference implementation', () => {
  it.each(cases.filter(({ result }) => result === 'file'))('are made byte for byte: $covers', async (golden) => {
    const built = await build(golden);

    expect(built).toMatchObject({ kind: 'file', text: read(`golden/${golden.golden}`) });
    expect(metadataObjectName(golden.slug)).toBe(golden.object);
  });

  it.each(cases.filter(({ result }) => result === 'error'))('are not made: $covers', async (golden) => {
    await expect(build(golden)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('do not depend on what was resolved before', async () => {
    const files = cases.filter(({ result }) => result === 'file');

    const forwards = await Promise.all(files.map(build));
    const backwards = await Promise.all([...files].reverse().map(build));

    expect(backwards.reverse()).toEqual(forwards);
  });

  it('name what is wrong: the file, the table and the nearest known name', async () => {
    const golden = cases.find(({ slug }) => slug === 'shortcuts-visual-refresh');

    const building = build(golden ?? cases[0]!);

    await expect(building).rejects.toMatchObject({
      sentence: expect.stringMatching(
        /^jetstream\/shortcuts-visual-refresh\.toml \[metrics\.sponsored_tiles_disabled\]: .*Did you mean sponsored_tiles_/,
      ) as unknown,
    });
  });
});
