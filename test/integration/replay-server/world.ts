/** A replay server with the vendor's own clients in front of it. */
import { BigQuery } from '@google-cloud/bigquery';
import type protos from '@google-cloud/bigquery-storage/build/protos/protos.js';
import v1 from '@google-cloud/bigquery-storage/build/src/v1/index.js';
import { credentials } from '@grpc/grpc-js';
import { tableFromIPC, type Table } from 'apache-arrow';
import { PassThroughClient } from 'google-auth-library';
import { onTestFinished, vi } from 'vitest';
import {
  startReplayServer,
  type ReplayServer,
  type ReplayServerOptions,
} from '../../support/replay-server/replay-server.ts';

export const PROJECT = 'replay-project';

const NO_RETRIES = { retry: null };

export interface World {
  readonly server: ReplayServer;
  readonly bigquery: BigQuery;
  readonly storage: v1.BigQueryReadClient;
}

export type Session = protos.google.cloud.bigquery.storage.v1.IReadSession;
export type Response = protos.google.cloud.bigquery.storage.v1.IReadRowsResponse;

/** What a stream gave, and how it ended. */
export interface StreamRead {
  readonly responses: readonly Response[];
  readonly error: (Error & { readonly code?: number; readonly metadata?: { get(key: string): unknown[] } }) | undefined;
}

/** Starts all three; they end with the test. */
export async function setup(options: ReplayServerOptions = {}): Promise<World> {
  // The client would look for credentials of a cloud machine, over the network.
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  const server = await startReplayServer({ project: PROJECT, ...options });
  const bigquery = new BigQuery({
    projectId: PROJECT,
    apiEndpoint: server.restUrl,
    authClient: new PassThroughClient(),
    autoRetry: false,
  });
  const [host = '', port = ''] = server.grpcAddress.split(':');
  const storage = new v1.BigQueryReadClient({
    projectId: PROJECT,
    apiEndpoint: host,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
  });
  onTestFinished(async () => {
    await storage.close();
    await server.stop();
  });
  return { server, bigquery, storage };
}

/** Opens a session on `dataset.table`. */
export async function openSession(
  { storage }: World,
  table: string,
  options: { readonly streams?: number; readonly restriction?: string; readonly fields?: string[] } = {},
): Promise<Session> {
  const [dataset, name] = table.split('.');
  const readOptions = { selectedFields: options.fields ?? [], rowRestriction: options.restriction ?? '' };
  const [session] = await storage.createReadSession({
    parent: `projects/${PROJECT}`,
    maxStreamCount: options.streams ?? 1,
    readSession: { table: `projects/${PROJECT}/datasets/${dataset}/tables/${name}`, dataFormat: 'ARROW', readOptions },
  });
  return session;
}

/** Reads a stream from an offset to its end, good or bad, by a client that repeats only what is throttled. */
export async function readStream(
  { storage }: World,
  session: Session,
  at: { stream?: number; offset?: number } = {},
): Promise<StreamRead> {
  const readStream = session.streams?.[at.stream ?? 0]?.name ?? '';
  const call = storage.readRows({ readStream, offset: at.offset ?? 0 }, NO_RETRIES);
  const responses: Response[] = [];
  return new Promise((resolve) => {
    call.on('data', (response: Response) => responses.push(response));
    call.on('error', (error) => resolve({ responses, error }));
    call.on('end', () => resolve({ responses, error: undefined }));
  });
}

/** The rows of responses as apache-arrow reads them. */
export function tableOf(session: Session, responses: readonly Response[]): Table {
  const pieces = [
    session.arrowSchema?.serializedSchema,
    ...responses.map((response) => response.arrowRecordBatch?.serializedRecordBatch),
  ];
  return tableFromIPC(Buffer.concat(pieces.map((piece) => Buffer.from((piece ?? new Uint8Array()) as Uint8Array))));
}

/** A cell of a row as the tests look at it. */
export type Cell = string | number | boolean | null;

/** Rows as plain objects; integers and decimals as text, decimals in their smallest unit. */
export function rowsOf(table: Table): Record<string, Cell>[] {
  return table.toArray().map((row: { toJSON(): Record<string, Cell | bigint | Uint32Array> }) => {
    const cells = Object.entries(row.toJSON());
    return Object.fromEntries(cells.map(([name, value]) => [name, cellOf(value)]));
  });
}

function cellOf(value: Cell | bigint | Uint32Array): Cell {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? value.toString() : value;
}
