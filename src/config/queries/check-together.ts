/** What holds between queries: names and objects are theirs alone. */
import { canBeSameObject } from '../../domain/query-export/object-overlap.ts';
import type { QueryExport } from '../../domain/query-export/query-export.ts';

/** Labels of BigQuery are cut here, and costs are counted by label. */
const LABEL_CHARACTERS = 63;
const MOST_PROBLEMS = 20;

export function checkTogether(queries: readonly QueryExport[]): string[] {
  return [...checkNames(queries), ...checkObjects(queries)].slice(0, MOST_PROBLEMS);
}

function checkNames(queries: readonly QueryExport[]): string[] {
  const seen = new Map<string, string>();
  return queries.flatMap(({ name }) => {
    const label = name.slice(0, LABEL_CHARACTERS);
    const other = seen.get(label);
    seen.set(label, name);
    if (other === undefined) return [];
    if (other === name) return [`query ${name}, \`name\`: Another query has the same name; choose another one.`];
    const reason = `It begins with the same ${LABEL_CHARACTERS} characters as ${other}`;
    return [`query ${name}, \`name\`: ${reason}, so costs could not be told apart; shorten one of them.`];
  });
}

interface Template {
  readonly query: string;
  readonly field: 'object' | 'latest';
  readonly text: string;
}

function checkObjects(queries: readonly QueryExport[]): string[] {
  const templates = queries.flatMap(({ name, object, latest }): Template[] => [
    { query: name, field: 'object', text: object },
    ...(latest === undefined ? [] : [{ query: name, field: 'latest' as const, text: latest }]),
  ]);
  return templates.flatMap((template, index) => {
    const other = templates.slice(0, index).find((earlier) => canBeSameObject(earlier.text, template.text));
    if (other === undefined) return [];
    const whose = other.query === template.query ? `\`${other.field}\`` : `\`${other.field}\` of ${other.query}`;
    return [
      `query ${template.query}, \`${template.field}\`: \`${template.text}\` can be the same object as ${whose}, \`${other.text}\`; choose another name.`,
    ];
  });
}
