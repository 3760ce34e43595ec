/** A ReadRowsResponse whose record batch is packed, as the service sends it to sessions that ask for LZ4. */
import { packLz4 } from '../lz4-block.ts';
import { bytesField, varint, varintField } from './protobuf.ts';
import type { RowsResponse } from './rows-response.ts';

const RECORD_BATCH_FIELD = 4;
const ROW_COUNT_FIELD = 6;
const UNCOMPRESSED_BYTE_SIZE_FIELD = 9;
/** An int64 of -1: the batch was sent as it is, because packing made it no smaller. */
const NOT_SMALLER = Buffer.concat([
  varint(UNCOMPRESSED_BYTE_SIZE_FIELD << 3),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
]);

export function compressedResponse(response: RowsResponse): Buffer {
  const batch = response.serializedBatch;
  const packed = packLz4(batch);
  const isSmaller = packed.length < batch.length;
  return Buffer.concat([
    response.stats,
    varintField(ROW_COUNT_FIELD, response.rowCount),
    bytesField(RECORD_BATCH_FIELD, bytesField(1, isSmaller ? packed : batch)),
    isSmaller ? varintField(UNCOMPRESSED_BYTE_SIZE_FIELD, batch.length) : NOT_SMALLER,
  ]);
}
