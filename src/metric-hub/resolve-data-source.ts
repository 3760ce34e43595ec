/** Data sources. They are not in the file, but a metric with a missing or broken one stops it (spec: metadata, section 8). */
import type { ContrailError } from '../domain/errors.ts';
import { checkTemplate } from './check-template.ts';
import type { DataSource } from './configuration.ts';
import type { Sourced } from './sourced.ts';
import { configurationError } from './configuration-error.ts';
import { memoised } from './memo.ts';
import type { ResolutionScope } from './resolution-scope.ts';
import { referencesOf } from './template.ts';
import { TemplateError } from './template-tokens.ts';

/** What needs the source, for messages. */
export interface SourceUser {
  readonly name: Sourced<string>;
  /** `[metrics.my_metric]` */
  readonly table: string;
  readonly key: string;
}

export interface ResolvedSource {
  readonly name: string;
  readonly analysisUnits: readonly string[];
}

const COLUMN_TYPES = ['simple', 'native', 'glean', 'events_stream'];
const RELATIONSHIPS = ['one_to_one', 'many_to_one', 'one_to_many', 'many_to_many'];
const VALID_NAME = /^[A-Za-z0-9_]+$/;

/** Finds a source in the merged configuration, else among the application's definitions. Checks it and its joins. */
export function resolveDataSource(
  user: SourceUser,
  scope: ResolutionScope,
  trail: readonly string[] = [],
): ResolvedSource {
  const name = user.name.value;
  const source = scope.settings.dataSources.get(name) ?? scope.definitions.dataSources.get(name);
  if (source === undefined) throw unknownSource(user, scope);
  if (trail.includes(name)) throw sourceError(source, 'joins', 'it joins itself');
  if (!VALID_NAME.test(name)) throw sourceError(source, undefined, 'its name may contain only letters, digits and _');
  checkFromExpression(source, scope);
  checkColumnType(source);
  for (const [joined, { relationship }] of source.fields.joins?.value ?? []) {
    if (relationship !== undefined && !RELATIONSHIPS.includes(relationship)) {
      throw sourceError(source, 'joins', `unknown relationship ${JSON.stringify(relationship)}`);
    }
    const file = source.fields.joins?.file ?? source.file;
    const joinUser = { name: { value: joined, file }, table: titleOfSource(source), key: 'joins' };
    resolveDataSource(joinUser, scope, [...trail, name]);
  }
  const units = source.fields.analysisUnits?.value ?? [];
  return { name, analysisUnits: units.length > 0 ? units : scope.defaultUnits };
}

function unknownSource({ name, table, key }: SourceUser, { settings, definitions, app }: ResolutionScope) {
  return configurationError({
    file: name.file,
    table,
    key,
    problem: `unknown data source ${JSON.stringify(name.value)} for ${app}`,
    unknown: { name: name.value, known: [...settings.dataSources.keys(), ...definitions.dataSources.keys()] },
  });
}

function checkColumnType(source: DataSource): void {
  const type = source.fields.experimentsColumnType?.value ?? '';
  if (type === '' || type.toLowerCase() === 'none' || COLUMN_TYPES.includes(type)) return;
  throw sourceError(source, 'experiments_column_type', `unknown type ${JSON.stringify(type)}`);
}

function checkFromExpression(source: DataSource, scope: ResolutionScope): void {
  const { fromExpression, defaultDataset } = source.fields;
  if (fromExpression === undefined) throw sourceError(source, 'from_expression', 'it is missing');
  const { isTemplate, problem, namesDataset } = readFromExpression(fromExpression);
  if (isTemplate) {
    const place = { table: titleOfSource(source), key: 'from_expression' };
    checkTemplate(fromExpression, { functions: new Set(), values: scope.experimentValues }, place);
  }
  if (problem !== undefined) throw sourceError(source, 'from_expression', problem);
  if (namesDataset && !defaultDataset?.value) {
    throw sourceError(source, 'from_expression', '{dataset} needs a default_dataset');
  }
}

/** Facts about a FROM expression, cached per source. */
export const readFromExpression = memoised(({ value }: Sourced<string>) => {
  const isTemplate = namesExperiment(value);
  return { isTemplate, ...readPlaceholders(isTemplate ? withoutExpressions(value) : value) };
});

/**
 * Whether a FROM expression is a template. Doubled braces also stand for single ones, as in the GUID of an add-on, so it
 * is a template only if it can be parsed as one and names the experiment.
 */
function namesExperiment(expression: string): boolean {
  if (!expression.includes('{{')) return false;
  try {
    return referencesOf(expression).some((reference) => reference.name === 'experiment');
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}

/** The template without its `{{ … }}`. */
function withoutExpressions(template: string): string {
  const kept: string[] = [];
  let from = 0;
  for (;;) {
    const opening = template.indexOf('{{', from);
    const closing = opening === -1 ? -1 : template.indexOf('}}', opening + 2);
    if (closing === -1) return kept.join('') + template.slice(from);
    kept.push(template.slice(from, opening));
    from = closing + 2;
  }
}

/** Checks single braces: only `{dataset}` is allowed. */
function readPlaceholders(expression: string): { namesDataset: boolean; problem: string | undefined } {
  const parts = expression.replaceAll('{{', '').replaceAll('}}', '');
  const pieces = parts.split(/([{}])/);
  const names: string[] = [];
  let standsAlone = false;
  // Even indexes are text, odd ones are braces.
  for (let at = 1; at < pieces.length; at += 2) {
    if (pieces[at] === '{' && pieces[at + 2] === '}') {
      names.push((pieces[at + 1] ?? '').split(/[!:.[]/, 1)[0] ?? '');
      at += 2;
    } else {
      standsAlone = true;
    }
  }
  const stranger = names.find((name) => name !== 'dataset');
  const problem = stranger === undefined ? undefined : `{${stranger}} is unknown; only {dataset} is allowed`;
  return { namesDataset: names.length > 0, problem: problem ?? (standsAlone ? 'a brace has no partner' : undefined) };
}

function titleOfSource(source: DataSource): string {
  return `[data_sources.${source.name}]`;
}

function sourceError(source: DataSource, key: string | undefined, problem: string): ContrailError {
  const place = { file: source.file, table: titleOfSource(source), problem };
  return configurationError(key === undefined ? place : { ...place, key });
}
