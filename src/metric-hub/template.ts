/**
 * SQL templates. They are not in the file, but one that cannot be filled in stops it (spec: metadata, section 8). So
 * expressions are parsed like Jinja's, just enough to know the names they need.
 */
import { expressionsOf, TemplateError, type TemplateToken } from './template-tokens.ts';

/** The name at the start of an expression: `agg_sum(…)`, `parameters.x`. */
export interface TemplateReference {
  readonly name: string;
  /** The attribute that is looked up in it, if it is literal. */
  readonly attribute: string | undefined;
  /** Number of arguments; undefined if it is not called. */
  readonly calledWith: number | undefined;
}

const CONSTANTS = ['true', 'false', 'none', 'True', 'False', 'None'];
const PREFIXES = ['not', '-', '+'];
const INFIXES = ['+', '-', '*', '/', '//', '%', '**', '~', '==', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in', 'is'];
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

const MOST_CHARACTERS = 100_000;
const MOST_DEPTH = 100;

/** The names that a template needs. Throws TemplateError for a syntax error. */
export function referencesOf(template: string): TemplateReference[] {
  if (!template.includes('{')) return [];
  if (template.length > MOST_CHARACTERS) {
    throw new TemplateError(`it has ${template.length} characters; at most ${MOST_CHARACTERS} are read`);
  }
  return expressionsOf(template).flatMap((tokens) => new ExpressionReader(tokens).read());
}

class ExpressionReader {
  readonly #tokens: readonly TemplateToken[];
  readonly #references: TemplateReference[] = [];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly TemplateToken[]) {
    this.#tokens = tokens;
  }

  read(): TemplateReference[] {
    this.#expression();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new TemplateError(`${rest.text} is not allowed there`);
    return this.#references;
  }

  #expression(): void {
    if (++this.#depth > MOST_DEPTH) throw new TemplateError('an expression is nested too deeply');
    this.#readExpression();
    this.#depth -= 1;
  }

  #readExpression(): void {
    do {
      while (PREFIXES.includes(this.#sign())) this.#at += 1;
      this.#operand();
    } while (this.#takesInfix());
    if (this.#takes('if')) {
      this.#expression();
      if (this.#takes('else')) this.#expression();
    }
  }

  #takesInfix(): boolean {
    if (this.#takes('not')) return this.#expect('in');
    if (!INFIXES.includes(this.#sign())) return false;
    this.#at += 1;
    return true;
  }

  #operand(): void {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new TemplateError('an expression is missing');
    this.#at += 1;
    switch (token.type) {
      case 'text':
        // Adjacent quoted pieces are joined: `"""x"""` is three of them.
        while (this.#tokens[this.#at]?.type === 'text') this.#at += 1;
        this.#behindValue();
        return;
      case 'number':
        this.#behindValue();
        return;
      case 'name':
        if (CONSTANTS.includes(token.text)) this.#behindValue();
        else this.#reference(token.text);
        return;
      case 'sign': {
        const closing = CLOSING[token.text];
        if (closing === undefined) throw new TemplateError(`${token.text} is not allowed there`);
        this.#listUntil(closing);
        this.#behindValue();
      }
    }
  }

  #reference(name: string): void {
    const attribute = this.#attribute();
    const calledWith = attribute === undefined && this.#takes('(') ? this.#listUntil(')') : undefined;
    this.#references.push({ name, attribute, calledWith });
    this.#behindValue();
  }

  /** `.x` or `['x']` after a name. */
  #attribute(): string | undefined {
    const [open, key, close] = this.#tokens.slice(this.#at, this.#at + 3);
    if (open?.text === '.' && key?.type === 'name') {
      this.#at += 2;
      return key.text;
    }
    if (open?.text !== '[' || key?.type !== 'text' || close?.text !== ']') return undefined;
    this.#at += 3;
    return key.text.slice(1, -1);
  }

  /** Lookups, calls and filters after a value; only their operands need names. */
  #behindValue(): void {
    for (;;) {
      if (this.#takes('.') || this.#takes('|')) this.#at += 1;
      else if (this.#takes('(')) this.#listUntil(')');
      else if (this.#takes('[')) this.#listUntil(']');
      else return;
    }
  }

  /** Values separated by commas, up to the bracket; returns their number. */
  #listUntil(closing: string): number {
    let count = 0;
    while (!this.#takes(closing)) {
      const isNamed = this.#tokens[this.#at]?.type === 'name' && this.#tokens[this.#at + 1]?.text === '=';
      if (isNamed) this.#at += 2;
      this.#expression();
      if (this.#takes(':')) this.#expression();
      count += 1;
      if (this.#takes(',')) continue;
      this.#expect(closing);
      return count;
    }
    return count;
  }

  #takes(text: string): boolean {
    if (this.#sign() !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): true {
    if (this.#takes(text)) return true;
    throw new TemplateError(`${text} is missing`);
  }

  /** The current token, if it is one of these signs or words. */
  #sign(): string {
    const token = this.#tokens[this.#at];
    return token === undefined || token.type === 'text' ? '' : token.text;
  }
}
