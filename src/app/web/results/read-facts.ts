/** Names of metrics and outcomes from the published metadata, and first errors from the published errors file. */
import { z } from 'zod';
import { readWithin, TooLargeError } from '../../../domain/byte-limit.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { MetricText, OutcomeText, ResultsFacts } from '../../../domain/results/results-facts.ts';
import { ANALYSIS_BASES, type TracedLog } from '../../../domain/trace/inputs.ts';
import { firstErrors } from '../../../domain/trace/log-match.ts';
import type { ObjectStore, StoredObject } from '../../../ports/object-store.ts';

export interface FactSources {
  readonly store: Pick<ObjectStore, 'read'>;
  /** Undefined: not published. */
  readonly metadata: StoredObject | undefined;
  readonly errors: StoredObject | undefined;
}

/** What the two files say. */
export interface FileFacts {
  readonly metrics: ReadonlyMap<string, MetricText>;
  readonly outcomes: readonly Omit<OutcomeText, 'isPrimary'>[];
  readonly firstErrors: ResultsFacts['firstErrors'];
  readonly problems: readonly string[];
}

/** Larger files are another program's. */
const LIMIT = { bytes: 20e6, setting: 'metadata and errors files' };

const Metric = z.object({
  friendly_name: z.string().nullish().catch(null),
  description: z.string().nullish().catch(null),
  bigger_is_better: z.boolean().nullish().catch(null),
});
const Outcome = z.object({
  slug: z.string(),
  friendly_name: z.string().nullish().catch(null),
  metrics: z.array(z.string()).catch([]),
});
const Metadata = z.object({
  analysis_start_time: z.string().nullish().catch(null),
  metrics: z.record(z.string(), z.unknown()).catch({}),
  outcomes: z.record(z.string(), z.unknown()).catch({}),
});
const Text = z.string().nullish().catch(null);
const Entry = z.object({
  timestamp: z.string(),
  experiment: Text,
  source: Text,
  metric: Text,
  analysis_basis: Text,
  segment: Text,
  exception_type: Text,
  message: Text,
  log_level: Text,
  filename: Text,
  func_name: Text,
});

export async function readFacts(
  { store, metadata, errors }: FactSources,
  slug: string,
  signal: AbortSignal,
): Promise<FileFacts> {
  const [described, failed] = await Promise.all([contentOf(store, metadata, signal), contentOf(store, errors, signal)]);
  const parsed = Metadata.safeParse(described.content).data;
  const entries = Array.isArray(failed.content) ? failed.content : [];
  return {
    metrics: new Map(Object.entries(parsed?.metrics ?? {}).flatMap(metricOf)),
    outcomes: Object.values(parsed?.outcomes ?? {}).flatMap(outcomeOf),
    firstErrors: firstErrorsOf(entries, { slug, analysisStart: parsed?.analysis_start_time ?? null }),
    problems: [
      ...(metadata === undefined
        ? ['The metadata file is not published yet, so metrics have no names and no direction.']
        : described.problems),
      ...failed.problems,
    ],
  };
}

/** Facts of the record and of the files together. */
export function factsOf(record: Experiment | undefined, files: FileFacts): ResultsFacts {
  const primary = record?.trace?.primaryOutcomes ?? [];
  const plan = record?.plan;
  const { metrics, firstErrors } = files;
  return {
    branches: branchesOf(record),
    referenceBranch: plan === undefined || 'problem' in plan ? null : plan.referenceBranch || null,
    outcomes: files.outcomes.map((outcome) => ({ ...outcome, isPrimary: primary.includes(outcome.slug) })),
    metrics,
    firstErrors,
  };
}

/** In the record's order. If the ratios cannot be read, the names may still. */
function branchesOf(record: Experiment | undefined): ResultsFacts['branches'] {
  const ratios = record?.branchRatios ?? [];
  return ratios.length > 0 ? ratios : (record?.console?.branches ?? []).map((slug) => ({ slug, ratio: null }));
}

function metricOf([metric, value]: readonly [string, unknown]): (readonly [string, MetricText])[] {
  const parsed = Metric.safeParse(value).data;
  if (parsed === undefined) return [];
  const { friendly_name: name, description, bigger_is_better: biggerIsBetter } = parsed;
  const text = { name: name?.trim() || metric, description: description?.trim() || null };
  return [[metric, { ...text, biggerIsBetter: biggerIsBetter ?? null }]];
}

function outcomeOf(value: unknown): Omit<OutcomeText, 'isPrimary'>[] {
  const parsed = Outcome.safeParse(value).data;
  if (parsed === undefined) return [];
  const { slug, friendly_name: name, metrics } = parsed;
  return [{ slug, name: name?.trim() || slug, metrics }];
}

function firstErrorsOf(
  entries: readonly unknown[],
  { slug, analysisStart }: { readonly slug: string; readonly analysisStart: string | null },
): ResultsFacts['firstErrors'] {
  const logs = entries.flatMap((entry): TracedLog[] => {
    const parsed = Entry.safeParse(entry).data;
    if (parsed === undefined) return [];
    const { experiment, source, metric, analysis_basis: basis, segment, exception_type: type, message } = parsed;
    return [
      {
        timestamp: parsed.timestamp,
        experiment: experiment ?? null,
        source: source ?? null,
        metric: metric ?? null,
        analysis_basis: basis ?? null,
        segment: segment ?? null,
        analysis_period: null,
        exception_type: type ?? null,
        message: message ?? null,
        log_level: parsed.log_level ?? null,
        filename: parsed.filename ?? null,
        func_name: parsed.func_name ?? null,
      },
    ];
  });
  const first = firstErrors({ experiment: { slug }, logs, analysisStart });
  return new Map(
    [...first].flatMap(([metric, { analysis_basis: basis, segment, exception_type: type }]) =>
      type === null ? [] : [[metric, { basis: ANALYSIS_BASES.find((known) => known === basis) ?? null, segment }]],
    ),
  );
}

async function contentOf(
  store: Pick<ObjectStore, 'read'>,
  object: StoredObject | undefined,
  signal: AbortSignal,
): Promise<{ readonly content: unknown; readonly problems: readonly string[] }> {
  const stream = object === undefined ? undefined : await store.read(object.name, signal);
  if (object === undefined || stream === undefined) return { content: undefined, problems: [] };
  try {
    const bytes = await readWithin(LIMIT, stream as AsyncIterable<Uint8Array>);
    return { content: JSON.parse(bytes.toString('utf8')), problems: [] };
  } catch (error) {
    if (!(error instanceof TooLargeError || error instanceof SyntaxError)) throw error;
    return { content: undefined, problems: [`${object.name} cannot be read: ${error.message}.`] };
  } finally {
    stream.destroy();
  }
}
