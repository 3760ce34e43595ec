/** Errors of metric-hub's content: they name the file, the table, the key and the nearest known name. */
import { ContrailError } from '../domain/errors.ts';
import { didYouMean } from '../domain/nearest-name.ts';

export interface ConfigurationProblem {
  /** Path in metric-hub. */
  readonly file: string;
  /** `[metrics.my_metric]`. */
  readonly table?: string;
  readonly key?: string;
  /** What is wrong, as a sentence without its full stop. */
  readonly problem: string;
  /** A name that is not known, and those that are. */
  readonly unknown?: { readonly name: string; readonly known: Iterable<string> };
}

/** CONFIGURATION_INVALID about one place in metric-hub. */
export function configurationError({ file, table, key, problem, unknown }: ConfigurationProblem): ContrailError {
  const place = [file, table, key].filter((part) => part !== undefined).join(' ');
  const suggestion = unknown === undefined ? '' : didYouMean(unknown.name, unknown.known);
  return new ContrailError('CONFIGURATION_INVALID', `${place}: ${problem}.`, {
    subject: file,
    hint: `${suggestion}The file is made as soon as metric-hub has changed.`,
  });
}
