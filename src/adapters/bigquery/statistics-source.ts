/**
 * Statistics from BigQuery: the results dataset has a view for each experiment and period. The first request for a table
 * queries its sorted rows. Few rows come in the reply, so a small export takes one request here; many rows are streamed
 * from the query's anonymous table. Plain tables are queried too (ADR 10). Tables that are too large to sort are read
 * window by window.
 */
import pMap from 'p-map';
import type { ContrailError } from '../../domain/errors.ts';
import type {
  DividedTable,
  DivisibleSource,
  ListedTable,
  OpenRequest,
  OpenTable,
  ReadEstimate,
  TableDescriptions,
  TablePart,
} from '../../ports/statistics-source.ts';
import { Catalog } from './catalog.ts';
import { type DescribedTable, type Descriptions, describeTables, withVersion } from './describe-tables.ts';
import { KeptViewTables, NOTHING_KEPT } from './kept-view-tables.ts';
import { jobLabels } from './labels.ts';
import type { BigQueryOptions } from './options.ts';
import { QueryRunner } from './query.ts';
import { RestClient } from './rest-client.ts';
import { type DatasetName, type TableName, tablePath, tableText } from './sql.ts';
import { StorageClient } from './storage-client.ts';
import { KeptDescriptions } from './table-descriptions.ts';
import { TableOpener, type Work } from './table-opener.ts';
import { Turns } from './turns.ts';
import { UsageMeter } from './usage-meter.ts';
import { type Act, during, isTableMissing, MEND_THE_VIEW, translate } from './vendor-errors.ts';

export interface BigQuerySourceOptions extends BigQueryOptions {
  /** The dataset of the results: `mozanalysis`. */
  readonly dataset: string;
}

export class BigQueryStatisticsSource implements DivisibleSource {
  readonly url: string;
  readonly #options: BigQuerySourceOptions;
  readonly #dataset: DatasetName;
  readonly #queries: QueryRunner;
  readonly #catalog: Catalog;
  readonly #descriptions: KeptDescriptions;
  readonly #viewTables: KeptViewTables;
  /** Listings of some of the tables, which do not tell whether an answer kept for a view still holds. */
  readonly #partial = new WeakSet<readonly ListedTable[]>();
  readonly #storage: StorageClient;
  readonly #opener: TableOpener;

  constructor(options: BigQuerySourceOptions) {
    const { project, location, limits, turns, clock, random, log } = options;
    const rest = new RestClient(options);
    this.url = `bigquery://${project}`;
    this.#options = options;
    this.#dataset = { project, dataset: options.dataset };
    this.#queries = new QueryRunner({ rest, location, turns: turns?.queries, clock, random });
    this.#storage = new StorageClient(options);
    this.#catalog = new Catalog({ rest, queries: this.#queries, dataset: this.#dataset, log, ...limits });
    this.#viewTables = new KeptViewTables(this.#dataset, clock);
    const { maximumBytesBilled } = limits;
    this.#descriptions = new KeptDescriptions({
      queries: this.#queries,
      dataset: this.#dataset,
      maximumBytesBilled,
      log,
    });
    const parts = {
      queries: this.#queries,
      catalog: this.#catalog,
      storage: this.#storage,
      dataset: this.#dataset,
    };
    this.#opener = new TableOpener({
      ...parts,
      limits,
      turns: turns?.readStreams ?? new Turns(limits.streams),
      clock,
      random,
      log,
    });
  }

  async listTables(signal: AbortSignal, beginnings?: readonly string[]): Promise<readonly ListedTable[]> {
    return during(this.#actOn('Listing the tables of'), signal, async () => {
      const meter = new UsageMeter();
      const tables = await this.#catalog.entries({ meter, signal, beginnings });
      if (beginnings === undefined) return this.#descriptions.join(tables, meter, signal);
      const describe = (name: string) => this.#descriptionOf(name, meter, signal);
      const listing = await this.#descriptions.joinFew(tables, describe, signal);
      this.#partial.add(listing);
      return listing;
    });
  }

  async #descriptionOf(table: string, meter: UsageMeter, signal: AbortSignal): Promise<string | undefined> {
    return (await this.#catalog.table({ ...this.#dataset, table }, meter, signal))?.description;
  }

  get descriptionsProblem(): ContrailError | undefined {
    return this.#descriptions.problem;
  }

  async hasDataset(signal: AbortSignal): Promise<boolean> {
    return during(this.#actOn('Looking for'), signal, () => this.#catalog.hasDataset(new UsageMeter(), signal));
  }

  /** A listing has all times; with it, only views whose name does not tell their tables take requests, once until it changes. */
  async describeTables(
    names: readonly string[],
    signal: AbortSignal,
    listing?: readonly ListedTable[],
  ): Promise<TableDescriptions> {
    signal.throwIfAborted();
    if (names.length === 0) return { tables: [], unreadable: [] };
    const { tables, unreadable } = await this.#describe(names, listing, { meter: new UsageMeter(), signal });
    return { tables: tables.map(({ source }) => source), unreadable };
  }

  async open(request: OpenRequest): Promise<OpenTable | undefined> {
    const work = this.#workOn(request);
    return during(this.#actOn('Reading', work.name), request.signal, async () => {
      const { seenVersion } = request;
      if (seenVersion !== undefined) {
        return this.#opener.openUnseen(work, seenVersion, () => this.#describeOne(work));
      }
      const described = await this.#describeOne(work);
      if (described !== undefined) return this.#opener.openDescribed(work, described);
      // A missing table may be a missing dataset, which an operator can fix.
      await this.#catalog.requireDataset(work.meter, work.signal);
      return undefined;
    });
  }

  async divide(request: OpenRequest): Promise<DividedTable | undefined> {
    const work = this.#workOn(request);
    return during(this.#actOn('Dividing', work.name), request.signal, async () => {
      const described = await this.#describeOne(work);
      if (described === undefined || !this.#opener.isVeryLarge(described)) return undefined;
      return this.#opener.divide(work, withVersion(described, request.seenVersion));
    });
  }

  openPart(part: TablePart, signal: AbortSignal): Promise<OpenTable> {
    return this.#opener.openPart(part, signal);
  }

  async estimateReads(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ReadEstimate>> {
    signal.throwIfAborted();
    const { limits } = this.#options;
    const sizes = await pMap(
      names,
      async (table) => {
        const name = { ...this.#dataset, table };
        try {
          return await this.#queries.estimate(this.#estimate(name, signal));
        } catch (error) {
          signal.throwIfAborted();
          if (isTableMissing(error, name)) return undefined;
          const failure = translate(this.#actOn('Estimating', name), error);
          if (failure.failureClass === 'content') return undefined;
          throw failure;
        }
      },
      { concurrency: limits.concurrency },
    );
    return new Map(
      names.flatMap((name, index) => {
        const estimate = sizes[index];
        return estimate === undefined ? [] : [[name, estimate] as const];
      }),
    );
  }

  /** Closes the streaming connection, which would keep the process alive. */
  close(): Promise<void> {
    return this.#storage.close();
  }

  async #describeOne(work: Work): Promise<DescribedTable | undefined> {
    const { tables, unreadable } = await this.#describe([work.name.table], undefined, work);
    if (unreadable[0] !== undefined) throw unreadable[0].error;
    return tables[0];
  }

  async #describe(
    names: readonly string[],
    listing: readonly ListedTable[] | undefined,
    { meter, signal }: Pick<Work, 'meter' | 'signal'>,
  ): Promise<Descriptions> {
    return during(this.#actOn('Describing tables of'), signal, async () => {
      const facts =
        listing === undefined
          ? await this.#catalog.factsFor(names, meter, signal)
          : await this.#catalog.complete(listing, names, meter, signal);
      const { maximumBytesBilled, concurrency } = this.#options.limits;
      const isWhole = listing !== undefined && !this.#partial.has(listing);
      const viewTables = isWhole ? this.#viewTables.during(facts) : NOTHING_KEPT;
      const deps = { catalog: this.#catalog, queries: this.#queries, dataset: this.#dataset, viewTables };
      return describeTables({ ...deps, maximumBytesBilled, concurrency }, names, facts, { meter, signal });
    });
  }

  #workOn({ table, labels, signal }: OpenRequest): Work {
    return {
      name: { ...this.#dataset, table },
      labels: jobLabels(labels),
      meter: new UsageMeter(),
      signal: AbortSignal.any([signal, this.#options.clock.timeout(this.#options.limits.deadlineMs)]),
      startedAt: this.#options.clock.monotonic(),
    };
  }

  #estimate(name: TableName, signal: AbortSignal) {
    return {
      sql: `SELECT * FROM ${tablePath(name)}`,
      maximumBytesBilled: this.#options.limits.maximumBytesBilled,
      labels: jobLabels({ product: 'estimate' }),
      meter: new UsageMeter(),
      signal,
    };
  }

  #actOn(verb: string, name?: TableName): Act {
    const { project, dataset } = this.#dataset;
    const subject = name === undefined ? `${project}.${dataset}` : tableText(name);
    return { doing: `${verb} ${subject}`, subject, permission: 'bigquery.tables.getData', hint: MEND_THE_VIEW };
  }
}
