/**
 * Reads SQL far enough to find its parameters and the ends of its statements. Whether a text is one harmless SELECT is for the
 * warehouse's own parser to say.
 */
import type { SqlDialect } from '../error-category-sql.ts';

export interface SqlText {
  /** The text without a final semicolon. */
  readonly statement: string;
  /** Names of parameters, without `@`, each once. */
  readonly parameters: readonly string[];
  /** The first word in upper case, or a bracket; empty if there is nothing but comments. */
  readonly firstWord: string;
  /** Whether something follows a semicolon. */
  readonly hasMore: boolean;
}

type TokenKind = 'comment' | 'quoted' | 'parameter' | 'end' | 'word' | 'other';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

// A comment or text that is not closed goes to the end (also behind a last backslash), so that reading takes one pass.
const COMMON = String.raw`(?<parameter>@[A-Za-z_]\w*)|(?<end>;)|(?<word>@@[\w.]+|[A-Za-z_]\w*)|(?<other>\s+|[^])`;

const TOKENS: Readonly<Record<SqlDialect, string>> = {
  bigquery: [
    String.raw`(?<comment>(?:--|#)[^\n]*|\/\*[^]*?(?:\*\/|$))`,
    String.raw`(?<quoted>'''(?:\\[^]?|[^\\])*?(?:'''|$)|"""(?:\\[^]?|[^\\])*?(?:"""|$)|'(?:\\[^]?|[^'\\])*(?:'|$)|"(?:\\[^]?|[^"\\])*(?:"|$)|\`(?:\\[^]?|[^\`\\])*(?:\`|$))`,
    COMMON,
  ].join('|'),
  duckdb: [
    String.raw`(?<comment>--[^\n]*|\/\*[^]*?(?:\*\/|$))`,
    String.raw`(?<quoted>[eE]'(?:\\[^]?|''|[^'\\])*(?:'|$)|'(?:''|[^'])*(?:'|$)|"(?:""|[^"])*(?:"|$)|\$(?<tag>(?:[A-Za-z_]\w*)?)\$[^]*?(?:\$\k<tag>\$|$))`,
    COMMON,
  ].join('|'),
};

/** Reads a text in the SQL of a warehouse. */
export function readSql(text: string, dialect: SqlDialect): SqlText {
  const tokens = tokensOf(text, dialect).filter(({ kind, text: word }) => kind !== 'comment' && word.trim() !== '');
  const end = tokens.find(({ kind }) => kind === 'end');
  const first = tokens[0];
  return {
    statement: end === undefined ? text : text.slice(0, end.at),
    parameters: [...new Set(tokens.filter(({ kind }) => kind === 'parameter').map(({ text: name }) => name.slice(1)))],
    firstWord: first?.kind === 'end' ? '' : (first?.text.toUpperCase() ?? ''),
    hasMore: end !== undefined && tokens.at(-1)?.kind !== 'end',
  };
}

/** Writes the parameters of a text in another way. */
export function renameParameters(text: string, dialect: SqlDialect, rename: (name: string) => string): string {
  return tokensOf(text, dialect)
    .map((token) => (token.kind === 'parameter' ? rename(token.text.slice(1)) : token.text))
    .join('');
}

function tokensOf(text: string, dialect: SqlDialect): Token[] {
  return [...text.matchAll(new RegExp(TOKENS[dialect], 'g'))].map((found) => ({
    kind: kindOf(found.groups ?? {}),
    text: found[0],
    at: found.index,
  }));
}

const KINDS: readonly TokenKind[] = ['comment', 'quoted', 'parameter', 'end', 'word'];

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind {
  return KINDS.find((kind) => groups[kind] !== undefined) ?? 'other';
}
