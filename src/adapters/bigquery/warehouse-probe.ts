/** Tries rights in BigQuery by dry runs, which check permissions and are free. */
import { z } from 'zod';
import { LOGS_TABLE } from '../../domain/log-record.ts';
import type { WarehouseProbe } from '../../ports/warehouse-probe.ts';
import { jobLabels } from './labels.ts';
import type { BigQueryOptions } from './options.ts';
import { QueryRunner } from './query.ts';
import { RestClient } from './rest-client.ts';
import { identifier, tablePath, tableText } from './sql.ts';
import { UsageMeter } from './usage-meter.ts';
import { type Act, during, isTableMissing } from './vendor-errors.ts';

export interface BigQueryProbeOptions extends BigQueryOptions {
  readonly resultsDataset: string;
  readonly monitoringDataset: string;
}

const DEFAULT_REGION = 'us';
const NEEDLESS = ['bigquery.tables.delete', 'bigquery.tables.update', 'bigquery.tables.updateData'];
const HeldPermissions = z.object({ permissions: z.array(z.string()).default([]) });

export class BigQueryWarehouseProbe implements WarehouseProbe {
  readonly place: string;
  readonly #options: BigQueryProbeOptions;
  readonly #queries: QueryRunner;
  readonly #rest: RestClient;

  constructor(options: BigQueryProbeOptions) {
    const { project, location, clock, random } = options;
    this.#options = options;
    this.place = `bigquery://${project}${location === undefined ? '' : ` in ${location}`}`;
    this.#rest = new RestClient(options);
    this.#queries = new QueryRunner({ rest: this.#rest, location, clock, random });
  }

  async quotaProject(signal: AbortSignal): Promise<{ readonly named: string | undefined } | undefined> {
    const act = { doing: 'Asking for a token', subject: this.place, permission: 'bigquery.jobs.create' };
    return during(act, signal, () => this.#rest.quotaProject());
  }

  async readResults(table: string, signal: AbortSignal): Promise<void> {
    const { project, resultsDataset: dataset } = this.#options;
    const name = { project, dataset, table };
    const act = {
      doing: `Reading ${tableText(name)}`,
      subject: tableText(name),
      permission: 'bigquery.tables.getData',
    };
    await this.#dryRun(act, `SELECT * FROM ${tablePath(name)}`, signal);
  }

  async needlessRights(table: string, signal: AbortSignal): Promise<readonly string[]> {
    const [dataset, name] = [this.#options.resultsDataset, table].map(encodeURIComponent);
    const reply = await this.#rest.request({
      method: 'POST',
      path: `/datasets/${dataset}/tables/${name}:testIamPermissions`,
      body: { permissions: NEEDLESS },
      isRepeatable: true,
      meter: new UsageMeter(),
      signal,
    });
    return HeldPermissions.parse(reply).permissions;
  }

  /** The dry run of an INSERT needs the right of a load job; where the table is missing, that of creating it. */
  async writeRecords(signal: AbortSignal): Promise<void> {
    const { project, monitoringDataset: dataset } = this.#options;
    const name = { project, dataset, table: LOGS_TABLE };
    const subject = tableText(name);
    const act = { doing: `Writing to ${subject}`, subject, permission: 'bigquery.tables.updateData' };
    const path = tablePath(name);
    await during(act, signal, async () => {
      try {
        await this.#query(`INSERT INTO ${path} SELECT * FROM ${path} WHERE FALSE`, signal);
      } catch (error) {
        if (!isTableMissing(error, name)) throw error;
        await this.#query(`CREATE TABLE ${path} (message STRING)`, signal);
      }
    });
  }

  async readJobs(signal: AbortSignal): Promise<void> {
    const { project, location } = this.#options;
    const region = `region-${(location ?? DEFAULT_REGION).toLowerCase()}`;
    const subject = `the jobs of project ${project}`;
    const act = { doing: `Reading ${subject}`, subject, permission: 'bigquery.jobs.listAll' };
    const table = `${identifier(project)}.${identifier(region)}.INFORMATION_SCHEMA.JOBS_BY_PROJECT`;
    await this.#dryRun(act, `SELECT query FROM ${table}`, signal);
  }

  #dryRun(act: Act, sql: string, signal: AbortSignal): Promise<void> {
    return during(act, signal, () => this.#query(sql, signal));
  }

  async #query(sql: string, signal: AbortSignal): Promise<void> {
    await this.#queries.dryRun({
      sql,
      maximumBytesBilled: this.#options.limits.maximumBytesBilled,
      labels: jobLabels({ product: 'doctor' }),
      meter: new UsageMeter(),
      signal,
    });
  }
}
