/** The conditions of WHERE that written rows can be chosen by, joined by AND. */
import type { CellValue } from '../column-batches.ts';
import { cellText, type ExplicitRow } from './explicit-content.ts';

/** Query parameters by name. */
export type Parameters = ReadonlyMap<string, string | readonly string[]>;

type RowTest = (row: ExplicitRow) => boolean;

const COLUMN = '`?(\\w+)`?';
const SHAPES: readonly [RegExp, (column: string, operand: string, parameters: Parameters) => RowTest][] = [
  [new RegExp(`^${COLUMN} IS NOT NULL()$`, 'i'), (column) => (row) => !isNull(row[column])],
  [new RegExp(`^${COLUMN} IS NULL()$`, 'i'), (column) => (row) => isNull(row[column])],
  [new RegExp(`^STARTS_WITH\\(${COLUMN}, ?(.+)\\)$`, 'i'), startsWith],
  [new RegExp(`^${COLUMN} LIKE (.+)$`, 'i'), isLike],
  [new RegExp(`^REGEXP_CONTAINS\\(${COLUMN}, ?r?(.+)\\)$`, 'i'), matches],
  [new RegExp(`^${COLUMN} IN UNNEST\\((@\\w+)\\)$`, 'i'), isOneOf],
  [new RegExp(`^${COLUMN} IN ?\\((.+)\\)$`, 'i'), isOneOf],
  [new RegExp(`^${COLUMN} ?= ?(.+)$`, 'i'), isOneOf],
  [new RegExp(`^${COLUMN} ?>= ?('.*')$`, 'i'), isTextWhere((order) => order >= 0)],
  [new RegExp(`^${COLUMN} ?<= ?('.*')$`, 'i'), isTextWhere((order) => order <= 0)],
];

/** A test of rows. Throws SyntaxError for a condition that the server does not know. */
export function rowTest(where: string, parameters: Parameters): RowTest {
  if (where === '') return () => true;
  const tests = where.split(/ AND /i).map((condition) => testOf(condition.trim(), parameters));
  return (row) => tests.every((test) => test(row));
}

function testOf(condition: string, parameters: Parameters): RowTest {
  for (const [shape, test] of SHAPES) {
    const match = shape.exec(condition);
    if (match !== null) return test(match[1] ?? '', match[2] ?? '', parameters);
  }
  throw new SyntaxError(`the replay server does not know the condition ${condition}`);
}

function startsWith(column: string, operand: string, parameters: Parameters): RowTest {
  const [start = ''] = textsOf(operand, parameters);
  return (row) => cellText(row[column]).startsWith(start);
}

function isLike(column: string, operand: string, parameters: Parameters): RowTest {
  const [pattern = ''] = textsOf(operand, parameters);
  const escaped = pattern.replaceAll(/\\(.)|([.*+?^${}()|[\]])/g, (_, quoted, special) => `\\${quoted ?? special}`);
  const regExp = new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll(/(?<!\\)_/g, '.')}$`, 's');
  return (row) => regExp.test(cellText(row[column]));
}

function matches(column: string, operand: string, parameters: Parameters): RowTest {
  const regExp = new RegExp(textsOf(operand, parameters)[0] ?? '');
  return (row) => regExp.test(cellText(row[column]));
}

function isOneOf(column: string, operand: string, parameters: Parameters): RowTest {
  const texts = textsOf(operand, parameters);
  return (row) => !isNull(row[column]) && texts.includes(cellText(row[column]));
}

/** Texts are compared by their bytes. */
function isTextWhere(isWanted: (order: number) => boolean) {
  return (column: string, operand: string, parameters: Parameters): RowTest => {
    const bytes = Buffer.from(textsOf(operand, parameters)[0] ?? '');
    return (row) => !isNull(row[column]) && isWanted(Buffer.compare(Buffer.from(cellText(row[column])), bytes));
  };
}

/** Literals and parameters as texts: `'a', 'b'`, `1`, `@names`. */
function textsOf(operand: string, parameters: Parameters): string[] {
  if (operand.startsWith('@')) return [parameters.get(operand.slice(1)) ?? []].flat();
  const literals = operand.match(/'(?:\\.|[^'])*'|"(?:\\.|[^"])*"|[^,\s]+/g) ?? [];
  return literals.map((literal) =>
    /^['"]/.test(literal)
      ? literal
          .slice(1, -1)
          .replaceAll(/\\(['"`\\])/g, '$1')
          .replaceAll('\\\\', '\\')
      : literal,
  );
}

function isNull(cell: CellValue): boolean {
  return cell === null || cell === undefined;
}
