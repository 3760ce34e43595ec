/** Checks that a template can be filled in with the known names. */
import type { ContrailError } from '../domain/errors.ts';
import type { Sourced } from './sourced.ts';
import { configurationError } from './configuration-error.ts';
import { memoised } from './memo.ts';
import { referencesOf, type TemplateReference } from './template.ts';
import { TemplateError } from './template-tokens.ts';

/** The names a template may use. */
export interface TemplateScope {
  /** Functions of `functions.toml`, each with one argument. */
  readonly functions: ReadonlySet<string>;
  /** Values with attributes. */
  readonly values: ReadonlyMap<string, Lookups>;
}

export interface Lookups {
  /** What the attributes are called in messages: `parameter`, `attribute`. */
  readonly kind: string;
  readonly known: ReadonlySet<string>;
  /** Known attributes that this experiment has no value for, and why. */
  readonly missing?: ReadonlyMap<string, string>;
}

export interface TemplatePlace {
  /** `[metrics.my_metric]` */
  readonly table: string;
  readonly key: string;
}

/** Throws CONFIGURATION_INVALID for a broken template or an unknown name. */
export function checkTemplate(template: Sourced<string>, scope: TemplateScope, place: TemplatePlace): void {
  for (const reference of readReferences(template, place)) {
    const problem = problemOf(reference, scope);
    if (problem !== undefined) throw templateError(template.file, place, problem);
  }
}

const referencesIn = memoised(({ value }: Sourced<string>) => referencesOf(value));

interface TemplateProblem {
  readonly problem: string;
  readonly unknown?: { readonly name: string; readonly known: Iterable<string> };
}

function readReferences(template: Sourced<string>, place: TemplatePlace): TemplateReference[] {
  try {
    return referencesIn(template);
  } catch (error) {
    if (error instanceof TemplateError) throw templateError(template.file, place, { problem: error.message });
    throw error;
  }
}

function problemOf({ name, attribute, calledWith }: TemplateReference, scope: TemplateScope) {
  if (scope.functions.has(name)) return functionProblem(name, calledWith);
  const lookups = scope.values.get(name);
  if (lookups === undefined) {
    const known = [...scope.functions, ...scope.values.keys()];
    return {
      problem: `there is no ${calledWith === undefined ? 'value' : 'function'} ${name}`,
      unknown: { name, known },
    };
  }
  if (attribute === undefined) return undefined;
  const reason = lookups.missing?.get(attribute);
  if (reason !== undefined) return { problem: `${name}.${attribute} has no value: ${reason}` };
  if (lookups.known.has(attribute)) return undefined;
  return {
    problem: `there is no ${lookups.kind} ${attribute}`,
    unknown: { name: attribute, known: lookups.known },
  };
}

function functionProblem(name: string, calledWith: number | undefined): TemplateProblem | undefined {
  if (calledWith === undefined || calledWith === 1) return undefined;
  return { problem: `${name} takes one value, not ${calledWith}` };
}

function templateError(
  file: string,
  { table, key }: TemplatePlace,
  { problem, unknown }: TemplateProblem,
): ContrailError {
  return configurationError({
    file,
    table,
    key,
    problem: `the template cannot be filled in: ${problem}`,
    ...(unknown === undefined ? {} : { unknown }),
  });
}
