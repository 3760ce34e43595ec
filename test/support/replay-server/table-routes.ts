/** REST: datasets, tables, and the rows of tables. */
import { z } from 'zod';
import type { Catalog, StoredTable } from './catalog.ts';
import { ExplicitContent } from './explicit-content.ts';
import { normalField } from './field-schema.ts';
import type { Route } from './rest-exchange.ts';
import { FieldList } from './rest-schemas.ts';
import type { RowPages } from './row-pages.ts';
import { RefusedError } from './statuses.ts';
import type { TableContent } from './table-content.ts';

const DEFAULT_LIST_SIZE = 50;

const NewTable = z.looseObject({
  tableReference: z.object({ tableId: z.string() }),
  schema: FieldList.optional(),
  view: z.looseObject({ query: z.string() }).optional(),
});
const TablePatch = z.looseObject({ schema: FieldList.optional() });
const Permissions = z.object({ permissions: z.array(z.string()) });
const NewDataset = z.object({ datasetReference: z.object({ datasetId: z.string() }) });

/** The routes. */
export function tableRoutes(catalog: Catalog, pages: RowPages): Route[] {
  return [
    { kind: 'datasets.list', method: 'GET', path: '/datasets', handle: () => datasetList(catalog) },
    {
      kind: 'datasets.get',
      method: 'GET',
      path: '/datasets/:dataset',
      handle: ({ params: { dataset = '' } }) => {
        catalog.checkDataset(dataset);
        return datasetResource(catalog, dataset);
      },
    },
    {
      kind: 'datasets.insert',
      method: 'POST',
      path: '/datasets',
      handle: ({ body }) => {
        const { datasetId } = NewDataset.parse(JSON.parse(body.toString())).datasetReference;
        catalog.addDataset(datasetId);
        return datasetResource(catalog, datasetId);
      },
    },
    {
      kind: 'tables.list',
      method: 'GET',
      path: '/datasets/:dataset/tables',
      handle: ({ params: { dataset = '' }, query }) => tableList(catalog, dataset, query),
    },
    {
      kind: 'tables.insert',
      method: 'POST',
      path: '/datasets/:dataset/tables',
      handle: ({ params: { dataset = '' }, body }) =>
        resource(catalog, insertTable(catalog, dataset, NewTable.parse(JSON.parse(body.toString())))),
    },
    {
      kind: 'tables.get',
      method: 'GET',
      path: '/datasets/:dataset/tables/:table',
      handle: ({ params: { dataset = '', table = '' } }) =>
        resource(catalog, catalog.get(dataset, withoutDecorator(table))),
    },
    {
      kind: 'tables.testIamPermissions',
      method: 'POST',
      // The colon in brackets begins no parameter.
      path: '/datasets/:dataset/tables/:table[:]testIamPermissions',
      handle: ({ params: { dataset = '', table = '' }, body }) => {
        catalog.get(dataset, table);
        const asked = Permissions.parse(JSON.parse(body.toString())).permissions;
        return { permissions: asked.filter((name) => catalog.permissions.has(name)) };
      },
    },
    {
      kind: 'tables.patch',
      method: 'PATCH',
      path: '/datasets/:dataset/tables/:table',
      handle: ({ params: { dataset = '', table = '' }, body }) => {
        const old = catalog.get(dataset, table);
        const { schema, ...changes } = TablePatch.parse(JSON.parse(body.toString()));
        const content = schema === undefined ? old.content : withFields(old, schema.fields);
        const patched = { ...old, content, properties: { ...old.properties, ...changes }, lastModifiedMs: Date.now() };
        catalog.put(patched);
        return resource(catalog, patched);
      },
    },
    {
      kind: 'tables.delete',
      method: 'DELETE',
      path: '/datasets/:dataset/tables/:table',
      handle: ({ params: { dataset = '', table = '' } }) => {
        catalog.get(dataset, table);
        catalog.remove(dataset, table);
      },
    },
    {
      kind: 'tabledata.list',
      method: 'GET',
      path: '/datasets/:dataset/tables/:table/data',
      handle: ({ params: { dataset = '', table = '' }, query, plan }) => {
        const { content, kind } = catalog.get(dataset, table);
        if (kind === 'view') {
          throw new RefusedError({ code: 'INVALID_ARGUMENT', message: 'Cannot list a table of type VIEW.' });
        }
        const { totalRows, rows, pageToken } = pages.page(content, query, plan);
        return { kind: 'bigquery#tableDataList', totalRows, ...(pageToken === undefined ? {} : { pageToken }), rows };
      },
    },
  ];
}

/** Fields may be added, and none taken away. */
function withFields({ dataset, name, content }: StoredTable, given: z.infer<typeof FieldList>['fields']): TableContent {
  const fields = given.flatMap((field) => normalField(field) ?? []);
  const lost = content.fields.find((field) => !fields.some((other) => other.name === field.name));
  if (lost !== undefined || !(content instanceof ExplicitContent)) {
    const message = `Provided Schema does not match Table ${dataset}.${name}. Field ${lost?.name} is missing in new schema`;
    throw new RefusedError({ code: 'INVALID_ARGUMENT', message });
  }
  return new ExplicitContent(fields, content.rows);
}

function withoutDecorator(table: string): string {
  return table.replace(/\$.*$/, '');
}

function datasetList(catalog: Catalog): unknown {
  const datasets = catalog.datasets.map((dataset) => datasetResource(catalog, dataset));
  return { kind: 'bigquery#datasetList', datasets };
}

function datasetResource({ project: projectId, location }: Catalog, datasetId: string): unknown {
  return {
    kind: 'bigquery#dataset',
    id: `${projectId}:${datasetId}`,
    datasetReference: { projectId, datasetId },
    location,
  };
}

function tableList(catalog: Catalog, dataset: string, query: URLSearchParams): unknown {
  catalog.checkDataset(dataset);
  const all = catalog.tablesOf(dataset);
  const from = Number(query.get('pageToken') ?? 0);
  const to = from + Number(query.get('maxResults') ?? DEFAULT_LIST_SIZE);
  const tables = all.slice(from, to).map((table) => ({
    kind: 'bigquery#table',
    id: `${catalog.project}:${dataset}.${table.name}`,
    tableReference: reference(catalog, table),
    type: table.kind.toUpperCase(),
    creationTime: String(table.createdMs),
    ...(table.kind === 'view' ? { view: { useLegacySql: false } } : {}),
  }));
  return {
    kind: 'bigquery#tableList',
    ...(to < all.length ? { nextPageToken: String(to) } : {}),
    ...(tables.length === 0 ? {} : { tables }),
    totalItems: all.length,
  };
}

function insertTable(
  catalog: Catalog,
  dataset: string,
  { tableReference, schema, view, ...rest }: z.infer<typeof NewTable>,
): StoredTable {
  catalog.checkDataset(dataset);
  const name = tableReference.tableId;
  if (catalog.find(dataset, name) !== undefined) {
    const message = `Already Exists: Table ${catalog.project}:${dataset}.${name}`;
    throw new RefusedError({ code: 'ALREADY_EXISTS', message });
  }
  const fields = (schema?.fields ?? []).flatMap((field) => normalField(field) ?? []);
  const now = Date.now();
  const table: StoredTable = {
    dataset,
    name,
    kind: view === undefined ? 'table' : 'view',
    content: new ExplicitContent(fields, []),
    createdMs: now,
    lastModifiedMs: now,
    properties: { ...rest, ...(view === undefined ? {} : { view }) },
  };
  catalog.put(table);
  return table;
}

function reference({ project: projectId }: Catalog, { dataset: datasetId, name: tableId }: StoredTable) {
  return { projectId, datasetId, tableId };
}

function resource(catalog: Catalog, table: StoredTable): unknown {
  const { content, kind } = table;
  const size =
    kind === 'view'
      ? {}
      : { numRows: String(content.rowCount), numBytes: String(content.byteCount), numLongTermBytes: '0' };
  return {
    ...table.properties,
    kind: 'bigquery#table',
    id: `${catalog.project}:${table.dataset}.${table.name}`,
    tableReference: reference(catalog, table),
    schema: { fields: content.fields },
    type: kind.toUpperCase(),
    creationTime: String(table.createdMs),
    lastModifiedTime: String(table.lastModifiedMs),
    location: catalog.location,
    ...size,
  };
}
