/** Prints `contrail run query --dry-run`. */
import type { Pricing } from '../../domain/query-cost-price.ts';
import { printable } from '../../domain/terminal-text.ts';
import type { DryRun } from '../../workers/queries/dry-run.ts';
import { formatBytes } from '../../domain/byte-text.ts';
import { plural, printJson, printResult } from '../output.ts';

const MOST_OBJECTS = 20;

export function printDryRun(dry: DryRun, { mode }: Pricing, asJson: boolean): void {
  if (asJson) return printJson(dry);
  const { query, scope, sql, parameters, objects, maximumBytesBilled } = dry;
  printResult(`query       ${query} (${scope})`);
  printResult(`SQL\n${indented(printable(sql))}`);
  printResult(`parameters  ${parameters.map(({ name, type }) => `@${name} ${type}`).join(', ') || 'none'}`);
  printResult(`columns     ${printable(dry.columns.map(({ name, type }) => `${name} ${type}`).join(', '))}`);
  if (dry.estimatedBytes !== undefined && dry.estimatedUsd !== undefined) {
    const price = `${dry.estimatedUsd.toFixed(2)} USD at the list price for bytes read`;
    const note = mode === 'on_demand' ? '' : '; this project pays by slot-hours, which are known only afterwards';
    printResult(
      `estimate    ${formatBytes(dry.estimatedBytes)} (limit ${formatBytes(maximumBytesBilled)}), ${price}${note}`,
    );
  } else printResult('estimate    the warehouse charges nothing');
  printResult(`objects     ${plural(objects.length, 'object')}; nothing was run or published`);
  for (const object of objects.slice(0, MOST_OBJECTS)) printResult(`  ${printable(object)}`);
  if (objects.length > MOST_OBJECTS) printResult(`  and ${objects.length - MOST_OBJECTS} more`);
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
