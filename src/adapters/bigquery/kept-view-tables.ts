/**
 * What views read whose name does not tell it, or whose tables are gone. Only a dry run tells, one request a view, so
 * answers are kept until a table or view of the dataset is made, changed (a view) or removed. What lies in other datasets
 * is not in the listing, so no answer is kept for longer than an hour. The times of the tables are never kept.
 */
import type { ContrailError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TableFacts } from './catalog.ts';
import type { DatasetName, TableName } from './sql.ts';

/** The tables that a view reads, or why it cannot be read. */
export type ViewTables = { readonly tables: readonly TableName[] } | { readonly error: ContrailError };

interface KeptAnswer {
  readonly answer: ViewTables;
  readonly askedAt: number;
}

const KEPT_MS = 3_600_000;

export class KeptViewTables {
  readonly #dataset: DatasetName;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #answers = new Map<string, KeptAnswer>();
  #listing = '';

  constructor(dataset: DatasetName, clock: Pick<Clock, 'monotonic'>) {
    this.#dataset = dataset;
    this.#clock = clock;
  }

  /** The answers that hold for this listing. */
  during(listing: readonly TableFacts[]): KeptAnswers {
    const summary = listing
      .map(({ name, kind, changedAt }) => (kind === 'view' ? `${name} ${changedAt}` : name))
      .sort()
      .join('\n');
    if (summary !== this.#listing) this.#answers.clear();
    this.#listing = summary;
    return {
      find: (view) => {
        const kept = this.#answers.get(view);
        return kept !== undefined && this.#clock.monotonic() - kept.askedAt < KEPT_MS ? kept.answer : undefined;
      },
      keep: (view, answer) => {
        if (summary !== this.#listing || !this.#isLasting(answer)) return;
        this.#answers.set(view, { answer, askedAt: this.#clock.monotonic() });
      },
    };
  }

  /** A failure lasts only if the tables that are lacking would be in the listing. */
  #isLasting(answer: ViewTables): boolean {
    if ('tables' in answer) return true;
    const { project, dataset } = this.#dataset;
    return answer.error.code === 'SOURCE_GONE' && answer.error.message.includes(`${project}:${dataset}.`);
  }
}

export interface KeptAnswers {
  find(view: string): ViewTables | undefined;
  keep(view: string, answer: ViewTables): void;
}

/** For a description without a listing: everything is asked. */
export const NOTHING_KEPT: KeptAnswers = { find: () => undefined, keep: () => undefined };
