/**
 * The Storage Read API: sessions, and the raw call that streams a session's rows. The vendor's client makes the stub with
 * its credentials and protocol. The stub is called directly, because the layers above it buffer up to a hundred messages
 * of megabytes, and retry by themselves.
 *
 * @see https://cloud.google.com/bigquery/docs/reference/storage/rpc/google.cloud.bigquery.storage.v1
 */
import type { ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import type { google } from '@google-cloud/bigquery-storage/build/protos/protos.js';
import type { Clock } from '../../ports/clock.ts';
import type { ArrowField } from './arrow-messages.ts';
import { broken, readMessages } from './arrow-messages.ts';
import type { TableName } from './sql.ts';
import type { UsageMeter } from './usage-meter.ts';

type V1 = typeof google.cloud.bigquery.storage.v1;
type ReadSession = V1['ReadSession']['prototype'];
export type ReadRowsResponse = V1['ReadRowsResponse']['prototype'];

/** The two calls of the stub, which the vendor's client does not type. */
interface ReadStub {
  createReadSession(
    request: object,
    metadata: Metadata,
    callback: (error: ServiceError | null, session?: ReadSession) => void,
  ): { cancel(): void };
  readRows(request: object, metadata: Metadata): ClientReadableStream<ReadRowsResponse>;
  close(): void;
}

export interface StorageClientOptions {
  readonly project: string;
  readonly storageEndpoint?: string;
  readonly isCompressed?: boolean;
  readonly clock: Clock;
}

export interface SessionRequest {
  readonly table: TableName;
  /** As in a WHERE clause: `window_index = 3`. */
  readonly restriction?: string;
  /** Read the table as of this time, milliseconds since 1970. */
  readonly snapshotAt?: number;
  readonly meter: UsageMeter;
  readonly signal: AbortSignal;
}

export interface Session {
  /** The only stream of the session; undefined if there are no rows. */
  readonly stream: string | undefined;
  readonly fields: readonly ArrowField[];
}

/** Compresses whole messages instead of Arrow's buffers: the service allows one of the two, and this leaves Arrow messages unchanged. */
const LZ4 = 'RESPONSE_COMPRESSION_CODEC_LZ4';
const SESSION_TIMEOUT_MS = 120_000;
/** Bytes the service may send ahead. With the default of 64 kB every read would wait for a round trip. */
const FLOW_CONTROL_WINDOW_BYTES = 8 * 1024 * 1024;

export class StorageClient {
  readonly #options: StorageClientOptions;
  #connection: Promise<Connection> | undefined;

  constructor(options: StorageClientOptions) {
    this.#options = options;
  }

  /** Opens a session with one stream, which keeps the order of a sorted table. Views cannot be read. */
  async createSession({ table, restriction, snapshotAt, meter, signal }: SessionRequest): Promise<Session> {
    const path = `projects/${table.project}/datasets/${table.dataset}/tables/${table.table}`;
    const { project, isCompressed = false, clock } = this.#options;
    const request = {
      parent: `projects/${project}`,
      readSession: {
        table: path,
        dataFormat: 'ARROW',
        readOptions: {
          ...(restriction === undefined ? {} : { rowRestriction: restriction }),
          ...(isCompressed ? { responseCompressionCodec: LZ4 } : {}),
        },
        ...(snapshotAt === undefined ? {} : { tableModifiers: { snapshotTime: timestampOf(snapshotAt) } }),
      },
      maxStreamCount: 1,
    };
    const { stub, routedBy } = await this.#connect();
    signal.throwIfAborted();
    meter.requests += 1;
    const metadata = routedBy(`read_session.table=${encodeURIComponent(path)}`);
    const limit = AbortSignal.any([signal, clock.timeout(SESSION_TIMEOUT_MS)]);
    const session = await new Promise<ReadSession>((resolve, reject) => {
      const call = stub.createReadSession(request, metadata, (error, reply) => {
        limit.removeEventListener('abort', stop);
        if (reply === undefined) reject(error ?? broken('a read session is empty'));
        else resolve(reply);
      });
      const stop = (): void => {
        reject(limit.reason);
        call.cancel();
      };
      limit.addEventListener('abort', stop, { once: true });
    });
    return { stream: session.streams[0]?.name ?? undefined, fields: fieldsOf(session) };
  }

  /** Starts the stream at a row. The caller must read it to its end or cancel it. */
  async readRows(stream: string, offset: number, meter: UsageMeter): Promise<ClientReadableStream<ReadRowsResponse>> {
    const { stub, routedBy } = await this.#connect();
    meter.requests += 1;
    return stub.readRows({ readStream: stream, offset }, routedBy(`read_stream=${encodeURIComponent(stream)}`));
  }

  /** Closes the connection, if there is one; it opens again on demand. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    (await connection)?.stub.close();
  }

  #connect(): Promise<Connection> {
    this.#connection ??= connect(this.#options).catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }
}

interface Connection {
  readonly stub: ReadStub;
  /** The header that routes the request. */
  readonly routedBy: (params: string) => Metadata;
}

/**
 * Loaded on demand, because the libraries take a while and exports of small tables never need them. Only `v1` of the
 * vendor's package: its index also loads core-js and apache-arrow, which the image leaves out.
 */
async function connect({ project, storageEndpoint }: StorageClientOptions): Promise<Connection> {
  const [v1, grpc] = await Promise.all([
    import('@google-cloud/bigquery-storage/build/src/v1/index.js'),
    import('@grpc/grpc-js'),
  ]);
  const client = new v1.BigQueryReadClient({
    projectId: project,
    fallback: false,
    'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
    ...(storageEndpoint === undefined
      ? {}
      : { ...addressOf(storageEndpoint), sslCreds: grpc.credentials.createInsecure() }),
  });
  const stub = (await client.initialize()) as unknown as ReadStub;
  const routedBy = (params: string): Metadata => {
    const metadata = new grpc.Metadata();
    metadata.set('x-goog-request-params', params);
    return metadata;
  };
  return { stub, routedBy };
}

function addressOf(endpoint: string) {
  const url = new URL(endpoint.includes('://') ? endpoint : `http://${endpoint}`);
  return {
    servicePath: url.hostname,
    port: Number(url.port),
    // Otherwise the library searches for credentials to find the project.
    clientOptions: { universeDomain: 'googleapis.com' },
  };
}

function fieldsOf({ arrowSchema }: ReadSession): readonly ArrowField[] {
  const bytes = arrowSchema?.serializedSchema;
  if (!(bytes instanceof Uint8Array)) throw broken('a read session has no Arrow schema');
  const schema = readMessages(bytes).find((message) => message.kind === 'schema');
  if (schema === undefined) throw broken('a read session has no Arrow schema');
  return schema.fields;
}

function timestampOf(epochMs: number) {
  return { seconds: Math.floor(epochMs / 1000), nanos: (epochMs % 1000) * 1_000_000 };
}
