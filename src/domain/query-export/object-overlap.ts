/** Whether two templates of object names can ever give the same name, whatever the slugs and days. */
import { type Placeholder, type TemplatePart, templateParts } from './object-template.ts';

/** One character of a name, or any number of those that a placeholder can hold. */
type Piece = { readonly letter: string } | { readonly digit: true } | { readonly any: Exclude<Placeholder, 'date'> };

/** True if some slugs and days give both the same name. Says so too often rather than too seldom. */
export function canBeSameObject(one: string, other: string): boolean {
  const a = piecesOf(one);
  const b = piecesOf(other);
  if (!sameBeginning(a, b) || !sameBeginning(a.toReversed(), b.toReversed())) return false;
  return overlap(a, b);
}

function piecesOf(template: string): Piece[] {
  return templateParts(template).flatMap((part): Piece[] => ('unknown' in part ? [] : piecesOfPart(part)));
}

const DAY = '0000-00-00';

function piecesOfPart(part: TemplatePart): Piece[] {
  if ('text' in part) return Array.from(part.text, (letter) => ({ letter }));
  if (part.placeholder !== 'date') return [{ any: part.placeholder }];
  return Array.from(DAY, (letter) => (letter === '0' ? { digit: true } : { letter }));
}

/** Compares up to the first piece of any length; most templates differ here. */
function sameBeginning(a: readonly Piece[], b: readonly Piece[]): boolean {
  for (const [index, piece] of a.entries()) {
    const mate = b[index];
    if (mate === undefined || 'any' in piece || 'any' in mate) return true;
    if (!canMeet(piece, mate)) return false;
  }
  return true;
}

/**
 * Walks through both at once: `reached` has the places in `b` that some name leads to after each piece of `a`. A piece of any
 * length holds at least one character.
 */
function overlap(a: readonly Piece[], b: readonly Piece[]): boolean {
  const seen = new Set<number>();
  const open: [number, number, boolean, boolean][] = [[0, 0, false, false]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [i, j, isInA, isInB] = state;
    const key = ((i * (b.length + 1) + j) * 2 + Number(isInA)) * 2 + Number(isInB);
    if (seen.has(key)) continue;
    seen.add(key);
    if (i === a.length && j === b.length) return true;
    const left = a[i];
    const right = b[j];
    // A piece of any length may end once it holds something.
    if (isInA) open.push([i + 1, j, false, isInB]);
    if (isInB) open.push([i, j + 1, isInA, false]);
    if (left === undefined || right === undefined || !canMeet(left, right)) continue;
    const stays = { a: 'any' in left, b: 'any' in right };
    open.push([stays.a ? i : i + 1, stays.b ? j : j + 1, stays.a, stays.b]);
  }
  return false;
}

/** Whether one character can be of both. */
function canMeet(one: Piece, other: Piece): boolean {
  if ('any' in one) return 'any' in other || isHeld(one.any, other);
  if ('any' in other) return isHeld(other.any, one);
  if ('digit' in one) return 'digit' in other || /\d/.test(other.letter);
  return 'digit' in other ? /\d/.test(one.letter) : one.letter === other.letter;
}

function isHeld(placeholder: Exclude<Placeholder, 'date'>, piece: Exclude<Piece, { any: unknown }>): boolean {
  if ('digit' in piece) return true;
  return placeholder === 'slug' ? piece.letter !== '/' : /\w/.test(piece.letter);
}
