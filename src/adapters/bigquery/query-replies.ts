/** Schemas of REST replies; only the fields that are used. */
import { z } from 'zod';
import { RestSchema } from './column-types.ts';

/** 64-bit numbers are texts; the emulator sends some as numbers. */
const Count = z.coerce.number().int().nonnegative();

/** A dry run has no job, so its reference is empty. */
export const JobReference = z.object({ jobId: z.string().default(''), location: z.string().optional() });

export const QueryReply = z.object({
  jobComplete: z.boolean().default(false),
  jobReference: JobReference.optional(),
  schema: RestSchema.optional(),
  /** Parsed in rest-rows.ts. */
  rows: z.array(z.unknown()).default([]),
  totalRows: Count.optional(),
  pageToken: z.string().optional(),
  cacheHit: z.boolean().default(false),
  totalBytesProcessed: Count.optional(),
  totalBytesBilled: Count.optional(),
  totalSlotMs: Count.optional(),
  startTime: Count.optional(),
});
export type QueryReply = z.infer<typeof QueryReply>;

const TableReference = z.object({ projectId: z.string(), datasetId: z.string(), tableId: z.string() });

const RoutineName = z.object({ projectId: z.string(), datasetId: z.string(), routineId: z.string() });
export type RoutineName = z.infer<typeof RoutineName>;

/** Only remote functions have such options. */
export const RoutineReply = z.object({ remoteFunctionOptions: z.unknown().optional() });

const JobError = z.object({ reason: z.string().default(''), message: z.string().default('') });

export const JobReply = z.object({
  jobReference: JobReference,
  status: z.object({ state: z.string(), errorResult: JobError.optional() }),
  configuration: z.object({ query: z.object({ destinationTable: TableReference.optional() }).optional() }).optional(),
  statistics: z
    .object({
      totalSlotMs: Count.optional(),
      startTime: Count.optional(),
      totalBytesProcessed: Count.optional(),
      query: z
        .object({
          totalBytesBilled: Count.optional(),
          totalBytesProcessed: Count.optional(),
          statementType: z.string().optional(),
          schema: RestSchema.optional(),
          referencedTables: z.array(TableReference).optional(),
          referencedRoutines: z.array(RoutineName).optional(),
        })
        .optional(),
    })
    .optional(),
});
export type JobReply = z.infer<typeof JobReply>;

export const DatasetReply = z.object({
  location: z
    .string()
    .optional()
    .transform((text) => (text === '' ? undefined : text)),
});

/** A field with all that the service says of it. */
const KeptField = z.looseObject({
  name: z.string(),
  get fields() {
    return z.array(KeptField).optional();
  },
});
export type KeptField = z.infer<typeof KeptField>;

/** A table whose schema is to be written again. */
export const KeptTableReply = z.object({
  etag: z.string().optional(),
  schema: z.object({ fields: z.array(KeptField).default([]) }).default({ fields: [] }),
  numRows: Count.optional(),
});
export type KeptTableReply = z.infer<typeof KeptTableReply>;

export const TableReply = z.object({
  type: z.string().default('TABLE'),
  description: z.string().optional(),
  schema: RestSchema.optional(),
  lastModifiedTime: Count.optional(),
  numRows: Count.optional(),
  numBytes: Count.optional(),
  streamingBuffer: z.unknown().optional(),
  view: z.object({ query: z.string() }).optional(),
});
export type TableReply = z.infer<typeof TableReply>;

export const TableListReply = z.object({
  tables: z.array(z.object({ tableReference: TableReference, type: z.string().default('TABLE') })).default([]),
  nextPageToken: z.string().optional(),
});
