/** Shares of branches as thin bars: the share filled, the expected share as a line. */
import { exactText, shareText } from '../../text/numbers.ts';
import { html, type SafeHtml } from '../../views/html.ts';
import type { BranchEnrollment } from './model.ts';

export function branchList(branches: readonly BranchEnrollment[]): SafeHtml {
  return html`<ul class="branches">
    ${branches.map((branch) => html`<li>${branch.branch} ${exactText(branch.enrolled)}, ${sharesText(branch)} ${shareBar(branch)}</li>`)}
  </ul>`;
}

/** `50.7% (50%)` */
export function sharesText({ share, expectedShare }: BranchEnrollment): string {
  return `${shareText(share)} (${expectedShare === null ? 'not expected' : shareText(expectedShare)})`;
}

/** The text beside it says the same. */
export function shareBar({ share, expectedShare }: BranchEnrollment): SafeHtml {
  const expected =
    expectedShare === null
      ? undefined
      : html`<rect class="expected" x="${percent(expectedShare)}" y="0" width="2" height="6" />`;
  return html`<svg class="share" aria-hidden="true">
    <rect class="track" width="100%" y="1" height="4" />
    <rect class="filled" width="${percent(share)}" y="1" height="4" />
    ${expected}
  </svg>`;
}

function percent(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}
