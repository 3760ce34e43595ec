/** The columns of a table, which are all known from the entry. */
import { didYouMean } from '../../domain/nearest-name.ts';
import type { FieldProblem, QueryEntry } from './entry-schema.ts';

export function checkColumns(entry: QueryEntry): FieldProblem[] {
  const { columns = [], sum, step, since, orderBy, key, value, scope } = entry;
  const problems = [...repeated('columns', columns), ...repeated('sum.by', sum?.by ?? [])];
  const mustBe = (field: string, wanted: readonly (string | undefined)[]): void => {
    for (const column of wanted) {
      if (column === undefined || columns.includes(column)) continue;
      const remedy = didYouMean(column, columns) || `It has ${columns.join(', ')}.`;
      problems.push({ field, text: `\`${column}\` is not in columns. ${remedy}`.trimEnd() });
    }
  };
  mustBe(
    'orderBy',
    orderBy.map(({ column }) => column),
  );
  mustBe('key', [key]);
  mustBe('value', [value]);
  mustBe('step.column', [step?.column]);
  mustBe('sum.by', sum?.by ?? []);
  mustBe('sum.column', [sum?.column]);
  if (scope === 'split') {
    mustBe('splitBy', [splitColumn(entry)]);
    const text = 'Name another column besides that of splitBy, which is not part of the rows.';
    if (columns.length === 1) problems.push({ field: 'columns', text });
  }
  return [...problems, ...checkSum(entry), ...checkStep(entry), ...checkSince(step, since)];
}

function checkSum({ sum, columns = [] }: QueryEntry): FieldProblem[] {
  if (sum === undefined) return [];
  const others = columns.filter((column) => column !== sum.column && !sum.by.includes(column));
  const problems = others.map((column) => ({
    field: 'columns',
    text: `\`${column}\` is neither in sum.by nor sum.column; add it to sum.by, or leave it out.`,
  }));
  if (!sum.by.includes(sum.column)) return problems;
  return [...problems, { field: 'sum.by', text: `\`${sum.column}\` is the column to add up.` }];
}

function checkStep({ step, sum }: QueryEntry): FieldProblem[] {
  if (step === undefined) return [];
  const problems: FieldProblem[] = [];
  if (step.take === 'sum' && sum === undefined) {
    problems.push({ field: 'step.take', text: '"sum" needs the field sum, which says what to add up.' });
  }
  if (step.fine % 1000 !== 0 || step.coarse % 1000 !== 0) {
    problems.push({ field: 'step', text: 'fine and coarse must be whole seconds.' });
  }
  if (step.coarse % step.fine !== 0) {
    problems.push({ field: 'step.coarse', text: 'It must be a multiple of fine.' });
  }
  if ([...(step.per ?? []), ...(sum === undefined ? [] : [sum.column])].includes(step.column)) {
    problems.push({
      field: 'step.column',
      text: `\`${step.column}\` is the time; it cannot be added up, nor be in per.`,
    });
  }
  return [...problems, ...repeated('step.per', step.per ?? [])];
}

function checkSince(step: QueryEntry['step'], since: QueryEntry['since']): FieldProblem[] {
  if (since === undefined || step !== undefined) return [];
  return [{ field: 'since', text: 'It needs step, which names the column with the time; or use sql with @since.' }];
}

/** BigQuery's columns differ in more than their case. */
export function repeated(field: string, columns: readonly string[]): FieldProblem[] {
  const lower = columns.map((column) => column.toLowerCase());
  const again = columns.find((_, index) => lower.indexOf(lower[index] ?? '') !== index);
  return again === undefined ? [] : [{ field, text: `\`${again}\` is there twice.` }];
}

/** The column with the slugs. */
export function splitColumn({ splitBy = 'experiment' }: Pick<QueryEntry, 'splitBy'>): string {
  return splitBy;
}
