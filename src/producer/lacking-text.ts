/** What people read of a file whose source lacks tables. */
import { formatAge, formatDay } from '../domain/age-text.ts';
import type { LackingSource } from './lacking-sources.ts';

/** `deleted 3 h ago, file of 8 Jan 2026 stays`; while it is rebuilt, `weeks 1, 2, 4 of 6`. */
export function lackingText({ kind, since, publishedAt, windows }: LackingSource, now: number): string {
  if (kind === 'rebuilding') return windows ?? '';
  const deleted = since === undefined ? [] : [`deleted ${formatAge(now - since)} ago`];
  const file = publishedAt === undefined ? [] : [`file of ${formatDay(publishedAt)} stays`];
  return [...deleted, ...file].join(', ');
}
