/** Clients of each branch with shares, and what the ratios let expect. */
import type { ClientCounts } from '../../../../domain/results/client-counts.ts';
import { countElement, pValueText, shareText } from '../../../text/numbers.ts';
import { html, type SafeHtml } from '../../../views/html.ts';

export function clientsLine({ branches, expectedRatio, pValue }: ClientCounts): SafeHtml {
  const parts = branches.map(({ branch, clients, share }, index) => {
    const comma = index === 0 ? '' : ', ';
    if (clients === null) return html`${comma}${branch} –`;
    return html`${comma}${branch} <b>${countElement(clients)}</b> (${share === null ? '–' : shareText(share)})`;
  });
  const expected = expectedRatio === null ? '' : `; expected ${expectedRatio}`;
  return html`<p class="clients">
    Clients: ${parts}${expected}${pValue === null ? '' : `, p = ${pValueText(pValue)}`}.
  </p>`;
}
