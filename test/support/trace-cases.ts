/** The traces of `test/fixtures/today` (its README), or of the folder CONTRAIL_FIXTURES, of the same layout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ANALYSIS_PERIODS, type AnalysisPeriod } from '../../src/domain/analysis-period.ts';
import { CONSOLE_RULES, DEFAULT_CONSOLE_RULES } from '../../src/domain/console-rules.ts';
import { normaliseSlug } from '../../src/domain/slug.ts';
import { FileCells } from '../../src/domain/trace/file-cells.ts';
import { ANALYSIS_BASES, type TraceInputs, type WindowTable } from '../../src/domain/trace/inputs.ts';
import { TableCells } from '../../src/domain/trace/table-cells.ts';
import { WINDOW_PERIODS } from '../../src/domain/window-period.ts';

const OWN_CASES = fileURLToPath(new URL('../fixtures/today', import.meta.url));

const rules = CONSOLE_RULES[DEFAULT_CONSOLE_RULES];

const Text = z.string().nullable();
const Cell = z.union([z.null(), z.number(), z.string(), z.boolean()]);
const Row = z.object({
  metric: Cell,
  statistic: Cell,
  parameter: Cell,
  branch: Cell,
  comparison: Cell,
  comparison_to_branch: Cell,
  ci_width: Cell,
  point: Cell,
  lower: Cell,
  upper: Cell,
  segment: Cell,
  analysis_basis: Cell,
});
const FileRow = Row.extend({ window_index: Cell });
const Log = z.object({
  timestamp: z.string(),
  experiment: Text,
  message: Text,
  log_level: Text,
  filename: Text,
  func_name: Text,
  exception_type: Text,
  source: Text,
  metric: Text,
  analysis_basis: Text,
  segment: Text,
  analysis_period: Text,
});
const Slugs = z.array(z.object({ slug: z.string() })).transform((list) => list.map(({ slug }) => slug));
const Metric = z
  .object({ metric: z.string(), bases: z.array(z.enum(ANALYSIS_BASES)) })
  .transform(({ metric, bases }) => ({ name: metric, bases }));

const TraceCase = z.object({
  name: z.string(),
  now: z.iso.datetime(),
  experiment: z.object({
    slug: z.string(),
    startDate: Text,
    endDate: Text,
    enrollmentEndDate: Text,
    branches: Slugs,
    referenceBranch: Text,
    segments: Slugs,
    isRollout: z.boolean(),
    isHoldback: z.boolean(),
    doRerun: z.boolean(),
  }),
  analysisStart: Text,
  config: z.partialRecord(z.enum(ANALYSIS_PERIODS), z.array(Metric)),
  primaryMetrics: z.array(z.string()),
  tables: z.record(z.string(), z.object({ modified: z.string(), rows: z.array(Row) })),
  files: z.partialRecord(z.enum(ANALYSIS_PERIODS), z.object({ version: z.string(), rows: z.array(FileRow) })),
  logs: z.array(Log),
  skip: z.boolean().default(false),
  result: z.object({
    cells: z.array(z.record(z.string(), z.unknown())),
    summary: z.record(z.string(), z.number()),
  }),
});

export type TraceFile = z.infer<typeof TraceCase>;

export interface ReadTraceCase {
  readonly name: string;
  readonly inputs: TraceInputs;
  readonly expected: TraceFile['result'];
}

/** All cases, with the rows of tables and files reduced to cells. */
export function traceCases(folder?: string): ReadTraceCase[] {
  return traceFiles(folder).map((read) => ({ name: read.name, inputs: inputsOf(read), expected: read.result }));
}

/** All cases as they are written. */
export function traceFiles(folder = process.env['CONTRAIL_FIXTURES'] ?? OWN_CASES): TraceFile[] {
  const json: unknown = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8'));
  return z.array(TraceCase).parse(json);
}

function inputsOf(read: TraceFile): TraceInputs {
  const { experiment, analysisStart, config, primaryMetrics, tables, files, logs, skip } = read;
  return {
    experiment,
    settings: { skip },
    metrics: new Map(ANALYSIS_PERIODS.map((period) => [period, config[period] ?? []])),
    primaryMetrics: new Set(primaryMetrics),
    tables: Object.entries(tables).map(([name, table]) => windowTable(experiment.slug, name, table)),
    files: new Map(
      ANALYSIS_PERIODS.flatMap((period) => {
        const file = files[period];
        if (file === undefined) return [];
        return [[period, { version: file.version, cells: new FileCells({ period, rules }).add(file.rows) }] as const];
      }),
    ),
    logs,
    analysisStart,
    now: Date.parse(read.now),
    rules,
  };
}

function windowTable(slug: string, name: string, { modified, rows }: TraceFile['tables'][string]): WindowTable {
  const { period, window } = placeOf(slug, name);
  return { period, window, version: modified, cells: new TableCells({ period, window, rules }).add(rows) };
}

function placeOf(slug: string, name: string): { readonly period: AnalysisPeriod; readonly window: number } {
  for (const period of ANALYSIS_PERIODS) {
    const start = `statistics_${normaliseSlug(slug)}_${WINDOW_PERIODS[period]}_`;
    const window = name.slice(start.length);
    if (name.startsWith(start) && /^\d+$/.test(window)) return { period, window: Number(window) };
  }
  throw new Error(`${name} is no per-window table of ${slug}.`);
}
