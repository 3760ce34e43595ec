/** Tokens of the `{{ … }}` expressions of an SQL template. */

export type TemplateToken =
  | { readonly type: 'text' | 'name' | 'number'; readonly text: string }
  /** Brackets, commas, dots and operators. */
  | { readonly type: 'sign'; readonly text: string };

/** A syntax error (Jinja). */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

const OPENING = /\{\{[-+]?|\{%|\{#/g;
const CLOSING: Readonly<Record<string, string>> = { '{%': '%}', '{#': '#}' };
const EXPRESSION_END = /\s*-?\}\}/y;
const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<name>[A-Za-z_]\w*)|(?<number>\d+(?:\.\d+)?)|(?<sign>==|!=|<=|>=|\*\*|\/\/|[-+*/%~<>()[\]{},.:|=]))/sy;

/** The expressions of a template as tokens. Anything between quotes is text. */
export function expressionsOf(template: string): TemplateToken[][] {
  const expressions: TemplateToken[][] = [];
  const opening = new RegExp(OPENING);
  for (let found = opening.exec(template); found !== null; found = opening.exec(template)) {
    const closing = CLOSING[found[0]];
    if (closing === undefined) {
      const { tokens, end } = readExpression(template, opening.lastIndex);
      expressions.push(tokens);
      opening.lastIndex = end;
    } else {
      // Statements and comments need no names.
      const end = template.indexOf(closing, opening.lastIndex);
      if (end === -1) throw new TemplateError(`${found[0]} is not closed`);
      opening.lastIndex = end + closing.length;
    }
  }
  return expressions;
}

function readExpression(template: string, start: number): { tokens: TemplateToken[]; end: number } {
  const tokens: TemplateToken[] = [];
  let openBraces = 0;
  let at = start;
  for (;;) {
    EXPRESSION_END.lastIndex = at;
    if (openBraces === 0 && EXPRESSION_END.test(template)) return { tokens, end: EXPRESSION_END.lastIndex };
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(template)?.groups;
    if (groups === undefined) throw new TemplateError(problemAt(template, at));
    at = TOKEN.lastIndex;
    const token = tokenOf(groups);
    if (token.text === '{') openBraces += 1;
    if (token.text === '}') openBraces -= 1;
    tokens.push(token);
  }
}

function tokenOf({ text, name, number, sign = '' }: Readonly<Record<string, string | undefined>>): TemplateToken {
  if (text !== undefined) return { type: 'text', text };
  if (name !== undefined) return { type: 'name', text: name };
  return number === undefined ? { type: 'sign', text: sign } : { type: 'number', text: number };
}

function problemAt(template: string, at: number): string {
  const rest = template.slice(at).trimStart();
  if (rest === '') return '{{ is not closed';
  return /^["']/.test(rest) ? 'a quote is not closed' : `${JSON.stringify(rest.charAt(0))} is not allowed there`;
}
