/** Arrow messages that were good once: they are refused, or give rows that are JSON, in memory bounded by their size. */
import { readMessages } from '../../../src/adapters/bigquery/arrow-messages.ts';
import { toColumnBatch } from '../../../src/adapters/bigquery/arrow-batch.ts';
import { arrowColumns } from '../../../src/adapters/bigquery/column-types.ts';
import type { Column } from '../../../src/domain/column-type.ts';
import { RowEncoder } from '../../../src/workers/statistics/row-encoder.ts';
import { columnBatch } from '../../support/column-batches.ts';
import { batchMessage, schemaMessage } from '../../support/replay-server/arrow-message.ts';
import { arrowSchema } from '../../support/replay-server/arrow-types.ts';
import { columnOf, type FieldType, type TableField } from '../../support/replay-server/field-schema.ts';
import { mutate } from '../mutate.ts';
import { cellMaker } from '../random-cells.ts';
import { Random } from '../random.ts';
import { fuzzTarget, mustEqual, mustHold, unlessRefused } from '../target.ts';

interface Message {
  readonly columns: readonly Column[];
  /** Schema and batch, or the batch alone, as the service sends it. */
  readonly bytes: Uint8Array;
  /** The rows of a message that was left as it is. */
  readonly good: string | undefined;
}

export const arrow = fuzzTarget<Message>({
  name: 'arrow',
  about: 'broken Arrow messages of the Storage Read API',
  quickInputs: 2_000,
  make: (random) => {
    const { columns, schema, batch, rows } = random.pick(messages());
    const bytes = random.chance(0.4) ? Buffer.concat([schema, batch]) : batch;
    return random.chance(0.02)
      ? { columns, bytes, good: rows }
      : { columns, bytes: mutate(random, bytes), good: undefined };
  },
  check: ({ columns, bytes, good }) => {
    const rows = unlessRefused(['STREAM_BROKEN', 'COLUMN_TYPE_UNSUPPORTED', 'VALUE_INVALID'], () =>
      rowsOf(columns, bytes),
    );
    if (good !== undefined) mustEqual(rows, good, 'the rows of a good message');
  },
});

/** A row has at most its keys, and six bytes of text for one of the message. */
const MOST_GROWTH = 64;

function rowsOf(known: readonly Column[], bytes: Uint8Array): string {
  let columns = known;
  let text = '';
  for (const message of readMessages(bytes)) {
    if (message.kind === 'schema') {
      columns = arrowColumns(message.fields);
      continue;
    }
    const batch = toColumnBatch(columns, message.batch);
    const encoded = new RowEncoder(columns).encode(batch);
    const keys = columns.reduce((sum, { name }) => sum + 6 * name.length + 80, 2);
    mustHold(
      encoded.bytes.length <= keys * batch.rowCount + MOST_GROWTH * bytes.length,
      'rows as large as the message',
    );
    const json = UTF8.decode(encoded.bytes);
    const parsed: unknown = JSON.parse(`[${json.slice(1)}]`);
    mustHold(Array.isArray(parsed) && parsed.length === batch.rowCount, 'as many rows as were promised');
    text += json;
  }
  return text;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface GoodMessage {
  readonly columns: readonly Column[];
  readonly schema: Uint8Array;
  readonly batch: Uint8Array;
  readonly rows: string;
}

const GOOD_MESSAGES = 40;
let made: GoodMessage[] | undefined;

/** Made once: the library that writes them is slow. */
function messages(): readonly GoodMessage[] {
  made ??= Array.from({ length: GOOD_MESSAGES }, (_, index) => makeMessage(new Random(1, index)));
  return made;
}

function makeMessage(random: Random): GoodMessage {
  const fields = random.list(random.int(1, 5), (index) => fieldOf(random, `c${index}`, 2));
  const columns = fields.map(columnOf);
  const makers = columns.map(({ type }) => cellMaker(random, type));
  const rows = random.list(random.pick([0, 1, 3, 8, 20]), () => makers.map((make) => make()));
  const schema = arrowSchema(fields);
  const batch = columnBatch(columns, rows);
  return {
    columns,
    schema: schemaMessage(schema),
    batch: batchMessage(schema, batch).bytes,
    rows: UTF8.decode(new RowEncoder(columns).encode(batch).bytes),
  };
}

const TYPES: readonly FieldType[] = [
  'STRING',
  'STRING',
  'INTEGER',
  'FLOAT',
  'NUMERIC',
  'BIGNUMERIC',
  'BOOLEAN',
  'TIMESTAMP',
  'DATETIME',
  'DATE',
  'TIME',
  'BYTES',
  'JSON',
];

function fieldOf(random: Random, name: string, depth: number): TableField {
  const mode = random.chance(0.25) ? 'REPEATED' : 'NULLABLE';
  if (depth === 0 || random.chance(0.75)) return { name, mode, type: random.pick(TYPES) };
  const fields = random.list(random.int(1, 3), (index) => fieldOf(random, `f${index}`, depth - 1));
  return { name, mode, type: 'RECORD', fields };
}
