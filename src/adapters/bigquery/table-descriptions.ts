/**
 * Descriptions of the statistics tables. Listing does not tell them, and asking for each table is a request each; one query
 * over TABLE_OPTIONS tells all, but is billed. So they are kept, and asked for only when a table was created since: the
 * analysis describes a table when it creates it.
 */
import type { ContrailError } from '../../domain/errors.ts';
import { assignTables } from '../../domain/table-owners.ts';
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

export class KeptDescriptions {
  readonly #options: DescriptionOptions;
  #known: ReadonlyMap<string, KnownTable> = new Map();
  #problem: ContrailError | undefined;

  constructor(options: DescriptionOptions) {
    this.#options = options;
  }

  /** Why the newest tables have no descriptions; undefined if they have. */
  get problem(): ContrailError | undefined {
    return this.#problem;
  }

  /** The same tables with their descriptions. If they cannot be read, those that are known; this is logged once. */
  async join(tables: readonly ListedTable[], meter: UsageMeter, signal: AbortSignal): Promise<readonly ListedTable[]> {
    if (tables.some((table) => isDescribed(table) && this.#find(table) === undefined)) {
      await this.#renew(tables.filter(isDescribed), meter, signal);
    }
    return tables.map((table) => {
      const description = this.#find(table)?.description;
      return description === undefined ? table : { ...table, description };
    });
  }

  /** What is known of this very table: one of the same name may be another, created later. */
  #find({ name, createdAt }: ListedTable): KnownTable | undefined {
    const known = this.#known.get(name);
    return known?.createdAt === createdAt ? known : undefined;
  }

  async #renew(tables: readonly DescribedTable[], meter: UsageMeter, signal: AbortSignal): Promise<void> {
    try {
      const descriptions = await this.#read(meter, signal);
      const created = tables.filter((table) => this.#find(table) === undefined);
      this.#known = new Map(
        tables.map(({ name, createdAt }) => [name, { createdAt, description: descriptions.get(name) }]),
      );
      this.#problem = undefined;
      this.#tellContradictions(created);
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
