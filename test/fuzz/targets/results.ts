/** Statistics files as the pages read them: columns, or a refusal with the reason. */
import { MalformedArrayError } from '../../../src/domain/json-array-elements.ts';
import { type ExperimentResults, experimentResults } from '../../../src/domain/results/experiment-results.ts';
import { ResultsIndex } from '../../../src/domain/results/results-index.ts';
import type { ResultsTable } from '../../../src/domain/results/results-table.ts';
import { TableBuilder } from '../../../src/domain/results/table-builder.ts';
import { FACTS, RULES } from '../../support/results-world.ts';
import { mutate } from '../mutate.ts';
import type { Random } from '../random.ts';
import { fuzzTarget, mustEqual, mustHold } from '../target.ts';

const TEXTS: readonly unknown[] = [
  'm',
  'identity',
  'retained',
  'mean',
  'count',
  'mean_lm',
  'control',
  'treatment',
  'all',
  'enrollments',
  'exposures',
  'difference',
  'relative_uplift',
  'absolute',
  '',
  '__proto__',
  'constructor',
  '\u0000',
  'ü🦊',
  null,
  7,
  [],
  {},
];
const NUMBERS: readonly unknown[] = [0, -0, 1, -1, 0.02, 1e308, -1e308, 5e-324, '1_0', 'NaN', '1e999', null, true, 'x'];
const WINDOWS: readonly unknown[] = ['1', '2', '10', '-1', 3, '999999999', '1e3', null, ' 1', {}];
const COLUMNS = {
  metric: TEXTS,
  statistic: TEXTS,
  parameter: [null, null, null, '0.5'],
  branch: TEXTS,
  comparison: TEXTS,
  comparison_to_branch: TEXTS,
  ci_width: NUMBERS,
  point: NUMBERS,
  lower: NUMBERS,
  upper: NUMBERS,
  segment: ['all', 'all', ...TEXTS],
  analysis_basis: ['enrollments', 'exposures', ...TEXTS],
  window_index: WINDOWS,
} as const;

export const resultsFile = fuzzTarget<Uint8Array>({
  name: 'results',
  about: 'statistics files, for the pages',
  quickInputs: 1_000,
  make: (random) => {
    if (random.chance(0.01)) return Buffer.from(random.pick(['[', '{"a":', '[[', '"']).repeat(50_000));
    const bytes = Buffer.from(JSON.stringify(random.list(random.int(0, 12), () => anyRow(random))));
    return random.chance(0.4) ? mutate(random, bytes) : bytes;
  },
  check: (bytes) => {
    const table = tableOf(bytes);
    if (table === undefined) return;
    mustEqual(table.rowCount + table.parameterRows + table.unreadableRows, table.fileRows, 'rows');
    const inputs = { indexes: new Map([['weekly', new ResultsIndex(table)] as const]), facts: FACTS, rules: RULES };
    for (const show of ['all', 'changes'] as const) {
      const results = experimentResults({ show }, inputs);
      mustHold(results !== undefined, 'a file gives results');
      if (results !== undefined) checkResults(results);
    }
  },
});

function anyRow(random: Random): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(COLUMNS).flatMap(([name, values]) =>
      random.chance(0.02) ? [] : [[name, random.pick<unknown>(values)]],
    ),
  );
}

function tableOf(bytes: Uint8Array): ResultsTable | undefined {
  try {
    const builder = new TableBuilder();
    const middle = bytes.length >> 1;
    builder.push(bytes.subarray(0, middle));
    builder.push(bytes.subarray(middle));
    return builder.finish();
  } catch (error) {
    if (error instanceof MalformedArrayError) return undefined;
    throw error;
  }
}

function checkResults({ groups, choice }: ExperimentResults): void {
  for (const { metrics, key } of groups) {
    for (const { lines, isNotable } of metrics) {
      mustEqual(isNotable, key === 'notable', 'whether the metric is notable');
      for (const { branch, uplift, difference } of lines) {
        mustHold(branch !== choice.against, 'no branch is compared with itself');
        for (const value of [uplift?.point, uplift?.lower, difference?.upper]) {
          mustHold(value === null || value === undefined || Number.isFinite(value), 'numbers are finite or null');
        }
      }
    }
  }
}
