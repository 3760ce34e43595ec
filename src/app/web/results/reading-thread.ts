/** The thread that reads statistics files, so that pages are served meanwhile. Several files may be read in turns. */
import { parentPort } from 'node:worker_threads';
import { MalformedArrayError } from '../../../domain/json-array-elements.ts';
import { DistributionBuilder } from '../../../domain/results/distribution-rows.ts';
import type { ResultsTable } from '../../../domain/results/results-table.ts';
import { TableBuilder } from '../../../domain/results/table-builder.ts';
import type { FromThread, ReadingWish, ToThread } from './thread-messages.ts';

interface Reading {
  readonly push: (bytes: Uint8Array) => void;
  /** Says the result. */
  readonly finish: () => void;
}

const readings = new Map<number, Reading>();

parentPort?.on('message', (message: ToThread) => {
  try {
    hear(message);
  } catch (error) {
    readings.delete(message.id);
    if (!(error instanceof MalformedArrayError)) throw error;
    tell({ id: message.id, say: 'malformed', problem: error.message });
  }
});

function hear(message: ToThread): void {
  const { id } = message;
  if (message.say === 'begin') readings.set(id, begin(id, message.wish));
  if (message.say === 'forget') readings.delete(id);
  const reading = readings.get(id);
  if (reading === undefined) return;
  if (message.say === 'bytes') {
    reading.push(message.bytes);
    tell({ id, say: 'more' });
  } else if (message.say === 'end') {
    readings.delete(id);
    reading.finish();
  }
}

function begin(id: number, wish: ReadingWish): Reading {
  if (wish.kind === 'distribution') {
    const builder = new DistributionBuilder(wish.wish);
    const finish = (): void => tell({ id, say: 'distribution', rows: builder.finish() });
    return { push: (bytes) => builder.push(bytes), finish };
  }
  const builder = new TableBuilder();
  const finish = (): void => {
    const table = builder.finish();
    tell({ id, say: 'table', table }, buffersOf(table));
  };
  return { push: (bytes) => builder.push(bytes), finish };
}

function buffersOf({ codes, windows, numbers, distributions }: ResultsTable): ArrayBuffer[] {
  const columns = [
    ...Object.values(codes),
    windows,
    ...Object.values(numbers),
    ...Object.values(distributions.codes),
    distributions.windows,
  ];
  return columns.map(({ buffer }) => buffer);
}

function tell(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
