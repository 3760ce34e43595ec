/** What the server was asked, and what it sent. */

export const REQUEST_KINDS = [
  'datasets.list',
  'datasets.get',
  'datasets.insert',
  'tables.list',
  'tables.get',
  'tables.insert',
  'tables.patch',
  'tables.testIamPermissions',
  'tables.delete',
  'tabledata.list',
  'jobs.query',
  'jobs.getQueryResults',
  'jobs.insert',
  'jobs.upload',
  'jobs.get',
  'jobs.list',
  'jobs.cancel',
  'jobs.delete',
  'storage.createReadSession',
  'storage.readRows',
  'storage.splitReadStream',
] as const;

/** The methods of the service: a load with its rows in the request is `jobs.upload`. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** A sum for each thing that was counted; what never happened is left out. */
export interface Counts {
  readonly requests: Readonly<Partial<Record<RequestKind, number>>>;
  readonly totalRequests: number;
  /** Rows and Arrow messages that ReadRows sent, and their bytes. */
  readonly rowsStreamed: number;
  readonly batchesStreamed: number;
  readonly bytesStreamed: number;
  /** Rows in replies of REST, and the bytes of all REST replies. */
  readonly rowsReplied: number;
  readonly bytesReplied: number;
  /** Rows taken in by load jobs. */
  readonly rowsLoaded: number;
  /** Streams whose reader went away before their end. */
  readonly streamsCancelled: number;
  /** Most queries and streams that went on at the same time. */
  readonly mostQueries: number;
  readonly mostStreams: number;
}

type Peak = 'mostQueries' | 'mostStreams';
type Sum = Exclude<keyof Counts, 'requests' | 'totalRequests' | Peak>;

export class Counters {
  readonly #requests = new Map<RequestKind, number>();
  readonly #sums = new Map<Sum, number>();
  readonly #peaks = new Map<Peak, number>();

  request(kind: RequestKind): void {
    this.#requests.set(kind, (this.#requests.get(kind) ?? 0) + 1);
  }

  add(sum: Sum, count: number): void {
    this.#sums.set(sum, (this.#sums.get(sum) ?? 0) + count);
  }

  /** So many go on right now. */
  goingOn(peak: Peak, count: number): void {
    this.#peaks.set(peak, Math.max(this.#peaks.get(peak) ?? 0, count));
  }

  reset(): void {
    this.#peaks.clear();
    this.#requests.clear();
    this.#sums.clear();
  }

  read(): Counts {
    const sum = (name: Sum): number => this.#sums.get(name) ?? 0;
    return {
      requests: Object.fromEntries(this.#requests),
      totalRequests: [...this.#requests.values()].reduce((total, count) => total + count, 0),
      rowsStreamed: sum('rowsStreamed'),
      batchesStreamed: sum('batchesStreamed'),
      bytesStreamed: sum('bytesStreamed'),
      rowsReplied: sum('rowsReplied'),
      bytesReplied: sum('bytesReplied'),
      rowsLoaded: sum('rowsLoaded'),
      streamsCancelled: sum('streamsCancelled'),
      mostQueries: this.#peaks.get('mostQueries') ?? 0,
      mostStreams: this.#peaks.get('mostStreams') ?? 0,
    };
  }
}
