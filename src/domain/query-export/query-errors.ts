/** What is wrong with a configured query, in the same words for every warehouse. */
import type { Column } from '../column-type.ts';
import { ContrailError } from '../errors.ts';
import { nearestNames } from '../nearest-name.ts';
import type { OrderTerm } from './selection.ts';

/** It is not one SELECT that only reads. `reason` is the end of a sentence. */
export function queryRefused(name: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('QUERY_REFUSED', `The query ${name} was not run: ${reason}.`, {
    subject: name,
    hint: 'It must be one SELECT that only reads; change it in the file that CONTRAIL_QUERIES names.',
    cause,
  });
}

export function queryFailed(name: string, reason: string, cause?: unknown): ContrailError {
  return new ContrailError('QUERY_FAILED', `The query ${name} failed: ${reason}`, {
    subject: name,
    hint: 'Correct the query, or the table that it names.',
    cause,
  });
}

export function queryTooSlow(name: string, timeoutMs: number): ContrailError {
  return new ContrailError('QUERY_LIMIT', `The query ${name} took more than its limit of ${timeoutMs / 1000} s.`, {
    subject: name,
    hint: 'The last file stays. Make the query smaller, or raise its timeout.',
  });
}

export function queryTooLarge(name: string, estimatedBytes: number, maximumBytesBilled: number): ContrailError {
  const sizes = `${gigabytes(estimatedBytes)} GB; its limit is ${gigabytes(maximumBytesBilled)} GB`;
  return new ContrailError('COST_LIMIT', `The query ${name} was not run: it would read ${sizes}.`, {
    subject: name,
    hint: 'The last file stays. Make the query smaller, or raise its maximumBytesBilled.',
  });
}

/** Checks what only the warehouse knows of a query: each column has a name of its own, and those of the order are there. */
export function checkColumnNames(name: string, columns: readonly Column[], order: readonly OrderTerm[]): void {
  const names = columns.map((column) => column.name);
  const lower = names.map((column) => column.toLowerCase());
  const repeated = names.find((_, index) => lower.indexOf(lower[index] ?? '') !== index);
  if (repeated !== undefined) throw queryFailed(name, `it has two columns with the name ${repeated}.`);
  for (const { column } of order) {
    if (lower.includes(column.toLowerCase())) continue;
    const near = nearestNames(column, names);
    const remedy = `${near.length === 0 ? 'It has' : 'Did you mean'} ${(near.length === 0 ? names : near).join(', ')}`;
    throw queryFailed(
      name,
      `it has no column ${column}, by which its rows are ordered. ${remedy}${near.length === 0 ? '.' : '?'}`,
    );
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toPrecision(3).replace(/\.?0+$/, '');
}
