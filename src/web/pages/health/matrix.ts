/** The part of the matrix that somebody asked for. */
import type { StateName } from '../../../domain/freshness/state-of-file.ts';
import { HEALTH_COLUMNS, type HealthColumn } from './health-columns.ts';
import { attentionRank, type HealthFile, isDue } from './health-file.ts';
import type { HealthRow } from './health-rows.ts';

export const ROWS_OF_PAGE = 50;

/** `needs-you`: whatever needs a person. */
export const STATE_FILTERS = [
  'needs-you',
  'failed',
  'refused',
  'stale',
  'never',
  'missing',
  'running',
  'gone',
  'rebuilding',
  'fresh',
  'not-due',
] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export interface MatrixRequest {
  readonly app?: string | undefined;
  readonly state?: StateFilter | undefined;
  readonly product?: HealthColumn['product'] | undefined;
  /** Part of a slug. */
  readonly q?: string | undefined;
  readonly sort?: 'attention' | 'name' | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

export interface Matrix {
  readonly columns: readonly HealthColumn[];
  /** Columns in which nothing is due for any of the experiments. */
  readonly folded: readonly HealthColumn[];
  readonly rows: readonly HealthRow[];
  /** Of all pages. */
  readonly experiments: number;
  readonly page: number;
  readonly pages: number;
}

export function matrixOf(rows: readonly HealthRow[], request: MatrixRequest): Matrix {
  const asked = columnsOf(request);
  const found = rowsOf(rows, request);
  const columns = asked.filter(({ id }) => found.some(({ files }) => isDueFile(files.get(id))));
  const pages = Math.max(1, Math.ceil(found.length / ROWS_OF_PAGE));
  const page = Math.min(request.page ?? 1, pages);
  return {
    columns,
    folded: found.length === 0 ? [] : asked.filter((column) => !columns.includes(column)),
    rows: found.slice((page - 1) * ROWS_OF_PAGE, page * ROWS_OF_PAGE),
    experiments: found.length,
    page,
    pages,
  };
}

/** The experiments that were asked for, in order, on all pages. */
export function rowsOf(rows: readonly HealthRow[], request: MatrixRequest): HealthRow[] {
  const asked = columnsOf(request);
  return rows.filter((row) => isWanted(row, request, asked)).toSorted(comparison(request));
}

function columnsOf({ product: wanted }: MatrixRequest): HealthColumn[] {
  return HEALTH_COLUMNS.filter(({ product }) => wanted === undefined || product === wanted);
}

/** Files of the shown columns decide, so that nobody searches in vain for the state that was asked for. */
function isWanted(
  { experiment, application, files }: HealthRow,
  request: MatrixRequest,
  asked: readonly HealthColumn[],
) {
  const { app, state, product, q } = request;
  if (app !== undefined && application !== app) return false;
  if (q !== undefined && !searchText(experiment).includes(searchText(q))) return false;
  if (state === undefined && product === undefined) return true;
  return asked.some(({ id }) => {
    const file = files.get(id);
    return file !== undefined && (state === undefined || isInState(file, state));
  });
}

/** Slugs are found by their names in tables too. */
function searchText(text: string): string {
  return text.trim().toLowerCase().replaceAll('_', '-');
}

export function isInState({ state, needsYou }: Pick<HealthFile, 'state' | 'needsYou'>, filter: StateFilter): boolean {
  return filter === 'needs-you' ? needsYou : stateFilterOf(state) === filter;
}

export function stateFilterOf(state: StateName): StateFilter {
  return state === 'not due' ? 'not-due' : state;
}

function isDueFile(file: HealthFile | undefined): boolean {
  return file !== undefined && isDue(file);
}

function comparison({ sort = 'attention' }: MatrixRequest): (a: HealthRow, b: HealthRow) => number {
  const byName = (a: HealthRow, b: HealthRow) => (a.experiment < b.experiment ? -1 : 1);
  if (sort === 'name') return byName;
  return (a, b) => urgencyOf(a) - urgencyOf(b) || latenessOf(b) - latenessOf(a) || byName(a, b);
}

/** What needs nobody is in order by name: rows would jump about with each export otherwise. */
function urgencyOf({ byAttention: [first] }: HealthRow): number {
  if (first === undefined) return Number.POSITIVE_INFINITY;
  const isCalm = !first.needsYou && first.state !== 'running';
  return isCalm ? Number.MAX_SAFE_INTEGER : attentionRank(first);
}

function latenessOf({ byAttention: [first] }: HealthRow): number {
  return first?.lateMs ?? 0;
}
