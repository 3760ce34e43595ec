/** Small trees of metric-hub, and what comes of an experiment in them. */
import { MemoryMetricHub, type HubTree } from '../../src/adapters/memory/metric-hub.ts';
import { buildMetadata, type BuiltMetadata } from '../../src/workers/metadata/build-metadata.ts';
import { ConfigurationLoader } from '../../src/workers/metadata/configuration-loader.ts';
import type { ReadExperiment } from '../../src/domain/read-experiment.ts';

export const never = new AbortController().signal;

export const EXPERIMENT: ReadExperiment = {
  slug: 'my-slug',
  appName: 'fenix',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: null,
  outcomes: [],
  segments: [],
  proposedEnrollment: 7,
  referenceBranch: 'control',
};

/** The lines that make a metric complete; `main` is the data source of `DEFINITIONS`. */
export function metric(name: string, ...lines: readonly string[]): string {
  return [
    `[metrics.${name}]`,
    'data_source = "main"',
    'select_expression = "COUNT(*)"',
    ...lines,
    `[metrics.${name}.statistics.bootstrap_mean]`,
    '',
  ].join('\n');
}

/** An outcome with these metrics. */
export function outcome(...parts: readonly string[]): string {
  return ['friendly_name = "Outcome"', 'description = "What it is"', ...parts].join('\n');
}

export const DATA_SOURCE = '[data_sources.main]\nfrom_expression = "t"\n';
export const FUNCTIONS = '[functions.agg_sum]\ndefinition = "SUM({select_expr})"\n';

/** Builds the file of an experiment in a tree; `definitions/fenix.toml` has the data source unless the tree has it. */
export async function buildIn(
  tree: HubTree,
  experiment: Partial<ReadExperiment> = {},
  analysisStart: string | null = null,
): Promise<BuiltMetadata> {
  const metricHub = new MemoryMetricHub();
  metricHub.commit({ 'definitions/fenix.toml': DATA_SOURCE, ...tree }, 0);
  const configurations = new ConfigurationLoader();
  return buildMetadata(
    { metricHub, configurations },
    { experiment: { ...EXPERIMENT, ...experiment }, analysisStart, firstAnalysedAt: undefined, signal: never },
  );
}

/** The file as text; fails where there is none. */
export async function textIn(tree: HubTree, experiment: Partial<ReadExperiment> = {}): Promise<string> {
  const built = await buildIn(tree, experiment);
  if (built.kind === 'nothing') throw new Error(`There is no file: ${built.reason}.`);
  return built.text;
}

export interface FileMetric {
  readonly analysis_bases: readonly string[];
  readonly bigger_is_better: boolean;
  readonly description: string;
  readonly friendly_name: string;
}

/** What a test looks at in a file. Metrics are pairs, because an object would lose their order. */
export interface FileContent {
  readonly external_config: unknown;
  readonly metrics: readonly (readonly [string, FileMetric])[];
  readonly outcomes: Readonly<Record<string, { readonly metrics: readonly string[]; readonly [key: string]: unknown }>>;
}

/** The file, parsed. */
export async function contentIn(tree: HubTree, experiment: Partial<ReadExperiment> = {}): Promise<FileContent> {
  const text = await textIn(tree, experiment);
  const content = JSON.parse(text) as { external_config: unknown; outcomes: FileContent['outcomes'] };
  return { ...content, metrics: metricsOf(text) };
}

/** Names of the file's metrics, in their order. */
export async function namesIn(tree: HubTree, experiment: Partial<ReadExperiment> = {}): Promise<string[]> {
  const { metrics } = await contentIn(tree, experiment);
  return metrics.map(([name]) => name);
}

function metricsOf(text: string): [string, FileMetric][] {
  const body = text.slice(text.indexOf('"metrics":{') + 11, text.indexOf('},"outcomes":'));
  const entries = body.matchAll(/("(?:[^"\\]|\\.)*"):(\{"analysis_bases".*?"friendly_name":"(?:[^"\\]|\\.)*"\})/g);
  return [...entries].map(([, name = '', value = '']) => [JSON.parse(name) as string, JSON.parse(value) as FileMetric]);
}
