/** The categories of errors in words, and their colours in the plot. */
import { html, type SafeHtml } from '../../views/html.ts';
import type { PlottedCategory } from './errors-model.ts';

export const CATEGORY_COLOURS: Readonly<Record<PlottedCategory, string>> = {
  jetstream_failure: 'var(--failed)',
  data: 'var(--branch-3)',
  configuration: 'var(--stale)',
  resources: 'var(--running)',
  other: 'var(--edge)',
};

/** `jetstream failure` */
export function categoryText(category: string): string {
  return category.replaceAll('_', ' ');
}

/** A patch of the colour with the category's name. */
export function categoryKey(category: PlottedCategory): SafeHtml {
  return html`<span class="patch-key"
    ><svg class="patch" width="10" height="10" aria-hidden="true">
      <rect width="10" height="10" fill="${CATEGORY_COLOURS[category]}" /></svg
    >&nbsp;${categoryText(category)}</span
  > `;
}
