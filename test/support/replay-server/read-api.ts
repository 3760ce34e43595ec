/** The service google.cloud.bigquery.storage.v1.BigQueryRead as grpc-js takes it. */
import type { handleServerStreamingCall, handleUnaryCall, MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import protos from '@google-cloud/bigquery-storage/build/protos/protos.js';

const v1 = protos.google.cloud.bigquery.storage.v1;

export type CreateReadSessionRequest = protos.google.cloud.bigquery.storage.v1.CreateReadSessionRequest;
export type ReadSessionReply = protos.google.cloud.bigquery.storage.v1.IReadSession;
export type ReadRowsRequest = protos.google.cloud.bigquery.storage.v1.ReadRowsRequest;
export type SplitReadStreamRequest = protos.google.cloud.bigquery.storage.v1.SplitReadStreamRequest;

/** Makes the bytes of a ReadRows response, at the moment when they are to be sent. */
export type LateResponse = () => Buffer;

const PATH = '/google.cloud.bigquery.storage.v1.BigQueryRead';

interface Codec<Message extends Input, Input> {
  encode(message: Input): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

const createReadSession: MethodDefinition<CreateReadSessionRequest, ReadSessionReply> = {
  path: `${PATH}/CreateReadSession`,
  requestStream: false,
  responseStream: false,
  ...requestOf(v1.CreateReadSessionRequest),
  responseSerialize: (session) => Buffer.from(v1.ReadSession.encode(session).finish()),
  responseDeserialize: (bytes) => v1.ReadSession.decode(bytes),
};

const readRows: MethodDefinition<ReadRowsRequest, LateResponse> = {
  path: `${PATH}/ReadRows`,
  requestStream: false,
  responseStream: true,
  ...requestOf(v1.ReadRowsRequest),
  // grpc-js copies the bytes into its frame before it does anything else, so the same memory can serve every message.
  responseSerialize: (response) => response(),
  responseDeserialize: (bytes) => () => bytes,
};

const splitReadStream: MethodDefinition<SplitReadStreamRequest, Buffer> = {
  path: `${PATH}/SplitReadStream`,
  requestStream: false,
  responseStream: false,
  ...requestOf(v1.SplitReadStreamRequest),
  responseSerialize: (reply) => reply,
  responseDeserialize: (bytes) => bytes,
};

/** What a server must do for each method. */
export type ReadService = {
  readonly createReadSession: handleUnaryCall<CreateReadSessionRequest, ReadSessionReply>;
  readonly readRows: handleServerStreamingCall<ReadRowsRequest, LateResponse>;
  readonly splitReadStream: handleUnaryCall<SplitReadStreamRequest, Buffer>;
};

export const READ_API: ServiceDefinition<ReadService> = { createReadSession, readRows, splitReadStream };

function requestOf<Message extends Input, Input>(codec: Codec<Message, Input>) {
  return {
    requestSerialize: (request: Message) => Buffer.from(codec.encode(request).finish()),
    requestDeserialize: (bytes: Buffer) => codec.decode(bytes),
  };
}
