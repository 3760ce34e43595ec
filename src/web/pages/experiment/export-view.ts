/** The page that asks whether files should really be exported again, with bytes and price. */
import { bytesText, countElement, countOf, usdText } from '../../text/numbers.ts';
import { href, html, link, type SafeHtml } from '../../views/html.ts';
import type { ExportPreview } from './export-again.ts';
import { experimentPath, exportPath } from './links.ts';
import { headedTable, numeric } from '../../frame/table.ts';

export interface ExportView {
  readonly slug: string;
  /** Names of files; empty: all. */
  readonly files: readonly string[];
  readonly preview: ExportPreview;
  /** A hidden field with the token of the form. */
  readonly token: SafeHtml;
  /** What was wrong with the form before. */
  readonly problem?: string | undefined;
}

export const LONGEST_REASON = 500;

export function exportTitle({ slug, preview }: Pick<ExportView, 'slug' | 'preview'>): string {
  return `Export ${countOf(preview.files.length, 'file')} of ${slug} again?`;
}

export function exportBody({ slug, files, preview, token, problem }: ExportView): SafeHtml {
  const back = html`<p>${link(experimentPath(slug), 'Back to the experiment')}</p>`;
  const refused = preview.refused.map(({ name, reason }) => html`<li>${name} cannot be made: ${reason}</li>`);
  const list =
    refused.length === 0
      ? html``
      : html`<ul>
          ${refused}
        </ul>`;
  if (preview.files.length === 0)
    return html`<p>There is nothing to export: no table of such a file exists.</p>
      ${list}${back}`;
  return html`${problem === undefined ? html`` : html`<p class="notice" role="alert">${problem}</p>`}
    <p>
      Queries of their tables read up to ${bytesText(preview.billedBytes)}: at most ${usdText(preview.usd)} at the
      on-demand
      price.${preview.unknown === 0 ? '' : ` ${countOf(preview.unknown, 'table')} of unknown size not counted.`}
      Published files stay until the new ones are complete; files whose content did not change keep their bytes.
    </p>
    ${filesTable(preview)} ${list}
    <form method="post" action="${href(exportPath(slug))}">
      ${token} <input type="hidden" name="digest" value="${preview.digest}" />
      ${files.map((name) => html`<input type="hidden" name="file" value="${name}" />`)}
      <label
        >Reason, for the audit log
        <input name="reason" required maxlength="${LONGEST_REASON}" />
      </label>
      <button>Export ${countOf(preview.files.length, 'file')} again</button>
    </form>
    ${back}`;
}

function filesTable({ files }: ExportPreview): SafeHtml {
  return headedTable({
    caption: 'Files to export',
    columns: ['File', numeric('Rows'), numeric('Bytes of its tables')],
    body: files.map(
      ({ name, rows, bytes }) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td data-name="Rows" class="number">${rows === undefined ? '–' : countElement(rows)}</td>
          <td data-name="Bytes" class="number">${bytes === undefined ? '–' : bytesText(bytes)}</td>
        </tr>`,
    ),
  });
}
