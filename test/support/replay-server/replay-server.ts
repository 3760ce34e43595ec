/**
 * A server on loopback that speaks BigQuery's REST API and the Storage Read API from memory: generated tables of any
 * size at full speed, and everything that can go wrong on demand. See README.md.
 */
import { Answers, type Answer } from './answers.ts';
import { Catalog, type TableSpec } from './catalog.ts';
import { controlOf, rowsOf } from './control.ts';
import { Counters } from './counters.ts';
import type { ExplicitRow } from './explicit-content.ts';
import { Faults, type FaultRule } from './faults.ts';
import { Connections, startGrpcServer } from './grpc-server.ts';
import { JobBook } from './job-book.ts';
import { jobRoutes } from './job-routes.ts';
import { QueryJobs } from './query-jobs.ts';
import { startRestServer } from './rest-server.ts';
import { RowPages } from './row-pages.ts';
import { StorageService } from './storage-service.ts';
import { tableRoutes } from './table-routes.ts';

export interface ReplayServerOptions {
  /** The project that names are told with; requests for any project are answered. */
  readonly project?: string;
  readonly location?: string;
  readonly tables?: readonly TableSpec[];
  /** Datasets that exist though they are empty; those of tables exist anyway. */
  readonly datasets?: readonly string[];
  readonly faults?: readonly FaultRule[];
  readonly answers?: readonly Answer[];
  /** Rows of one REST page at most; 25,000 unless told, about the 10 MB of the service. */
  readonly pageRows?: number;
}

const DEFAULT_PAGE_ROWS = 25_000;

export interface ReplayServer {
  /** `http://127.0.0.1:port`, to be the vendor's client's `apiEndpoint`. */
  readonly restUrl: string;
  /** `127.0.0.1:port`, without TLS. */
  readonly grpcAddress: string;
  readonly catalog: Catalog;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly answers: Answers;
  /** The rows of `dataset.table` that were written down or loaded, in the order they came; none where it is missing. */
  rowsOf(table: string): readonly ExplicitRow[];
  /** Ends both servers and all connections; twice is harmless. */
  stop(): Promise<void>;
}

/** Starts both sides on free ports of 127.0.0.1. */
export async function startReplayServer(options: ReplayServerOptions = {}): Promise<ReplayServer> {
  const { project = 'replay-project', location = 'US' } = options;
  const catalog = new Catalog({ project, location });
  for (const dataset of options.datasets ?? []) catalog.addDataset(dataset);
  for (const table of options.tables ?? []) catalog.add(table);
  const faults = new Faults();
  for (const rule of options.faults ?? []) faults.add(rule);
  const counters = new Counters();
  const answers = new Answers();
  for (const answer of options.answers ?? []) answers.add(answer);
  const connections = new Connections();
  const resetConnection = (peer: string): void => connections.reset(peer);
  const storage = new StorageService({ catalog, faults, counters, resetConnection });
  const grpc = await startGrpcServer(storage.handlers(), connections);
  const jobs = new JobBook(catalog, counters);
  const pages = new RowPages(counters, options.pageRows ?? DEFAULT_PAGE_ROWS);
  const queries = new QueryJobs({ catalog, answers, jobs, pages });
  const routes = [...tableRoutes(catalog, pages), ...jobRoutes({ catalog, counters, jobs, queries })];
  const control = controlOf({ catalog, answers, faults, counters });
  const rest = await startRestServer({ faults, counters }, routes, control);
  let stopped: Promise<unknown> | undefined;
  return {
    restUrl: rest.url,
    grpcAddress: grpc.address,
    catalog,
    faults,
    counters,
    answers,
    rowsOf: (table) => rowsOf(catalog, table),
    async stop() {
      stopped ??= Promise.all([rest.stop(), grpc.stop()]);
      await stopped;
    },
  };
}
