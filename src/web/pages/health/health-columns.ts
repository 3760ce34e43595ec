/** The columns of the matrix: one for each file that an experiment can have. */
import type { IndexedFile } from '../../../domain/freshness/file-entry.ts';

export const HEALTH_COLUMNS = [
  { id: 'daily', title: 'daily', product: 'statistics' },
  { id: 'weekly', title: 'weekly', product: 'statistics' },
  { id: 'days28', title: '28 days', product: 'statistics' },
  { id: 'overall', title: 'overall', product: 'statistics' },
  { id: 'preenrollment_weekly', title: 'pre-week', product: 'statistics' },
  { id: 'preenrollment_days28', title: 'pre-28 days', product: 'statistics' },
  { id: 'metadata', title: 'metadata', product: 'metadata' },
  { id: 'errors', title: 'errors', product: 'errors' },
] as const;

export type HealthColumn = (typeof HEALTH_COLUMNS)[number];
export type ColumnId = HealthColumn['id'];

export function columnIdOf({ product, period }: IndexedFile): ColumnId {
  if (product !== 'statistics') return product;
  return period ?? 'overall';
}

/** `weekly`, `metadata` */
export function titleOfFile(file: IndexedFile): string {
  const id = columnIdOf(file);
  return HEALTH_COLUMNS.find((column) => column.id === id)?.title ?? id;
}
