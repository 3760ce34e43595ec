/** Parses one file of metric-hub (spec: metadata, section 3). */
import type { HubRole } from '../domain/metric-hub-path.ts';
import {
  type Definitions,
  type ListedMetric,
  METRIC_PERIODS,
  type Outcome,
  type PeriodLists,
  type Settings,
} from './configuration.ts';
import { configurationError } from './configuration-error.ts';
import { listsOf } from './merge.ts';
import { parseDataSources, parseLists, parseMetrics, parseParameters, parseSegments } from './parse-definitions.ts';
import { parseExperimentFields } from './parse-experiment.ts';
import { TableReader } from './table-reader.ts';
import { isTable, parseToml, TomlError, type TomlTable } from './toml.ts';

export type ParsedFile =
  | { readonly kind: 'functions'; readonly names: readonly string[] }
  | { readonly kind: 'definitions'; readonly definitions: Definitions }
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** A file of another tool. */
  | { readonly kind: 'foreign' };

/** Parses a file by its role. Throws CONFIGURATION_INVALID. */
export function parseFile(path: string, role: HubRole, bytes: Uint8Array): ParsedFile {
  const table = tableOf(path, bytes);
  if (isTable(table.get('project'))) return { kind: 'foreign' };
  const root = new TableReader(table, path);
  switch (role.role) {
    case 'functions':
      return { kind: 'functions', names: parseFunctions(root) };
    case 'definitions':
      return { kind: 'definitions', definitions: parseDefinitions(root) };
    case 'defaults':
    case 'experiment':
      return { kind: 'settings', settings: parseSettings(root) };
    case 'outcome':
      return { kind: 'outcome', outcome: parseOutcome(root, role.slug) };
  }
}

function tableOf(path: string, bytes: Uint8Array): TomlTable {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return parseToml(text.replaceAll('\r\n', '\n'));
  } catch (error) {
    if (error instanceof TomlError) throw malformed(path, error.message);
    if (error instanceof TypeError) throw malformed(path, 'it is not UTF-8');
    throw error;
  }
}

function malformed(path: string, reason: string) {
  return configurationError({ file: path, problem: `invalid TOML: ${reason.replace(/\.$/, '')}` });
}

function parseFunctions(root: TableReader): string[] {
  if (!root.has('functions')) throw root.error('functions', 'the table is missing');
  const functions = root.table('functions');
  for (const name of functions.keys()) functions.table(name).requiredText('definition');
  return functions.keys();
}

function parseDefinitions(root: TableReader): Definitions {
  const metrics = root.table('metrics');
  parseLists(metrics);
  return {
    metrics: parseMetrics(metrics),
    dataSources: parseDataSources(root.table('data_sources')),
    ...parseSegments(root.table('segments')),
  };
}

function parseSettings(root: TableReader): Settings {
  return {
    ...parseDefinitions(root),
    lists: parseLists(root.table('metrics')),
    parameters: parseParameters(root.table('parameters')),
    experiment: parseExperimentFields(root.table('experiment')),
  };
}

function parseOutcome(root: TableReader, slug: string): Outcome {
  const friendlyName = root.requiredText('friendly_name').value;
  const description = root.requiredText('description').value;
  const metrics = parseMetrics(root.table('metrics'), []);
  const defaultMetrics = root.texts('default_metrics')?.value ?? [];
  const undefinedName = defaultMetrics.find((name) => !metrics.has(name));
  if (undefinedName !== undefined) {
    throw configurationError({
      file: root.file,
      key: 'default_metrics',
      problem: `the outcome does not define a metric ${JSON.stringify(undefinedName)}`,
      unknown: { name: undefinedName, known: metrics.keys() },
    });
  }
  return {
    slug,
    file: root.file,
    friendlyName,
    description,
    defaultMetrics,
    metrics,
    dataSources: parseDataSources(root.table('data_sources')),
    parameters: parseParameters(root.table('parameters')),
    lists: outcomeLists(root, metrics.keys()),
  };
}

/** The lists of an outcome, if any of them has an entry; else all its metrics are weekly and overall. */
function outcomeLists(root: TableReader, names: Iterable<string>): PeriodLists {
  const lists = parseLists(root);
  if (METRIC_PERIODS.some((period) => lists[period].length > 0)) return lists;
  const all = [...names].map((name): ListedMetric => ({ name, file: root.file, table: `[metrics.${name}]` }));
  return listsOf((period) => (period === 'weekly' || period === 'overall' ? all : []));
}

/** Empty settings, for applications without defaults and experiments without a file. */
export function emptySettings(): Settings {
  return parseSettings(new TableReader(new Map(), ''));
}
