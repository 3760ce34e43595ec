/**
 * The rules of section 4 of the statistics spec over plain rows, written down as they stand there, row by row and
 * without any thought for speed: what the rooms of acceptance are compared with. Rows are those of a file, in its order,
 * with all columns and without broken types.
 */
export interface PlainRow {
  readonly metric: string;
  readonly statistic: string;
  readonly branch: string;
  readonly comparison: string | null;
  readonly comparison_to_branch: string | null;
  readonly point: number | null;
  readonly segment: string;
  readonly analysis_basis: string | null;
  readonly window_index: number | null;
  readonly parameter: string | null;
}

export interface ReferenceContext {
  readonly period: 'daily' | 'weekly' | 'overall';
  readonly isPrimary: boolean;
  readonly hasEarlierEnrollments: boolean;
}

const DRAWN = ['binomial', 'count', 'mean', 'mean_lm', 'per_client_dau_impact', 'percentage', 'population_ratio'];
const THREE_DAYS = ['active_in_last_3_days', 'active_in_last_3_days_legacy'];
const LIMIT = 1.797e306;

/** For each row the rule that takes it away; undefined where it stays. */
export function judgePlainRows(rows: readonly PlainRow[], context: ReferenceContext): (string | undefined)[] {
  const { period, isPrimary } = context;
  const gone: (string | undefined)[] = rows.map(() => undefined);
  const left = (): number[] => rows.flatMap((_, index) => (gone[index] === undefined ? [index] : []));
  const inGroup = (row: PlainRow): boolean => row.analysis_basis !== null;
  const sameGroup = (a: PlainRow, b: PlainRow): boolean =>
    a.segment === b.segment && a.analysis_basis === b.analysis_basis;
  const travelling = period === 'weekly' ? ['retained'] : period === 'daily' ? THREE_DAYS : [];
  const isReplaced = (row: PlainRow): boolean =>
    travelling.includes(row.metric) && row.window_index !== (period === 'weekly' ? 2 : 4);
  const isDrawable = (row: PlainRow): boolean => {
    if (!inGroup(row) || isReplaced(row) || !DRAWN.includes(row.statistic)) return false;
    if (row.statistic === 'percentage') return row.metric !== 'identity';
    if (row.statistic !== 'mean') return true;
    return !left().some((index) => {
      const other = rows[index]!;
      return (
        inGroup(other) &&
        !isReplaced(other) &&
        sameGroup(other, row) &&
        other.metric === row.metric &&
        other.statistic === 'mean_lm'
      );
    });
  };
  const isAbsolute = (row: PlainRow): boolean => row.comparison === null || row.comparison === 'absolute';
  const isUplift = (row: PlainRow): boolean =>
    row.comparison === 'relative_uplift' && row.comparison_to_branch !== null;
  const takeAll = (rule: string, isTaken: (row: PlainRow, index: number) => boolean): boolean => {
    const taken = left().filter((index) => isTaken(rows[index]!, index));
    for (const index of taken) gone[index] = rule;
    return taken.length > 0;
  };
  const others = (row: PlainRow): PlainRow[] =>
    left()
      .map((index) => rows[index]!)
      .filter((other) => inGroup(other) && sameGroup(other, row) && !isReplaced(other));

  // R2
  takeAll(
    'R2',
    (row) => inGroup(row) && !isReplaced(row) && (row.metric.startsWith('_') || row.branch.startsWith('_')),
  );
  // R3
  const keys = new Set<string>();
  takeAll('R3', (row) => {
    const text = JSON.stringify({ ...row, point: undefined });
    const isKnown = keys.has(text);
    keys.add(text);
    return isKnown;
  });
  const r4 = (): boolean =>
    takeAll('R4', (row) => {
      if (!isDrawable(row)) return false;
      const isKnown = isAbsolute(row) || row.comparison === 'difference' || row.comparison === 'relative_uplift';
      if (!isKnown || (isAbsolute(row) && row.comparison_to_branch !== null)) return true;
      if (row.metric === 'experiment' && row.segment === 'all') return true;
      const isScaled =
        isUplift(row) || (isAbsolute(row) && ['identity', 'retained', ...THREE_DAYS].includes(row.metric));
      if (isScaled && Math.abs(row.point ?? 0) > LIMIT) return true;
      return period !== 'overall' && (isUplift(row) || isAbsolute(row)) && (row.window_index ?? 0) > 1000;
    });
  const f1 = (): boolean => {
    if (period !== 'overall') return false;
    const clients = left().filter((index) => rows[index]!.metric === 'identity' && inGroup(rows[index]!));
    return takeAll('F1', (row, index) => {
      if (!clients.includes(index)) return false;
      const group = clients.filter((other) => sameGroup(rows[other]!, row));
      const last = new Map(group.map((other) => [rows[other]!.branch, other]));
      const total = [...last.values()].reduce((sum, other) => sum + (rows[other]!.point ?? 0), 0);
      return total > 0 && last.get(row.branch) === index && row.point === null;
    });
  };
  const f2 = (): boolean => {
    if (period !== 'overall' || !isPrimary) return false;
    return takeAll('F2', (row) => {
      if (!isDrawable(row) || !isAbsolute(row) || row.metric === 'identity' || row.point === null) return false;
      const clients = others(row).find(
        (other) => other.metric === 'identity' && isAbsolute(other) && other.branch === row.branch,
      );
      const factor = clients?.point ?? null;
      return factor !== null && !Number.isFinite(row.point * factor);
    });
  };
  const f3 = (): boolean => {
    if (period === 'overall') return false;
    const isListed = (row: PlainRow): boolean => isDrawable(row) && (isAbsolute(row) || isUplift(row));
    return takeAll(
      'F3',
      (row) =>
        row.window_index === null &&
        isListed(row) &&
        others(row).some(
          (other) =>
            other.metric === row.metric &&
            other.branch === row.branch &&
            isListed(other) &&
            (isAbsolute(row)
              ? isAbsolute(other)
              : isUplift(other) && other.comparison_to_branch === row.comparison_to_branch) &&
            (other.window_index ?? 0) >= 1,
        ),
    );
  };
  const f4 = (): boolean =>
    takeAll('F4', (row) => {
      const isComparison = row.comparison === 'difference' || row.comparison === 'relative_uplift';
      if (!isDrawable(row) || !isComparison || row.comparison_to_branch === null) return false;
      const travels = travelling.includes(row.metric);
      const among = others(row).filter((other) => !travels || travelling.includes(other.metric));
      return !among.some((other) => other.branch === row.comparison_to_branch);
    });
  for (const rules = [r4, f1, f2, f3, f4]; rules.map((rule) => rule()).some(Boolean););
  const groupHas = (row: PlainRow, isFound: (other: PlainRow) => boolean): boolean =>
    left().some((index) => inGroup(rows[index]!) && sameGroup(rows[index]!, row) && isFound(rows[index]!));
  if (period !== 'overall') takeAll('F5', (row) => inGroup(row) && !groupHas(row, (other) => !isReplaced(other)));
  else if (isPrimary) takeAll('F6', (row) => inGroup(row) && !groupHas(row, (other) => other.metric === 'identity'));
  const hasEnrollments =
    context.hasEarlierEnrollments ||
    left().some((index) => rows[index]!.segment === 'all' && rows[index]!.analysis_basis === 'enrollments');
  if (!hasEnrollments) takeAll('F7', (row) => row.segment === 'all' && row.analysis_basis === 'exposures');
  return gone;
}
