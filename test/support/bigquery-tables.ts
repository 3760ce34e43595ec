/** Tables and views in a BigQuery emulator, made by the calls that the service has for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '../../src/adapters/system/random.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Column, ColumnType } from '../../src/domain/column-type.ts';
import { DEFAULT_LIMITS } from '../../src/adapters/bigquery/options.ts';
import type { CellValue, Row } from './column-batches.ts';
import type { BigQueryEmulator } from './emulators.ts';
import { recordedLog } from './recorded-log.ts';
import { httpClient } from './http-client.ts';

export const RESULTS = 'mozanalysis';

interface RestField {
  readonly name: string;
  readonly type: string;
  readonly mode?: 'REPEATED';
  readonly fields?: readonly RestField[];
}

const TYPE_NAMES = {
  string: 'STRING',
  float64: 'FLOAT',
  int64: 'INTEGER',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  datetime: 'DATETIME',
  date: 'DATE',
  time: 'TIME',
  bytes: 'BYTES',
  json: 'JSON',
} as const;

/** What every adapter for this emulator is told, but for its dataset. */
export function emulatorOptions({ project, restUrl, grpcAddress }: BigQueryEmulator) {
  return {
    project,
    apiEndpoint: restUrl,
    storageEndpoint: grpcAddress,
    limits: DEFAULT_LIMITS,
    http: httpClient(),
    clock: systemClock,
    random: systemRandom,
    log: recordedLog(),
  };
}

/** Makes an empty dataset. */
export async function makeDataset(emulator: BigQueryEmulator, dataset: string): Promise<void> {
  await call(emulator, 'POST', '/datasets', { datasetReference: { projectId: emulator.project, datasetId: dataset } });
}

/** Takes a dataset away with all it holds. */
export async function dropDataset(emulator: BigQueryEmulator, dataset: string): Promise<void> {
  await call(emulator, 'DELETE', `/datasets/${dataset}?deleteContents=true`);
}

/** Makes a table, or makes it anew, with a later time of change: the emulator's clock has whole seconds. */
export async function putTable(
  emulator: BigQueryEmulator,
  place: { readonly dataset: string; readonly table: string },
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  const path = `/datasets/${place.dataset}/tables`;
  const reference = { projectId: emulator.project, datasetId: place.dataset, tableId: place.table };
  const before = await changedAt(emulator, `${path}/${place.table}`);
  if (before !== undefined) {
    await call(emulator, 'DELETE', `${path}/${place.table}`);
    while (Math.floor(Date.now() / 1000) <= before) await sleep(20);
  }
  await call(emulator, 'POST', path, { tableReference: reference, schema: { fields: columns.map(fieldOf) } });
  if (rows.length === 0) return;
  await load(
    emulator,
    reference,
    rows.map((row) => jsonRow(columns, row)),
  );
  for (const { name, type } of columns) {
    if (type.kind !== 'bytes') continue;
    // The emulator's loads take the base64 text for the bytes themselves.
    const bytes = `FROM_BASE64(SAFE_CONVERT_BYTES_TO_STRING(${name}))`;
    const query = `UPDATE \`${emulator.project}.${place.dataset}.${place.table}\` SET ${name} = ${bytes} WHERE TRUE`;
    await call(emulator, 'POST', '/queries', { query, useLegacySql: false });
  }
}

/** Makes an empty table with a column of any type, by the name that the API has for it. */
export async function putOddTable(
  emulator: BigQueryEmulator,
  place: { readonly dataset: string; readonly table: string },
  field: { readonly name: string; readonly type: string },
): Promise<void> {
  const tableReference = { projectId: emulator.project, datasetId: place.dataset, tableId: place.table };
  await call(emulator, 'POST', `/datasets/${place.dataset}/tables`, { tableReference, schema: { fields: [field] } });
}

/** Makes a view over a query. */
export async function putView(
  emulator: BigQueryEmulator,
  place: { readonly dataset: string; readonly table: string },
  query: string,
): Promise<void> {
  const reference = { projectId: emulator.project, datasetId: place.dataset, tableId: place.table };
  await call(emulator, 'POST', `/datasets/${place.dataset}/tables`, {
    tableReference: reference,
    view: { query, useLegacySql: false },
  });
}

export async function dropTable(emulator: BigQueryEmulator, dataset: string, table: string): Promise<void> {
  await call(emulator, 'DELETE', `/datasets/${dataset}/tables/${table}`);
}

/** The rows of a query as objects; every value a text, as the service gives it, times as ISO texts. */
export async function queryRows(emulator: BigQueryEmulator, query: string): Promise<Record<string, unknown>[]> {
  const reply = (await call(emulator, 'POST', '/queries', { query, useLegacySql: false })) as {
    schema: { fields: RestField[] };
    rows?: { f: { v: unknown }[] }[];
  };
  return (reply.rows ?? []).map((row) =>
    Object.fromEntries(reply.schema.fields.map(({ name, type }, index) => [name, shown(type, row.f[index]?.v)])),
  );
}

/** Times come as seconds. */
function shown(type: string, value: unknown): unknown {
  return type === 'TIMESTAMP' && typeof value === 'string' ? new Date(Number(value) * 1000).toISOString() : value;
}

async function changedAt(emulator: BigQueryEmulator, path: string): Promise<number | undefined> {
  const reply = await fetch(`${baseOf(emulator)}${path}`);
  const body = (await reply.json()) as { lastModifiedTime?: string };
  return reply.ok ? Number(body.lastModifiedTime) : undefined;
}

async function load(emulator: BigQueryEmulator, destinationTable: object, rows: readonly object[]): Promise<void> {
  const jobId = `load_${Math.random().toString(36).slice(2)}`;
  const job = {
    jobReference: { projectId: emulator.project, jobId },
    configuration: {
      load: { destinationTable, sourceFormat: 'NEWLINE_DELIMITED_JSON', writeDisposition: 'WRITE_APPEND' },
    },
  };
  const body = [
    '--part',
    'content-type: application/json',
    '',
    JSON.stringify(job),
    '--part',
    'content-type: application/octet-stream',
    '',
    rows.map((row) => JSON.stringify(row)).join('\n'),
    '--part--',
    '',
  ].join('\r\n');
  const reply = await fetch(
    `${baseOf(emulator).replace('/bigquery/', '/upload/bigquery/')}/jobs?uploadType=multipart`,
    {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; boundary=part' },
      body,
    },
  );
  if (!reply.ok) throw new Error(`loading failed: ${await reply.text()}`);
}

async function call(emulator: BigQueryEmulator, method: string, path: string, body?: object): Promise<unknown> {
  const reply = await fetch(`${baseOf(emulator)}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function baseOf({ restUrl, project }: BigQueryEmulator): string {
  return `${restUrl}/bigquery/v2/projects/${project}`;
}

function fieldOf({ name, type }: Column): RestField {
  if (type.kind === 'array') return { ...fieldOf({ name, type: type.element }), mode: 'REPEATED' };
  if (type.kind === 'struct') return { name, type: 'RECORD', fields: type.fields.map(fieldOf) };
  if (type.kind === 'numeric') return { name, type: type.words === 4 ? 'NUMERIC' : 'BIGNUMERIC' };
  return { name, type: TYPE_NAMES[type.kind] };
}

function jsonRow(columns: readonly Column[], row: Row): Record<string, unknown> {
  const cells = columns.map((column, index) => {
    const cell = Array.isArray(row)
      ? (row as readonly CellValue[])[index]
      : (row as Record<string, CellValue>)[column.name];
    return [column.name, jsonCell(column.type, cell)] as const;
  });
  return Object.fromEntries(cells.filter(([, cell]) => cell !== undefined));
}

/** JSON goes as its text: the service would take it as it is, but the emulator parses it once more. */
function jsonCell(type: ColumnType, cell: CellValue): unknown {
  if (cell === null || cell === undefined) return undefined;
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('base64');
  if (type.kind === 'timestamp' && typeof cell === 'string') return `${cell.replace(' ', 'T')}Z`;
  if (type.kind === 'datetime' && typeof cell === 'string') return cell.replace(' ', 'T');
  if (type.kind === 'array') return (cell as readonly CellValue[]).map((element) => jsonCell(type.element, element));
  if (type.kind === 'struct') return jsonRow(type.fields, cell as Record<string, CellValue>);
  if (typeof cell === 'bigint') return cell.toString();
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}
