/** Tables as all pages show them: with caption and scopes; on a phone each row is a card whose cells name their column. */
import { html, type SafeHtml, type Value } from '../views/html.ts';

export interface Column {
  readonly name: string;
  /** Numbers stand to the right; times are not broken. */
  readonly kind?: 'number' | 'time';
}

export function numeric(name: string): Column {
  return { name, kind: 'number' };
}

export interface HeadedTable {
  readonly caption: Value;
  /** For screen readers only: a heading above the table says the same. */
  readonly hasHiddenCaption?: boolean;
  /** A text is the name of a column. */
  readonly columns: readonly (string | Column)[];
  /** The rows, as `<tr>`. Of cards, each cell names its column in `data-name`. */
  readonly body: SafeHtml | readonly SafeHtml[];
  /** Default: `cards`. Without it, rows stay rows on a phone. */
  readonly className?: string;
  /** Of the part of the page with the table. */
  readonly id?: string;
}

export function headedTable({ id, ...table }: HeadedTable): SafeHtml {
  const whole = bareTable(table);
  return id === undefined
    ? html`<div class="table">${whole}</div>`
    : html`<div class="table" id="${id}">${whole}</div>`;
}

/** For tables that stand in a region of their own. */
export function bareTable({
  caption,
  hasHiddenCaption = false,
  columns,
  body,
  className = 'cards',
}: Omit<HeadedTable, 'id'>): SafeHtml {
  return html`<table class="${className}">
    <caption class="${hasHiddenCaption ? 'hidden' : undefined}">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map(headOf)}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
}

function headOf(column: string | Column): SafeHtml {
  const { name, kind } = typeof column === 'string' ? { name: column } : column;
  return html`<th scope="col" class="${kind}">${name}</th>`;
}

export interface Table extends Pick<HeadedTable, 'caption'> {
  readonly columns: readonly Column[];
  /** A cell per column; the first one is the row's header. */
  readonly rows: readonly (readonly Value[])[];
}

export function table({ caption, columns, rows }: Table): SafeHtml {
  const body = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell, index) => cellOf(cell, columns[index], index === 0))}
      </tr>`,
  );
  return headedTable({ caption, columns, body });
}

function cellOf(cell: Value, column: Column | undefined, isHeader: boolean): SafeHtml {
  if (isHeader) return html`<th scope="row" class="${column?.kind}">${cell}</th>`;
  return html`<td class="${column?.kind}" data-name="${column?.name}">${cell}</td>`;
}
