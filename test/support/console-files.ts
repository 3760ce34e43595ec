/** The cases of `test/fixtures/console` about errors and metadata files (its README), or those of another folder of its layout. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const OWN_CASES = fileURLToPath(new URL('../fixtures/console', import.meta.url));

const Base = z.object({ experiment: z.record(z.string(), z.unknown()) });

const ErrorsCase = z.object({
  name: z.string(),
  slug: z.string(),
  rows: z.array(z.record(z.string(), z.string().nullable())),
  expected: z.object({ text: z.string() }),
});

const MetadataCase = z.object({
  name: z.string(),
  slug: z.string(),
  experiment: z.record(z.string(), z.unknown()).default({}),
  hub: z.record(z.string(), z.string()),
  steps: z.array(
    z.object({
      now: z.string(),
      sql: z.array(z.string()).default([]),
      start: z.string().optional(),
      text: z.string().nullable(),
    }),
  ),
});

export type ConsoleErrorsCase = z.infer<typeof ErrorsCase>;

export interface ConsoleMetadataCase extends z.infer<typeof MetadataCase> {
  /** The record of the experiments API. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** The folder of the cases: CONTRAIL_FIXTURES, or the project's own. */
export function consoleFolder(): string {
  return process.env['CONTRAIL_FIXTURES'] ?? OWN_CASES;
}

/** Cases of errors files; each row has the experiment that the case leaves out. */
export function consoleErrorsCases(folder: string = OWN_CASES): ConsoleErrorsCase[] {
  return readCases(folder, 'errors').map((json) => {
    const { rows, ...read } = ErrorsCase.parse(json);
    return { ...read, rows: rows.map((row) => ({ experiment: read.slug, ...row })) };
  });
}

/** Cases of metadata files. */
export function consoleMetadataCases(folder: string = OWN_CASES): ConsoleMetadataCase[] {
  const base = Base.parse(readJson(join(folder, 'base.json')));
  return readCases(folder, 'metadata').map((json) => {
    const read = MetadataCase.parse(json);
    return { ...read, record: { slug: read.slug, ...base.experiment, ...read.experiment } };
  });
}

function readCases(folder: string, kind: string): unknown[] {
  const names = readdirSync(join(folder, kind)).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => readJson(join(folder, kind, name)));
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
