/** Errors in metric-hub's files: they name the file, the table, the key and the nearest known name. */
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';

export interface ConfigurationProblem {
  /** Path in metric-hub. */
  readonly file: string;
  /** `[metrics.my_metric]`. */
  readonly table?: string;
  readonly key?: string;
  /** The problem as a sentence without full stop. */
  readonly problem: string;
  /** An unknown name, and the known ones. */
  readonly unknown?: { readonly name: string; readonly known: Iterable<string> };
}

/** CONFIGURATION_INVALID for one place in metric-hub. */
export function configurationError({ file, table, key, problem, unknown }: ConfigurationProblem): ContrailError {
  const place = [file, table, key].filter((part) => part !== undefined).join(' ');
  const suggestion = unknown === undefined ? '' : didYouMean(unknown.name, unknown.known);
  return new ContrailError('CONFIGURATION_INVALID', `${place}: ${problem}.`, {
    subject: file,
    hint: `${suggestion}Contrail will retry when metric-hub changes.`,
  });
}
