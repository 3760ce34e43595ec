/**
 * Descriptions of the statistics tables. Listing does not tell them, and asking for each table is a request each; one query
 * over TABLE_OPTIONS tells all, but is billed. So they are kept, and asked for only when a table was created since: the
 * analysis describes a table when it creates it.
 */
import pMap from 'p-map';
import type { ContrailError } from '../../domain/errors.ts';
import { assignTables } from '../../domain/table-owners.ts';
import { untilAborted } from '../../domain/until-aborted.ts';
import type { Log } from '../../ports/log.ts';
import type { ListedTable } from '../../ports/statistics-source.ts';
import type { QueryRunner } from './query.ts';
import { type DatasetName, identifier } from './sql.ts';
import { parseTextLiteral } from './text-literal.ts';
import type { UsageMeter } from './usage-meter.ts';
import { translate } from './vendor-errors.ts';

export interface DescriptionOptions {
  readonly queries: QueryRunner;
  readonly dataset: DatasetName;
  readonly maximumBytesBilled: number;
  readonly log: Log;
}

interface KnownTable {
  readonly createdAt: number;
  readonly description: string | undefined;
}

/** In the log. */
const MOST_NAMED = 5;
/** More tables than an experiment has. */
const MOST_ASKED = 500;
const ASKED_AT_ONCE = 16;

export class KeptDescriptions {
  readonly #options: DescriptionOptions;
  #known: ReadonlyMap<string, KnownTable> = new Map();
  #problem: ContrailError | undefined;
  /** The query under way; rejects if the listing that asked was aborted. */
  #reading: Promise<'read' | 'failed'> | undefined;

  constructor(options: DescriptionOptions) {
    this.#options = options;
  }

  /** Why the newest tables have no descriptions; undefined if they have. */
  get problem(): ContrailError | undefined {
    return this.#problem;
  }

  /** The same tables with their descriptions. If they cannot be read, those that are known; this is logged once. */
  async join(tables: readonly ListedTable[], meter: UsageMeter, signal: AbortSignal): Promise<readonly ListedTable[]> {
    while (tables.some((table) => isDescribed(table) && this.#find(table) === undefined)) {
      const isOwn = this.#reading === undefined;
      this.#reading ??= this.#renew(tables.filter(isDescribed), meter, signal).finally(() => {
        this.#reading = undefined;
      });
      const outcome = await untilAborted(this.#reading, signal).catch((error: unknown) => {
        if (isOwn || signal.aborted) throw error;
        return 'aborted';
      });
      // A table that was created since the query of another listing takes one more.
      if (isOwn || outcome === 'failed') break;
    }
    return this.#withDescriptions(tables);
  }

  #withDescriptions(tables: readonly ListedTable[]): readonly ListedTable[] {
    return tables.map((table) => {
      const description = this.#find(table)?.description;
      return description === undefined ? table : { ...table, description };
    });
  }

  /**
   * The same for some of the tables. Unknown ones are asked for one by one, which is free. The others, and those that
   * cannot be read, stay as they are known.
   */
  async joinFew(
    tables: readonly ListedTable[],
    describe: (name: string) => Promise<string | undefined>,
    signal: AbortSignal,
  ): Promise<readonly ListedTable[]> {
    const unknown = tables.filter(isDescribed).filter((table) => this.#find(table) === undefined);
    const found = await pMap(
      unknown.slice(0, MOST_ASKED),
      async ({ name, createdAt }) => {
        try {
          return [[name, { createdAt, description: (await describe(name)) || undefined }]] as const;
        } catch {
          signal.throwIfAborted();
          // Names decide, and the next full listing reports why.
          return [];
        }
      },
      { concurrency: ASKED_AT_ONCE },
    );
    this.#known = new Map([...this.#known, ...found.flat()]);
    return this.#withDescriptions(tables);
  }

  /** What is known of this very table: one of the same name may be another, created later. */
  #find({ name, createdAt }: ListedTable): KnownTable | undefined {
    const known = this.#known.get(name);
    return known?.createdAt === createdAt ? known : undefined;
  }

  async #renew(tables: readonly DescribedTable[], meter: UsageMeter, signal: AbortSignal): Promise<'read' | 'failed'> {
    try {
      const descriptions = await this.#read(meter, signal);
      const created = tables.filter((table) => this.#find(table) === undefined);
      this.#known = new Map(
        tables.map(({ name, createdAt }) => [name, { createdAt, description: descriptions.get(name) }]),
      );
      this.#problem = undefined;
      this.#tellContradictions(created);
      return 'read';
    } catch (error) {
      signal.throwIfAborted();
      const { dataset, log } = this.#options;
      const subject = `${dataset.project}.${dataset.dataset}`;
      const doing = `Reading the descriptions of the tables of ${subject}`;
      const problem = translate({ doing, subject, permission: 'bigquery.tables.get' }, error);
      if (this.#problem === undefined) {
        log.warn(
          { ...dataset, problem: problem.message },
          'the descriptions of the tables cannot be read, so only names tell whose they are',
        );
      }
      this.#problem = problem;
      return 'failed';
    }
  }

  /** Once for each table, because a description that is wrong stays so. */
  #tellContradictions(tables: readonly DescribedTable[]): void {
    const described = tables.flatMap((table) => {
      const description = this.#find(table)?.description;
      return description === undefined ? [] : [{ ...table, description }];
    });
    const { contradictions } = assignTables(described, []);
    if (contradictions.length === 0) return;
    this.#options.log.warn(
      { tables: contradictions.slice(0, MOST_NAMED), count: contradictions.length },
      'the descriptions of tables contradict their names and are ignored; perhaps they are copies',
    );
  }

  async #read(meter: UsageMeter, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { queries, dataset, maximumBytesBilled } = this.#options;
    const from = `${identifier(`${dataset.project}.${dataset.dataset}`)}.INFORMATION_SCHEMA.TABLE_OPTIONS`;
    const { rows } = await queries.list({
      sql: `SELECT table_name, option_value FROM ${from} WHERE option_name = 'description' AND STARTS_WITH(table_name, 'statistics_')`,
      maximumBytesBilled,
      labels: { application: 'contrail', product: 'discovery' },
      meter,
      signal,
    });
    return new Map(
      rows.flatMap(([name, literal]) => {
        const description = parseTextLiteral(literal ?? '') ?? '';
        return name === null || name === undefined || description === '' ? [] : [[name, description]];
      }),
    );
  }
}

type DescribedTable = ListedTable & { readonly createdAt: number };

/** Views have no descriptions. Without a time of creation, a table could not be told from a later one of its name. */
function isDescribed(table: ListedTable): table is DescribedTable {
  return table.kind === 'table' && table.createdAt !== undefined && table.name.startsWith('statistics_');
}
