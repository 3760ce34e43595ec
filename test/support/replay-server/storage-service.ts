/** The Storage Read API over the catalog: sessions, streams, offsets, and what is set to go wrong. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { sendUnaryData, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { schemaMessage } from './arrow-message.ts';
import type { Catalog, StoredTable } from './catalog.ts';
import type { Counters } from './counters.ts';
import { ExplicitContent } from './explicit-content.ts';
import type { Faults } from './faults.ts';
import { arrowSchema } from './arrow-types.ts';
import type { TableField } from './field-schema.ts';
import type {
  CreateReadSessionRequest,
  LateResponse,
  ReadRowsRequest,
  ReadService,
  ReadSessionReply,
} from './read-api.ts';
import { dealStreams, type ReadStream } from './read-session.ts';
import { rowTest } from './row-conditions.ts';
import { windowTest } from './row-restriction.ts';
import { grpcStatus, RefusedError } from './statuses.ts';
import { StreamSender } from './stream-sender.ts';
import type { RowRange } from './table-content.ts';

/** The server's own choice where the request leaves it open. */
const DEFAULT_STREAMS = 4;
const SESSION_MS = 6 * 60 * 60 * 1000;
const TABLE_NAME = /^projects\/[^/]+\/datasets\/([^/]+)\/tables\/([^/]+)$/;
const ARROW = 2;
const LZ4 = 2;

export interface StorageServiceDependencies {
  readonly catalog: Catalog;
  readonly faults: Faults;
  readonly counters: Counters;
  /** Resets the connection from this address (`host:port`). */
  readonly resetConnection: (peer: string) => void;
}

interface OpenStream {
  readonly stream: ReadStream;
  readonly table: string;
}

export class StorageService {
  readonly #deps: StorageServiceDependencies;
  #sending = 0;
  readonly #streams = new Map<string, OpenStream>();

  constructor(deps: StorageServiceDependencies) {
    this.#deps = deps;
  }

  /** The methods, to be added to a gRPC server with READ_API. */
  handlers(): ReadService {
    return {
      createReadSession: (call, callback) => void this.#answerSession(call, callback),
      readRows: (call) => void this.#sendRows(call),
      splitReadStream: (_, callback) => {
        this.#deps.counters.request('storage.splitReadStream');
        callback(grpcStatus(new RefusedError({ code: 'UNIMPLEMENTED' })));
      },
    };
  }

  async #answerSession(
    call: ServerUnaryCall<CreateReadSessionRequest, ReadSessionReply>,
    callback: sendUnaryData<ReadSessionReply>,
  ): Promise<void> {
    const { counters, faults, resetConnection } = this.#deps;
    counters.request('storage.createReadSession');
    const plan = faults.planOf('storage.createReadSession', call.request.readSession?.table ?? '');
    if (plan.latencyMs > 0) await pause(call, plan.latencyMs);
    if (plan.failure?.kind === 'stall' || call.cancelled) return;
    if (plan.failure?.kind === 'reset' || plan.failure?.kind === 'truncate') return resetConnection(call.getPeer());
    try {
      if (plan.failure !== undefined) throw new RefusedError(plan.failure);
      const session = this.#open(call.request);
      callback(null, { ...session, estimatedRowCount: Number(session.estimatedRowCount) + plan.rowCountError });
    } catch (error) {
      callback(grpcStatus(refusedBy(error)));
    }
  }

  #open({ parent, readSession, maxStreamCount }: CreateReadSessionRequest): ReadSessionReply {
    const [, dataset = '', name = ''] = TABLE_NAME.exec(readSession?.table ?? '') ?? [];
    if (Number(readSession?.dataFormat) !== ARROW) {
      throw new RefusedError({ code: 'UNIMPLEMENTED', message: 'The replay server sends Arrow only.' });
    }
    const table = this.#deps.catalog.get(dataset, name);
    if (table.kind === 'view') {
      const message = 'request failed: non-table entities cannot be read with the storage API';
      throw new RefusedError({ code: 'INVALID_ARGUMENT', message });
    }
    const options = readSession?.readOptions;
    const fields = selectedFields(table, options?.selectedFields ?? []);
    const ranges = rangesOf(table, options?.rowRestriction ?? '');
    const isCompressed = Number(options?.responseCompressionCodec ?? 0) === LZ4;
    const wanted = { ranges, streams: maxStreamCount || DEFAULT_STREAMS, isCompressed };
    const streams = dealStreams(table.content, fields, wanted);
    const { location } = this.#deps.catalog;
    const session = `${parent}/locations/${location.toLowerCase()}/sessions/${randomUUID().replaceAll('-', '')}`;
    return {
      name: session,
      expireTime: { seconds: Math.floor((Date.now() + SESSION_MS) / 1000) },
      dataFormat: ARROW,
      table: readSession?.table ?? '',
      readOptions: options ?? {},
      arrowSchema: { serializedSchema: schemaMessage(arrowSchema(fields)) },
      streams: streams.map((stream, index) => {
        const streamName = `${session}/streams/s${index}`;
        this.#streams.set(streamName, { stream, table: `${dataset}.${name}` });
        return { name: streamName };
      }),
      // As documented, from the table's metadata: a row restriction does not lessen it.
      estimatedRowCount: table.content.rowCount,
      estimatedTotalBytesScanned: table.content.byteCount,
    };
  }

  async #sendRows(call: ServerWritableStream<ReadRowsRequest, LateResponse>): Promise<void> {
    const { counters, faults, resetConnection } = this.#deps;
    const name = call.request.readStream;
    const open = this.#streams.get(name);
    counters.request('storage.readRows');
    const plan = faults.planOf('storage.readRows', `${open?.table ?? ''} ${name}`);
    try {
      if (open === undefined) throw new RefusedError({ code: 'NOT_FOUND', message: `Not found: stream ${name}` });
      const sender = new StreamSender({ call, stream: open.stream, plan, counters });
      counters.goingOn('mostStreams', (this.#sending += 1));
      const end = await sender.send(Number(call.request.offset)).finally(() => (this.#sending -= 1));
      if (end === 'reset') resetConnection(call.getPeer());
    } catch (error) {
      call.emit('error', grpcStatus(refusedBy(error)));
    }
  }
}

/** Waits, but not for a caller that has gone away. */
async function pause(call: ServerUnaryCall<CreateReadSessionRequest, ReadSessionReply>, ms: number): Promise<void> {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  await sleep(ms, undefined, { signal: gone.signal }).catch(() => {});
}

/** Fields come in the order of the table, whatever the order they were asked for in. */
function selectedFields({ content, name }: StoredTable, selected: readonly string[]): readonly TableField[] {
  if (selected.length === 0) return content.fields;
  const missing = selected.find((wanted) => !content.fields.some((field) => field.name === wanted));
  if (missing !== undefined) {
    const message = `request failed: The following selected fields do not exist in the table schema: ${missing} (${name})`;
    throw new RefusedError({ code: 'INVALID_ARGUMENT', message });
  }
  return content.fields.filter((field) => selected.includes(field.name));
}

function rangesOf({ content }: StoredTable, restriction: string): RowRange[] {
  if (content instanceof ExplicitContent && restriction.includes('`metric`')) {
    return content.rangesOf(rowTest(restriction, new Map()));
  }
  const test = windowTest(restriction);
  if (test === undefined) return [{ from: 0, to: content.rowCount }];
  if (content.fields.some((field) => field.name === 'window_index')) return content.rangesOfWindows(test);
  throw new SyntaxError('request failed: Query error: Unrecognized name: window_index');
}

function refusedBy(error: unknown): RefusedError {
  if (error instanceof RefusedError) return error;
  const isTheirs = error instanceof SyntaxError;
  return new RefusedError({ code: isTheirs ? 'INVALID_ARGUMENT' : 'INTERNAL', message: String(error) });
}
