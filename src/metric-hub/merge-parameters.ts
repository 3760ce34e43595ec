/** Parameters of outcomes, declared so that metric templates can use them (spec: metadata, section 8). */
import type { Named, Parameter, ParameterFields } from './configuration.ts';
import { configurationError } from './configuration-error.ts';
import { isTable } from './toml.ts';

/**
 * Adds an outcome's parameters to existing ones, whose values win. Throws CONFIGURATION_INVALID for a parameter without a
 * value: a text, or a table if it differs by branch.
 */
export function mergeParameters(known: Named<Parameter>, added: Named<Parameter>): Named<Parameter> {
  const merged = new Map(known);
  for (const [name, parameter] of added) {
    const fields = mergeParameter(known.get(name)?.fields, parameter.fields);
    checkParameter({ ...parameter, fields });
    merged.set(name, { ...parameter, fields });
  }
  return merged;
}

function mergeParameter(first: ParameterFields | undefined, second: ParameterFields): ParameterFields {
  const firstOf = <Key extends keyof ParameterFields>(key: Key) => (first?.[key]?.value ? first[key] : second[key]);
  return {
    value: firstOf('value'),
    default: firstOf('default'),
    isDistinctByBranch: firstOf('isDistinctByBranch'),
  };
}

function checkParameter({ name, file, fields }: Parameter): void {
  const values = [fields.value?.value, fields.default?.value];
  const isDistinct = fields.isDistinctByBranch?.value === true;
  if (values.some((value) => (isDistinct ? isTable(value) : typeof value === 'string'))) return;
  throw configurationError({
    file,
    table: `[parameters.${name}]`,
    problem: `it has neither a value nor a default that is a ${isDistinct ? 'table of branches' : 'text'}`,
  });
}
