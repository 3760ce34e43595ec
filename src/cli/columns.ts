/** Tables for people and for programs. */
import { oneLine } from './output.ts';

/** On a terminal: columns of equal width, empty columns left out. Piped: cells separated by tabs, as `cut` and `awk` read them. */
export function columnLines(
  rows: readonly (readonly string[])[],
  { isTerminal = process.stdout.isTTY } = {},
): string[] {
  const clean = rows.map((row) => row.map(oneLine));
  if (!isTerminal) return clean.map((row) => row.join('\t'));
  const count = Math.max(0, ...clean.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...clean.map((row) => row[column]?.length ?? 0)),
  );
  return clean.map((row) =>
    row
      .flatMap((cell, column) => (widths[column] === 0 ? [] : [cell.padEnd(widths[column] ?? 0)]))
      .join('  ')
      .trimEnd(),
  );
}
