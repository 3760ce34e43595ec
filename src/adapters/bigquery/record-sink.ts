/**
 * Writes monitoring tables in BigQuery: one load job per batch, which is free and whose id prevents writing a batch twice.
 * (Streaming inserts are deduplicated for only about a minute.) Datasets are not created: their location and access are
 * the operator's decision.
 */
import { ContrailError, errorText } from '../../domain/errors.ts';
import { ERRORS_VIEW, errorsViewQuery } from '../../domain/error-category-sql.ts';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import type { RecordBatch, RecordSink, TableReplacement } from '../../ports/record-sink.ts';
import { DatasetLocation } from './dataset-location.ts';
import { KeptRows } from './kept-rows.ts';
import { jobLabels } from './labels.ts';
import { Loader } from './load-job.ts';
import { loadLines, tableLayout, withMissingFields } from './load-rows.ts';
import type { BigQueryOptions } from './options.ts';
import { KeptTableReply } from './query-replies.ts';
import { QueryRunner } from './query.ts';
import { readTable } from './read-table.ts';
import { RestClient } from './rest-client.ts';
import { type TableName, tablePath, tableText } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { type Act, during, isDatasetMissing, isDuplicate, isTableMissing, ServiceRefusal } from './vendor-errors.ts';

export interface BigQuerySinkOptions extends BigQueryOptions {
  /** The dataset of the monitoring tables: `monitoring`. */
  readonly dataset: string;
}

/** Messages about wrong values, as opposed to a wrong table or schema. */
const ABOUT_ROWS = /while reading data|too many errors|JSON parsing error|could not (?:convert|parse)/i;

export class BigQueryRecordSink implements RecordSink {
  readonly #options: BigQuerySinkOptions;
  readonly #rest: RestClient;
  readonly #loader: Loader;
  readonly #queries: QueryRunner;
  readonly #logged = new KeptRows();
  /** Tables that are known to exist. */
  readonly #known = new Set<string>();

  constructor(options: BigQuerySinkOptions) {
    const { dataset, location, turns, clock, random } = options;
    this.#options = options;
    this.#rest = new RestClient(options);
    const place = new DatasetLocation({ rest: this.#rest, dataset, configured: location });
    this.#loader = new Loader({ rest: this.#rest, location: place, clock, random });
    this.#queries = new QueryRunner({ rest: this.#rest, location, turns: turns?.queries, clock, random });
  }

  async append(batch: RecordBatch, signal: AbortSignal): Promise<'written' | 'known'> {
    return this.#load(batch, signal, async () => ({
      destinationTable: this.#reference(batch.table),
      writeDisposition: 'WRITE_APPEND',
      createDisposition: 'CREATE_NEVER',
    }));
  }

  /** The job replaces the rows as its last step, so readers never see a mix. */
  async replace(replacement: TableReplacement, signal: AbortSignal): Promise<'written' | 'known'> {
    const { table, partition } = replacement;
    const day = partition === undefined ? '' : `$${partition.replaceAll('-', '')}`;
    return this.#load(replacement, signal, async (limit) => ({
      destinationTable: this.#reference(`${table}${day}`),
      writeDisposition: 'WRITE_TRUNCATE',
      ...(partition === undefined ? tableLayout(table) : await this.#layoutOfDay(table, limit)),
    }));
  }

  /** When a day is replaced, all columns of the table must be named, also those that others have added. */
  async #layoutOfDay(table: string, signal: AbortSignal): Promise<Record<string, unknown> | undefined> {
    const layout = tableLayout(table);
    const found = await this.#table(table, signal);
    return found === undefined ? layout : { ...layout, schema: found.schema };
  }

  async has({ id, table }: Pick<RecordBatch, 'id' | 'table'>, signal: AbortSignal): Promise<boolean> {
    return during(this.#act('Looking for a load of', table, 'bigquery.jobs.get'), signal, () =>
      this.#loader.hasLoaded({ id: this.#loadId({ id, table }), meter: new UsageMeter(), signal }),
    );
  }

  async hasRows(table: string, signal: AbortSignal): Promise<boolean> {
    return during(this.#act('Looking at', table, 'bigquery.tables.get'), signal, async () => {
      const found = await this.#table(table, signal);
      return (found?.numRows ?? 0) > 0;
    });
  }

  async loggedExperiments(signal: AbortSignal): Promise<string[]> {
    const name = this.#name(LOGS_TABLE);
    return during(this.#act('Reading', LOGS_TABLE, 'bigquery.tables.getData'), signal, async () => {
      const sql = `SELECT DISTINCT experiment FROM ${tablePath(name)} WHERE experiment IS NOT NULL ORDER BY experiment`;
      const query = async () => {
        const { rows } = await this.#queries.list({
          sql,
          maximumBytesBilled: this.#options.limits.maximumBytesBilled,
          labels: jobLabels({ product: 'records' }),
          meter: new UsageMeter(),
          signal,
        });
        return rows;
      };
      const look = () => readTable(name, { rest: this.#rest, meter: new UsageMeter(), signal });
      try {
        const rows = await this.#logged.rows({ sql, look, query });
        return rows.flatMap(([experiment]) => experiment ?? []);
      } catch (error) {
        if (isTableMissing(error, name) || isDatasetMissing(error)) return [];
        throw error;
      }
    });
  }

  async #load(
    { id, table, rows }: RecordBatch,
    signal: AbortSignal,
    place: (signal: AbortSignal) => Promise<Record<string, unknown>>,
  ): Promise<'written' | 'known'> {
    return during(this.#act('Writing to', table, 'bigquery.tables.updateData'), signal, async () => {
      const limit = AbortSignal.any([signal, this.#options.clock.timeout(this.#options.limits.deadlineMs)]);
      await this.#ensureTable(table, limit);
      const loading = this.#loader.load({
        id: this.#loadId({ id, table }),
        load: { ...(await place(limit)), sourceFormat: 'NEWLINE_DELIMITED_JSON', ignoreUnknownValues: true },
        lines: loadLines(table, rows),
        labels: jobLabels({ product: 'records', table }),
        meter: new UsageMeter(),
        signal: limit,
      });
      return await loading.catch((error: unknown) => {
        // The table was removed meanwhile; the next attempt creates it again.
        this.#known.delete(table);
        throw this.#refusalOf(table, error) ?? error;
      });
    });
  }

  /** A project has one set of job ids for all datasets. */
  #loadId({ id, table }: Pick<RecordBatch, 'id' | 'table'>): string {
    return `${this.#options.dataset}_${table}_${id}`;
  }

  /** The rows can never be written. */
  #refusalOf(table: string, error: unknown): ContrailError | undefined {
    const isAboutRows = error instanceof ServiceRefusal && error.reason === 'invalid' && ABOUT_ROWS.test(error.message);
    if (!isAboutRows) return undefined;
    const subject = tableText(this.#name(table));
    const text = errorText(error).replaceAll(/\s+/g, ' ');
    return new ContrailError('RECORDS_REFUSED', `Writing to ${subject} failed: ${text}`, { subject, cause: error });
  }

  async #ensureTable(table: string, signal: AbortSignal): Promise<void> {
    const layout = tableLayout(table);
    if (this.#known.has(table) || layout === undefined) return;
    const found = await this.#table(table, signal);
    if (found === undefined) await this.#createTable({ tableReference: this.#reference(table), ...layout }, signal);
    // The table of logs belongs to the analysis.
    else if (table !== LOGS_TABLE) await this.#addColumns(table, found, signal);
    if (table === LOGS_TABLE) await this.#ensureErrorsView(signal);
    this.#known.add(table);
  }

  /** Columns that a table of an earlier version lacks; BigQuery would leave their values out without a word. */
  async #addColumns(table: string, { etag, schema }: KeptTableReply, signal: AbortSignal): Promise<void> {
    const fields = withMissingFields(table, schema.fields);
    if (fields === undefined) return;
    await this.#rest.request({
      method: 'PATCH',
      path: `/datasets/${encodeURIComponent(this.#options.dataset)}/tables/${encodeURIComponent(table)}`,
      body: { schema: { fields } },
      // Another process may be adding columns too; then the next attempt sees them.
      ...(etag === undefined ? {} : { ifMatch: etag }),
      isRepeatable: true,
      meter: new UsageMeter(),
      signal,
    });
  }

  /** The view with the category of each log row. */
  async #ensureErrorsView(signal: AbortSignal): Promise<void> {
    if ((await this.#table(ERRORS_VIEW, signal)) !== undefined) return;
    const query = errorsViewQuery('bigquery', tablePath(this.#name(LOGS_TABLE)));
    await this.#createTable(
      { tableReference: this.#reference(ERRORS_VIEW), view: { query, useLegacySql: false } },
      signal,
    );
  }

  async #createTable(body: Record<string, unknown>, signal: AbortSignal): Promise<void> {
    const path = `/datasets/${encodeURIComponent(this.#options.dataset)}/tables`;
    try {
      await this.#rest.request({ method: 'POST', path, body, isRepeatable: true, meter: new UsageMeter(), signal });
    } catch (error) {
      // Somebody else has created it meanwhile.
      if (!isDuplicate(error)) throw error;
    }
  }

  async #table(table: string, signal: AbortSignal): Promise<KeptTableReply | undefined> {
    const path = `/datasets/${encodeURIComponent(this.#options.dataset)}/tables/${encodeURIComponent(table)}`;
    try {
      const meter = new UsageMeter();
      return KeptTableReply.parse(await this.#rest.request({ method: 'GET', path, isRepeatable: true, meter, signal }));
    } catch (error) {
      if (isTableMissing(error, this.#name(table))) return undefined;
      throw error;
    }
  }

  #reference(tableId: string) {
    return { projectId: this.#options.project, datasetId: this.#options.dataset, tableId };
  }

  #name(table: string): TableName {
    return { project: this.#options.project, dataset: this.#options.dataset, table };
  }

  #act(verb: string, table: string, permission: string): Act {
    const subject = tableText(this.#name(table));
    return { doing: `${verb} ${subject}`, subject, permission };
  }
}
