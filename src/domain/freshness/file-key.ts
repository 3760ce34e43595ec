/** The key of a file in the index: the experiment comes last, since its name may have any characters. */
import type { IndexedFile } from './file-entry.ts';

export function keyOfFile({ product, period, experiment }: IndexedFile): string {
  return `${product}/${period ?? ''}/${experiment}`;
}
