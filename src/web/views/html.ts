/** HTML by tagged templates: every value is escaped unless it is HTML already, and bidi controls are replaced. */
import { printable } from '../../domain/terminal-text.ts';

/** Safe HTML. Only `html` makes it. */
export class SafeHtml {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Value = string | number | SafeHtml | readonly SafeHtml[];

/** Quote attributes in templates: values are escaped for text and for quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): SafeHtml {
  const text = strings.map((part, index) => part + (index < values.length ? render(values[index] ?? '') : ''));
  return new SafeHtml(text.join(''));
}

/** A whole page with a headline. */
export function page(title: string, body: SafeHtml): string {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Contrail</title>
        <link rel="stylesheet" href="/assets/contrail.css" />
      </head>
      <body>
        <header>
          <a href="/">Contrail</a>
          <nav><a href="/queues">Queues</a> <a href="/objects/">Objects</a></nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
  return document.toString();
}

function render(value: Value): string {
  if (value instanceof SafeHtml) return value.toString();
  if (typeof value === 'object') return value.map(render).join('');
  return printable(String(value)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
