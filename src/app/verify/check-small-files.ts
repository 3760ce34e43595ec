/** Checks the content of metadata and errors files against the console's schemas. */
import { z } from 'zod';
import { readWithin, TooLargeError } from '../../domain/byte-limit.ts';
import { hasNul } from '../../domain/nul-character.ts';
import { parseTimestamp } from '../../domain/utc-time.ts';
import { ErrorEntry } from '../../workers/errors/error-entry.ts';
import { sortedEntries } from '../../workers/errors/errors-file.ts';
import { type Fault, fault } from './faults.ts';

/** Far more than our largest: 10,000 errors of some kilobytes each. */
const LIMIT = { bytes: 300e6, setting: 'such files' };

const Text = z.string().refine((text) => !hasNul(text), 'must not hold U+0000');
const Name = Text;

const Metric = z.strictObject({
  analysis_bases: z.array(z.enum(['enrollments', 'exposures'])),
  bigger_is_better: z.boolean(),
  description: Text,
  friendly_name: Text,
});

const Outcome = z.strictObject({
  commit_hash: Text.nullable(),
  default_metrics: z.array(Name),
  description: Text,
  friendly_name: Text,
  metrics: z.array(Name),
  slug: Text,
});

const ExternalConfig = z.strictObject({
  reference_branch: Text.nullable(),
  end_date: z.iso.date().nullable(),
  start_date: z.iso.date().nullable(),
  enrollment_period: z.number().int().nullable(),
  skip: z.boolean(),
  url: Text,
});

const MetadataFile = z.strictObject({
  analysis_start_time: z
    .string()
    .refine((text) => parseTimestamp(text) !== undefined, 'must be a time')
    .nullable(),
  external_config: ExternalConfig.nullable(),
  metrics: z.record(Name, Metric),
  outcomes: z.record(Name, Outcome),
  version_info: z.null(),
  version_date: z.null(),
  schema_version: z.literal(4),
});

export async function checkMetadataFile(bytes: AsyncIterable<Uint8Array>): Promise<Fault[]> {
  const read = await readJson(bytes);
  if ('code' in read) return [read];
  const parsed = MetadataFile.safeParse(read.value);
  return parsed.success ? [] : [schemaFault(parsed.error)];
}

export async function checkErrorsFile(bytes: AsyncIterable<Uint8Array>): Promise<Fault[]> {
  const read = await readJson(bytes);
  if ('code' in read) return [read];
  const parsed = z.array(ErrorEntry).safeParse(read.value);
  if (!parsed.success) return [schemaFault(parsed.error)];
  const text = JSON.stringify(read.value);
  // Reading an entry also mends it: what is published must be mended already.
  if (JSON.stringify(parsed.data) !== text)
    return [fault('schema', 'Its entries are not written as Contrail writes them.')];
  return `[${sortedEntries(parsed.data).join(',')}]` === text
    ? []
    : [fault('order', 'Its entries are not sorted by time and message.')];
}

async function readJson(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly value: unknown } | Fault> {
  try {
    const read = await readWithin(LIMIT, bytes, 'it');
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(read));
    return { value };
  } catch (error) {
    if (error instanceof TooLargeError) return fault('schema', `The file cannot be checked: ${error.message}.`);
    if (error instanceof SyntaxError || error instanceof TypeError) return fault('json', 'The file is not valid JSON.');
    throw error;
  }
}

function schemaFault(error: z.ZodError): Fault {
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
  const others = error.issues.length > 1 ? `, and ${error.issues.length - 1} more` : '';
  return fault('schema', `Experimenter would reject the file: ${place}${issue?.message ?? 'unknown reason'}${others}.`);
}
