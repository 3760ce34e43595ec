/** The windows of a statistics file as its object's metadata list them: `1-6`, `1,2,4` (spec: statistics, section 5). */

/** Windows `from` to `to`, both included. */
export interface WindowRange {
  readonly from: number;
  readonly to: number;
}

/** Ascending; ranges neither overlap nor touch. */
export type WindowList = readonly WindowRange[];

/** Object metadata are small. */
const MOST_CHARACTERS = 500;
const CUT = ',…';
const PIECE = /^(-?\d{1,15})(?:-(-?\d{1,15}))?$/;

/** The list of these windows in any order. Anything but whole numbers is left out. */
export function windowList(windows: Iterable<number>): WindowList {
  return joined([...windows].filter(Number.isSafeInteger).map((window) => ({ from: window + 0, to: window + 0 })));
}

/** Three or more windows in a row are written as a range. A text that is too long ends in `,…`. */
export function formatWindows(list: WindowList): string {
  const pieces = list.flatMap(({ from, to }) => {
    if (to - from >= 2) return [`${from}-${to}`];
    return from === to ? [String(from)] : [String(from), String(to)];
  });
  const text = pieces.join(',');
  if (text.length <= MOST_CHARACTERS) return text;
  return text.slice(0, text.lastIndexOf(',', MOST_CHARACTERS)) + CUT;
}

/** Undefined for a text that is no list. Of a list that was cut, what is left of it. */
export function parseWindows(text: string): WindowList | undefined {
  if (text === '') return [];
  if (text.length > MOST_CHARACTERS + CUT.length) return undefined;
  const ranges: WindowRange[] = [];
  for (const piece of (text.endsWith(CUT) ? text.slice(0, -CUT.length) : text).split(',')) {
    const [, first, last = first] = PIECE.exec(piece) ?? [];
    if (first === undefined || last === undefined) return undefined;
    // Plus zero, since -0 is a number of its own.
    const range = { from: Number(first) + 0, to: Number(last) + 0 };
    if (range.from > range.to) return undefined;
    ranges.push(range);
  }
  return joined(ranges);
}

/** The windows of a list that another one lacks. */
export function windowsWithout(list: WindowList, others: WindowList): WindowList {
  const left: WindowRange[] = [];
  for (const { from, to } of list) {
    let next = from;
    for (const other of others) {
      if (other.to < next) continue;
      if (other.from > to) break;
      if (other.from > next) left.push({ from: next, to: other.from - 1 });
      next = other.to + 1;
    }
    if (next <= to) left.push({ from: next, to });
  }
  return left;
}

/** The windows of both lists. */
export function joinWindows(list: WindowList, others: WindowList): WindowList {
  return joined([...list, ...others]);
}

/** How many windows a list has. */
export function countWindows(list: WindowList): number {
  return list.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function joined(ranges: readonly WindowRange[]): WindowList {
  const result: WindowRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || range.from > last.to + 1) result.push({ from: range.from, to: range.to });
    else if (range.to > last.to) result[result.length - 1] = { from: last.from, to: range.to };
  }
  return result;
}
