/** FROM expressions of data sources. */
import { readFromExpression } from '../../../src/metric-hub/resolve-data-source.ts';
import { fuzzTarget, mustHold } from '../target.ts';

export const dataSource = fuzzTarget<string>({
  name: 'data-source',
  about: 'FROM expressions of data sources',
  quickInputs: 1_000,
  make: (random) =>
    random.mixture(['{', '}', '{{', '}}', 'dataset', 'a', '!', ':', '.', '[', ' ', '{dataset}', 'experiment.x']),
  check: (text) => {
    const { problem } = readFromExpression({ value: text, file: 'x.toml' });
    const hasBraces = /[{}]/.test(text.replaceAll('{dataset}', ''));
    mustHold(hasBraces || problem === undefined, 'no problem where only {dataset} stands in braces');
  },
});
