/** Messages about changed tables: audit records of BigQuery, as a log sink publishes them. */
import { z } from 'zod';
import { tableReadings } from '../../domain/table-owners.ts';

/** Only what is used. `tableDataChange` is there when rows were written, whoever wrote them. */
const AuditRecord = z.object({
  protoPayload: z.object({
    resourceName: z.string().max(2_000),
    metadata: z.object({ tableDataChange: z.object({}).optional() }),
  }),
});

/** Audit records are a few kilobytes. */
const LONGEST = 256 * 1024;
const RESOURCE = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/;

export interface WatchedDataset {
  readonly dataset: string;
  /** Absent where the warehouse has no projects. */
  readonly project?: string;
}

/** `other`: about something that makes no files. `bad`: not a message of BigQuery. */
export type ChangeNotice = { readonly kind: 'table'; readonly table: string } | { readonly kind: 'other' | 'bad' };

export function readChangeNotice(content: Uint8Array, { project, dataset }: WatchedDataset): ChangeNotice {
  const record = content.length > LONGEST ? undefined : parse(content);
  if (record === undefined) return { kind: 'bad' };
  const { resourceName, metadata } = record.protoPayload;
  const [, ownProject, ownDataset, name = ''] = RESOURCE.exec(resourceName) ?? [];
  // `table$20260115` is a partition.
  const [table = ''] = name.split('$');
  const isOurs = ownDataset === dataset && (project === undefined || ownProject === project);
  const isChange = metadata.tableDataChange !== undefined;
  return isOurs && isChange && tableReadings(table).length > 0 ? { kind: 'table', table } : { kind: 'other' };
}

function parse(content: Uint8Array): z.infer<typeof AuditRecord> | undefined {
  try {
    return AuditRecord.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content))).data;
  } catch {
    return undefined;
  }
}
