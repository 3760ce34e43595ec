/** Reads the results of experiments from their published files. A generation of a file is read once. */
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../../domain/analysis-period.ts';
import type { ConsoleRules } from '../../../domain/console-rules.ts';
import { toContrailError } from '../../../domain/errors.ts';
import { errorsObjectName } from '../../../domain/errors-export.ts';
import { MalformedArrayError } from '../../../domain/json-array-elements.ts';
import { metadataObjectName } from '../../../domain/metadata-name.ts';
import { METADATA } from '../../../domain/object-metadata.ts';
import type { DistributionRow } from '../../../domain/results/distribution-rows.ts';
import { ResultsIndex } from '../../../domain/results/results-index.ts';
import { tableBytes } from '../../../domain/results/results-table.ts';
import { statisticsObjectName } from '../../../domain/statistics-name.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { ObjectStore, StoredObject } from '../../../ports/object-store.ts';
import type {
  FileContent,
  ReadResults,
  ResultsFile,
  ResultsSource,
} from '../../../web/pages/experiment/results/source.ts';
import { KeptParts } from '../kept-parts.ts';
import type { FileReader } from './file-reader.ts';
import { KeptTables } from './kept-tables.ts';
import { factsOf, type FileFacts, readFacts } from './read-facts.ts';

export interface ResultsSourceDependencies {
  readonly store: Pick<ObjectStore, 'head' | 'read'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: ConsoleRules;
  readonly reader: FileReader;
  readonly limits?: Partial<ResultsLimits>;
}

export interface ResultsLimits {
  /** Larger files are not drawn. */
  readonly fileBytes: number;
  /** Memory of the files that are kept. */
  readonly keptBytes: number;
}

const LIMITS: ResultsLimits = { fileBytes: 200e6, keptBytes: 64e6 };
const OBJECTS_MS = 15_000;
const READ_MS = 60 * 60_000;
const MOST_EXPERIMENTS = 64;
const MOST_DISTRIBUTIONS = 32;

interface ExperimentObjects {
  readonly statistics: readonly (readonly [AnalysisPeriod, StoredObject])[];
  readonly metadata: StoredObject | undefined;
  readonly errors: StoredObject | undefined;
}

export function resultsSource(deps: ResultsSourceDependencies): ResultsSource {
  const { clock, log, store, reader, rules } = deps;
  const limits = { ...LIMITS, ...deps.limits };
  const kept = <Value>(name: string, keepMs: number, most: number): KeptParts<Value> =>
    new KeptParts({ clock, log, name, keepMs, most });
  const objects = kept<ExperimentObjects>('The published files', OBJECTS_MS, MOST_EXPERIMENTS);
  const facts = kept<FileFacts>('The metadata', READ_MS, MOST_EXPERIMENTS);
  const readings = kept<readonly ResultsFile[]>('The results', 0, 1);
  const distributions = kept<readonly DistributionRow[]>('The distribution', READ_MS, MOST_DISTRIBUTIONS);
  const tables = new KeptTables<FileContent>({ limitBytes: limits.keptBytes });

  return {
    read: async ({ slug, record }, signal) => {
      const found = await objects.get(slug, (ending) => findObjects(store, slug, ending), signal);
      if (found.kind === 'unread') return found;
      const { statistics, metadata, errors } = found.value;
      const [files, described] = await Promise.all([
        readings.get(
          generationsOf(
            slug,
            statistics.map(([, object]) => object),
          ),
          (ending) => Promise.all(statistics.map(([period, object]) => readFile(period, object, ending))),
          signal,
        ),
        facts.get(
          generationsOf(slug, [metadata, errors]),
          (ending) => readFacts({ store, metadata, errors }, slug, ending),
          signal,
        ),
      ]);
      if (files.kind === 'unread') return files;
      const texts = described.kind === 'read' ? described.value : { ...NO_FACTS, problems: [described.problem] };
      const value: ReadResults = {
        files: files.value,
        facts: factsOf(record, texts),
        rules,
        problems: texts.problems,
      };
      return { ...found, value };
    },
    distribution: (file, wish, signal) =>
      distributions.get(
        JSON.stringify([file.object, file.generation, wish]),
        async (ending) => {
          const stream = await store.read(file.object, ending);
          if (stream === undefined) return [];
          try {
            return await reader.distribution(stream as AsyncIterable<Uint8Array>, wish, ending);
          } finally {
            stream.destroy();
          }
        },
        signal,
      ),
  };

  async function readFile(period: AnalysisPeriod, object: StoredObject, signal: AbortSignal): Promise<ResultsFile> {
    const { name, generation, bytes, changedAt } = object;
    const content: FileContent =
      bytes > limits.fileBytes
        ? { kind: 'too large' }
        : await tables
            .get(`${name} ${generation}`, () => readContent(object, signal))
            .catch((error: unknown) => {
              signal.throwIfAborted();
              return { kind: 'unread', problem: toContrailError(error).sentence };
            });
    return { period, object: name, generation, bytes, publishedAt: changedAt, content };
  }

  /** A malformed file stays so until it is published again. */
  async function readContent(
    { name }: StoredObject,
    signal: AbortSignal,
  ): Promise<{ value: FileContent; bytes: number }> {
    const stream = await store.read(name, signal);
    if (stream === undefined) return { value: { kind: 'unread', problem: `${name} has been removed.` }, bytes: 0 };
    try {
      const table = await reader.table(stream as AsyncIterable<Uint8Array>, signal);
      return { value: { kind: 'index', index: new ResultsIndex(table) }, bytes: tableBytes(table) };
    } catch (error) {
      if (!(error instanceof MalformedArrayError)) throw error;
      const problem = `${name} is not a list of rows: ${error.message}. Publish it again with \`--force\`.`;
      return { value: { kind: 'unread', problem }, bytes: problem.length };
    } finally {
      stream.destroy();
    }
  }
}

const NO_FACTS: FileFacts = { metrics: new Map(), outcomes: [], firstErrors: new Map(), problems: [] };

async function findObjects(
  store: Pick<ObjectStore, 'head'>,
  slug: string,
  signal: AbortSignal,
): Promise<ExperimentObjects> {
  const own = async (name: string): Promise<StoredObject | undefined> => {
    const object = await store.head(name, signal);
    const owner = object?.metadata[METADATA.experiment];
    return owner === undefined || owner === slug ? object : undefined;
  };
  const [metadata, errors, ...statistics] = await Promise.all(
    [
      metadataObjectName(slug),
      errorsObjectName(slug),
      ...ANALYSIS_PERIODS.map((period) => statisticsObjectName(slug, period)),
    ].map(own),
  );
  return {
    metadata,
    errors,
    statistics: ANALYSIS_PERIODS.flatMap((period, index) => {
      const object = statistics[index];
      return object === undefined ? [] : [[period, object] as const];
    }),
  };
}

function generationsOf(slug: string, objects: readonly (StoredObject | undefined)[]): string {
  return JSON.stringify([slug, ...objects.map((object) => object?.generation ?? null)]);
}
