/** The row restrictions that read sessions may have here: conditions on `window_index`. */

const CONDITION = /^`?window_index`?\s*(=|>=|<=|>|<|IN|BETWEEN)\s*(.+)$/i;

/** A test of windows, undefined for an empty restriction. Throws SyntaxError for any other condition. */
export function windowTest(restriction: string): ((window: number) => boolean) | undefined {
  if (restriction.trim() === '') return undefined;
  // The AND of BETWEEN joins numbers, any other one conditions.
  const conditions = restriction.trim().split(/\s+AND\s+(?=`?window_index)/i);
  const tests = conditions.map((condition) => testOf(condition.replace(/^\((.*)\)$/, '$1').trim()));
  return (window) => tests.every((test) => test(window));
}

function testOf(condition: string): (window: number) => boolean {
  const [, operator = '', operand = ''] = CONDITION.exec(condition) ?? [];
  const numbers = (operand.match(/-?\d+/g) ?? []).map(Number);
  const [first, second] = numbers;
  if (first === undefined) throw new SyntaxError(`The replay server knows no such row restriction: ${condition}`);
  switch (operator.toUpperCase()) {
    case 'IN':
      return (window) => numbers.includes(window);
    case 'BETWEEN':
      return (window) => window >= first && window <= (second ?? first);
    case '>=':
      return (window) => window >= first;
    case '<=':
      return (window) => window <= first;
    case '>':
      return (window) => window > first;
    case '<':
      return (window) => window < first;
    default:
      return (window) => window === first;
  }
}
