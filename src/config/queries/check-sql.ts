/** The SQL of an entry, as far as it can be read without its warehouse, and its parameters. */
import { didYouMean } from '../../domain/nearest-name.ts';
import { BUILT_IN_PARAMETERS, STARTS_PARAMETER } from '../../domain/query-export/built-in-parameters.ts';
import type { SqlText } from '../../domain/query-export/sql-text.ts';
import type { FieldProblem, QueryEntry } from './entry-schema.ts';

/** Problems of a query text: more than one SELECT, and parameters that are unknown or unused. */
export function checkSql(field: string, sql: SqlText, { scope, parameters }: QueryEntry): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (sql.firstWord === '') problems.push({ field, text: 'It is empty; write one SELECT.' });
  else if (!['SELECT', 'WITH', 'FROM', '('].includes(sql.firstWord)) {
    problems.push({ field, text: `It begins with ${sql.firstWord.slice(0, 40)}; only one SELECT is allowed.` });
  }
  if (sql.hasMore) problems.push({ field, text: 'It has several statements; only one SELECT is allowed.' });
  const builtIn = BUILT_IN_PARAMETERS[scope];
  const known = [...builtIn, ...Object.keys(parameters)];
  for (const name of sql.parameters) {
    if (known.includes(name)) continue;
    const remedy =
      name === 'experiment'
        ? 'It needs scope = "experiment".'
        : `${didYouMean(name, known)}Add it to parameters, or use one of ${builtIn.map((each) => `@${each}`).join(', ')}.`;
    problems.push({ field, text: `The parameter @${name} is unknown. ${remedy}` });
  }
  return problems;
}

/** Problems of the configured parameters; `used` are those of the query. */
export function checkParameters({ parameters }: QueryEntry, used: readonly string[]): FieldProblem[] {
  return Object.keys(parameters).flatMap((name): FieldProblem[] => {
    const field = `parameters.${name}`;
    if (!/^[A-Za-z_]\w{0,127}$/.test(name))
      return [{ field, text: 'The name of a parameter has letters, digits and _.' }];
    if (RESERVED.includes(name.toLowerCase())) {
      return [{ field, text: `@${name} is given by Contrail; choose another name.` }];
    }
    return used.includes(name) ? [] : [{ field, text: `The query does not use @${name}; use it or remove it.` }];
  });
}

const RESERVED = [...BUILT_IN_PARAMETERS.experiment, STARTS_PARAMETER];
