/** What do our own readers of Arrow and LZ4 bring over libraries? See README.md. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Field, Float64, Schema, Utf8 } from 'apache-arrow';
import { uncompressSync } from 'lz4-napi';
import { unpackLz4 } from '../../src/adapters/bigquery/lz4-block.ts';
import type { ColumnBatch } from '../../src/domain/column-batch.ts';
import { RowEncoder } from '../../src/workers/statistics/row-encoder.ts';
import { packLz4 } from '../../test/support/lz4-block.ts';
import { batchMessage, schemaMessage } from '../../test/support/replay-server/arrow-message.ts';
import type { BenchRequest, BenchResult } from '../bench-result.ts';
import { statisticsBatches, statisticsColumns } from '../encoder/statistics-batches.ts';
import { Stopwatch } from '../stopwatch.ts';
import { medianSeconds } from '../support/processor-seconds.ts';
import { packageBytes } from './package-weight.ts';
import { checked, type Messages, readByApacheArrow, readByContrail, readByFlechette } from './readers.ts';

const BATCHES = 40;
const ROWS = 8_192 * BATCHES;
/** One reading of the messages takes too little time to be measured. */
const READINGS = 10;
/** Seen from the built file of this one. */
const OUR_FILES = ['arrow-batch', 'arrow-messages', 'flatbuffer', 'lz4-block'].map(
  (name) => new URL(`../../src/adapters/bigquery/${name}.js`, import.meta.url),
);

export const data = `${BATCHES} record batches of 8,192 rows, 13 columns, each a message as the service sends it, packed too`;

const READERS = {
  contrail: readByContrail,
  'apache-arrow': readByApacheArrow,
  flechette: readByFlechette,
} as const;
type Reader = keyof typeof READERS;
const PEERS = ['apache-arrow', 'flechette'] as const;

/** Reads the same messages by each reader, turn by turn, and weighs what each brings along. */
export async function run({ full }: BenchRequest): Promise<BenchResult[]> {
  const messages = makeMessages();
  const turns = full ? 15 : 5;
  return [
    ...(await compareReading(messages, turns)),
    ...compareMemory(messages),
    sameBytes(messages),
    ...(await compareUnpacking(messages, turns)),
    ...(await compareImports(full ? 31 : 5)),
    ...compareSizes(),
  ];
}

function makeMessages(): Messages {
  const columns = statisticsColumns('text');
  const schema = new Schema(
    columns.map(({ name, type }) => new Field(name, type.kind === 'float64' ? new Float64() : new Utf8(), true)),
  );
  const batches = statisticsBatches('text', ROWS).map((batch) => batchMessage(schema, batch).bytes);
  return { columns, schema: schemaMessage(schema), batches };
}

async function compareReading(messages: Messages, turns: number): Promise<BenchResult[]> {
  const watches = { contrail: new Stopwatch(), 'apache-arrow': new Stopwatch(), flechette: new Stopwatch() };
  for (let turn = 0; turn < turns; turn++) {
    for (const name of readers()) {
      await watches[name].measure(0, () => {
        for (let reading = 0; reading < READINGS; reading++) readAll(name, messages);
      });
    }
  }
  const read = readAll('contrail', messages);
  const checking = new Stopwatch();
  for (let turn = 0; turn < turns; turn++) {
    await checking.measure(0, () => {
      for (let reading = 0; reading < READINGS; reading++) read.forEach(checked);
    });
  }
  const microsOf = ({ bestSeconds }: Stopwatch) => (bestSeconds * 1e6) / (READINGS * BATCHES);
  const micros = (name: Reader) => microsOf(watches[name]);
  return [
    { question: 'Check the offsets of a record batch alone', value: microsOf(checking), unit: 'µs' },
    ...readers().map((name) => ({
      question: `Read and check a record batch, ${name}`,
      value: micros(name),
      unit: 'µs',
    })),
    ...PEERS.map((peer) => ({
      question: `Time of ${peer} over ours`,
      value: micros(peer) / micros('contrail'),
      unit: 'times',
    })),
  ];
}

function readers(): Reader[] {
  return ['contrail', ...PEERS];
}

function readAll(name: Reader, messages: Messages): ColumnBatch[] {
  return messages.batches.map((bytes) => READERS[name](messages, bytes));
}

/** What is kept of a batch that was read, besides the message itself. */
function compareMemory(messages: Messages): BenchResult[] {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bytesOf = (name: Reader): number => {
    readAll(name, messages);
    collect();
    const before = process.memoryUsage();
    const kept = Array.from({ length: 20 }, () => readAll(name, messages));
    collect();
    const after = process.memoryUsage();
    const grown = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
    return grown / kept.flat().length;
  };
  const bytes = {
    contrail: bytesOf('contrail'),
    'apache-arrow': bytesOf('apache-arrow'),
    flechette: bytesOf('flechette'),
  };
  return [
    ...readers().map((name) => ({ question: `Memory of a batch, ${name}`, value: bytes[name] / 1024, unit: 'KiB' })),
    ...PEERS.map((peer) => ({
      question: `Memory of ${peer} over ours`,
      value: bytes[peer] / bytes.contrail,
      unit: 'times',
    })),
  ];
}

/** All three must have read the same: their rows are encoded alike. */
function sameBytes(messages: Messages): BenchResult {
  const digests = readers().map((name) => {
    const encoder = new RowEncoder(messages.columns);
    const hash = createHash('sha256');
    for (const batch of readAll(name, messages)) hash.update(encoder.encode(batch).bytes);
    return hash.digest('hex');
  });
  const isSame = new Set(digests).size === 1;
  return {
    question: 'Rows equal, by SHA-256 of their JSON',
    value: isSame ? 1 : 0,
    unit: 'of 1',
    limit: { atLeast: 1 },
  };
}

/** The native library wants the length before the block. */
async function compareUnpacking({ batches }: Messages, turns: number): Promise<BenchResult[]> {
  const blocks = batches.map((bytes) => ({ bytes: bytes.length, packed: packLz4(bytes) }));
  const prefixed = blocks.map(({ bytes, packed }) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes);
    return Buffer.concat([length, packed]);
  });
  const ours = new Stopwatch();
  const native = new Stopwatch();
  for (let turn = 0; turn < turns; turn++) {
    await ours.measure(0, () => blocks.forEach(({ packed, bytes }) => unpackLz4(packed, bytes)));
    await native.measure(0, () => prefixed.forEach((block) => uncompressSync(block)));
  }
  const total = blocks.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return [
    { question: 'Unpack LZ4, ours', value: total / ours.bestSeconds, unit: 'MB/s' },
    { question: 'Unpack LZ4, lz4-napi (native)', value: total / native.bestSeconds, unit: 'MB/s' },
    { question: 'Time of lz4-napi over ours', value: native.bestSeconds / ours.bestSeconds, unit: 'times' },
  ];
}

async function compareImports(turns: number): Promise<BenchResult[]> {
  const modules = {
    contrail: OUR_FILES.map(({ href }) => href),
    'apache-arrow': [import.meta.resolve('apache-arrow')],
    flechette: [import.meta.resolve('@uwdata/flechette')],
  };
  const lines = readers().map((name) => {
    const imports = modules[name].map((href) => `import ${JSON.stringify(href)};`).join('');
    return ['--input-type=module', '--eval', imports];
  });
  const [node = Number.NaN, ...seconds] = await medianSeconds(
    [['--input-type=module', '--eval', '0'], ...lines],
    turns,
  );
  return readers().map((name, index) => ({
    question: `Import, ${name}`,
    value: ((seconds[index] ?? Number.NaN) - node) * 1_000,
    unit: 'ms',
  }));
}

function compareSizes(): BenchResult[] {
  const ours = OUR_FILES.reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
  const lines = OUR_FILES.reduce((sum, url) => sum + readFileSync(url, 'utf8').split('\n').length, 0);
  return [
    { question: 'Our four files', value: ours / 1024, unit: 'KiB' },
    { question: 'Our four files, with comments', value: lines, unit: 'lines' },
    ...['apache-arrow', '@uwdata/flechette', 'lz4-napi'].map((name) => ({
      question: `Package ${name}, with what it needs`,
      value: packageBytes(name) / 1024,
      unit: 'KiB',
    })),
  ];
}
