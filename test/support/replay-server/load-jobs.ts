/** Load jobs: rows into tables, whole or by partition, as the dispositions say. */
import { z } from 'zod';
import type { Catalog, StoredTable } from './catalog.ts';
import { cellText, ExplicitContent, type ExplicitRow } from './explicit-content.ts';
import type { TableField } from './field-schema.ts';
import type { JobError } from './job-book.ts';
import { LoadError, parseRows } from './loaded-rows.ts';
import { FieldList, TableReference } from './rest-schemas.ts';

export const LoadConfiguration = z.looseObject({
  destinationTable: TableReference,
  schema: FieldList.optional(),
  sourceFormat: z.literal('NEWLINE_DELIMITED_JSON'),
  writeDisposition: z.enum(['WRITE_APPEND', 'WRITE_TRUNCATE', 'WRITE_EMPTY']).default('WRITE_APPEND'),
  createDisposition: z.enum(['CREATE_IF_NEEDED', 'CREATE_NEVER']).default('CREATE_IF_NEEDED'),
  schemaUpdateOptions: z.array(z.string()).default([]),
  ignoreUnknownValues: z.boolean().default(false),
  timePartitioning: z.looseObject({ type: z.string(), field: z.string().optional() }).optional(),
  clustering: z.looseObject({ fields: z.array(z.string()) }).optional(),
});
export type LoadConfiguration = z.infer<typeof LoadConfiguration>;

export interface LoadResult {
  readonly error: JobError | undefined;
  readonly rows: number;
}

/** The day of a row in a table that is partitioned by the time of loading. */
const LOADED_ON = '_PARTITIONTIME';

/** Loads the rows, all or none: a job that fails leaves the table as it was. */
export function loadRows(catalog: Catalog, configuration: LoadConfiguration, text: string): LoadResult {
  try {
    return { error: undefined, rows: load(catalog, configuration, text) };
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const reason = error.message.startsWith('Not found') ? 'notFound' : 'invalid';
    return { error: { reason, message: error.message }, rows: 0 };
  }
}

function load(catalog: Catalog, configuration: LoadConfiguration, text: string): number {
  const { destinationTable, ignoreUnknownValues, writeDisposition } = configuration;
  const [name = '', partition] = destinationTable.tableId.split('$');
  const dataset = destinationTable.datasetId;
  const path = `${catalog.project}:${dataset}`;
  if (!catalog.datasets.includes(dataset)) throw new LoadError(`Not found: Dataset ${path}`);
  const old = catalog.find(dataset, name);
  if (old === undefined && configuration.createDisposition === 'CREATE_NEVER') {
    throw new LoadError(`Not found: Table ${path}.${name}`);
  }
  const isWhole = writeDisposition === 'WRITE_TRUNCATE' && partition === undefined;
  const fields = fieldsOf(isWhole ? undefined : old, configuration) ?? old?.content.fields;
  if (fields === undefined) throw new LoadError('No schema specified on job or table.');
  const properties = { ...propertiesOf(configuration), ...old?.properties };
  const rows = placed(parseRows(fields, text, { ignoreUnknownValues }), { partition, properties });
  const before = old?.content instanceof ExplicitContent ? old.content.rows : [];
  if (writeDisposition === 'WRITE_EMPTY' && before.length > 0) {
    throw new LoadError(`Already Exists: Table ${path}.${name}`);
  }
  const kept = isWhole
    ? []
    : before.filter((row) => writeDisposition !== 'WRITE_TRUNCATE' || dayOf(row, properties) !== partition);
  const now = Date.now();
  catalog.put({
    ...(old ?? { dataset, name, kind: 'table', createdMs: now }),
    content: new ExplicitContent(fields, [...kept, ...rows]),
    lastModifiedMs: now,
    properties,
  });
  return rows.length;
}

/** The fields after the load: those given, which may add to the table's only if the job says so. */
function fieldsOf(
  old: StoredTable | undefined,
  { schema, schemaUpdateOptions }: LoadConfiguration,
): readonly TableField[] | undefined {
  if (schema === undefined || old === undefined) return schema?.fields;
  const known = old.content.fields;
  const added = schema.fields.filter((field) => !known.some(({ name }) => name === field.name));
  const changed = schema.fields.find((field) =>
    known.some(({ name, type }) => name === field.name && type !== field.type),
  );
  if (changed !== undefined) throw new LoadError(mismatch(old, `Field ${changed.name} has changed type`));
  if (added[0] !== undefined && !schemaUpdateOptions.includes('ALLOW_FIELD_ADDITION')) {
    throw new LoadError(mismatch(old, `Cannot add fields (field: ${added[0].name})`));
  }
  return [...known, ...added];
}

function mismatch({ dataset, name }: StoredTable, problem: string): string {
  return `Provided Schema does not match Table ${dataset}.${name}. ${problem}`;
}

function propertiesOf({ timePartitioning, clustering }: LoadConfiguration): Readonly<Record<string, unknown>> {
  return {
    ...(timePartitioning === undefined ? {} : { timePartitioning }),
    ...(clustering === undefined ? {} : { clustering }),
  };
}

interface Place {
  readonly partition: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Rows with their partition. Throws LoadError for a row that belongs to another one than the job names. */
function placed(rows: readonly ExplicitRow[], { partition, properties }: Place): ExplicitRow[] {
  const loadedOn = partition ?? digitsOf(new Date().toISOString());
  return rows.map((row) => {
    const inPlace = partitionField(properties) === undefined ? { ...row, [LOADED_ON]: loadedOn } : row;
    if (partition !== undefined && dayOf(inPlace, properties) !== partition) {
      throw new LoadError(`Some rows belong to different partitions rather than destination partition ${partition}`);
    }
    return inPlace;
  });
}

function dayOf(row: ExplicitRow, properties: Place['properties']): string {
  return digitsOf(cellText(row[partitionField(properties) ?? LOADED_ON]));
}

function digitsOf(time: string): string {
  return time.replaceAll('-', '').slice(0, 8);
}

function partitionField(properties: Place['properties']): string | undefined {
  return z.object({ field: z.string() }).safeParse(properties['timePartitioning']).data?.field;
}
