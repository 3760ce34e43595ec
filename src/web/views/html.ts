/** HTML by tagged templates: every value is escaped unless it is HTML already, and bidi controls are replaced. */
import { printable } from '../../domain/terminal-text.ts';

/** Safe HTML, made by `html`; of plots by `plotHtml`. */
export class SafeHtml {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes; undefined shows nothing. */
export type Value = string | number | bigint | SafeHtml | undefined | readonly Value[];

/** Quote attributes in templates: values are escaped for text and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): SafeHtml {
  const text = strings.map((part, index) => part + (index < values.length ? render(values[index]) : ''));
  return new SafeHtml(text.join(''));
}

/** An address for an attribute `href`: a path, query or anchor of ours, or https. Undefined for anything else. */
export function href(address: string): string | undefined {
  if (/^[/?#]/.test(address)) return /^\/[/\\]/.test(address) || /[\t\n\r]/.test(address) ? undefined : address;
  if (!/^https:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).href;
}

/** A link, or its content alone where the address may not be linked to. */
export function link(address: string, content: string | SafeHtml): SafeHtml {
  const target = href(address);
  return target === undefined ? html`${content}` : html`<a href="${target}">${content}</a>`;
}

function render(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof SafeHtml) return value.toString();
  if (isList(value)) return value.map(render).join('');
  if (typeof value === 'object') throw new TypeError('a page was handed an object to show');
  return printable(String(value)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
