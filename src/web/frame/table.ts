/** Tables as all pages show them: with caption and scopes; on a phone each row is a card whose cells name their column. */
import { html, type SafeHtml, type Value } from '../views/html.ts';

export interface Column {
  readonly name: string;
  /** Numbers stand to the right; times are not broken. */
  readonly kind?: 'number' | 'time';
}

export interface Table {
  readonly caption: Value;
  readonly columns: readonly Column[];
  /** A cell per column; the first one is the row's header. */
  readonly rows: readonly (readonly Value[])[];
}

export function table({ caption, columns, rows }: Table): SafeHtml {
  return html`<table class="cards">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map(({ name, kind }) => html`<th scope="col" class="${kind}">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, index) => cellOf(cell, columns[index], index === 0))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function cellOf(cell: Value, column: Column | undefined, isHeader: boolean): SafeHtml {
  if (isHeader) return html`<th scope="row" class="${column?.kind}">${cell}</th>`;
  return html`<td class="${column?.kind}" data-name="${column?.name}">${cell}</td>`;
}
