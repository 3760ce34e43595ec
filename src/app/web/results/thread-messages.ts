/** What the thread that reads statistics files and its owner say to each other. */
import type { DistributionRow, DistributionWish } from '../../../domain/results/distribution-rows.ts';
import type { ResultsTable } from '../../../domain/results/results-table.ts';

/** What is made of a file. */
export type ReadingWish =
  { readonly kind: 'table' } | ({ readonly kind: 'distribution' } & { readonly wish: DistributionWish });

export type ToThread = { readonly id: number } & (
  | { readonly say: 'begin'; readonly wish: ReadingWish }
  | { readonly say: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly say: 'end' }
  | { readonly say: 'forget' }
);

export type FromThread = { readonly id: number } &
  /** The bytes were taken, and more may come. */
  (
    | { readonly say: 'more' }
    | { readonly say: 'table'; readonly table: ResultsTable }
    | { readonly say: 'distribution'; readonly rows: readonly DistributionRow[] }
    /** The file is no list of rows. */
    | { readonly say: 'malformed'; readonly problem: string }
  );
