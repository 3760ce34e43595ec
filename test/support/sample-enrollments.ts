/** The enrollments of the demo's sample, as the check of the alerts reads them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { MemoryExperimentsApi } from '../../src/adapters/memory/experiments-api.ts';
import { MemoryObjectStore } from '../../src/adapters/memory/object-store.ts';
import type { AlertInputs } from '../../src/alerts/inputs.ts';
import { enrollmentsSource } from '../../src/app/web/enrollments-source.ts';
import { ABSENT } from '../../src/ports/object-store.ts';
import type { EnrollmentsSource } from '../../src/web/pages/enrollments/source.ts';
import { alertInputs } from './alert-world.ts';
import { recordedLog } from './recorded-log.ts';
import { VirtualClock } from '../../src/adapters/memory/virtual-clock.ts';

const never = new AbortController().signal;
const LIMIT = { bytes: 10_000_000, setting: 'CONTRAIL_ENROLLMENT_COUNTS_MAXIMUM_BYTES' };

const Branch = z.object({ enrollments: z.number(), unenrollments: z.number() });
const Counts = z.object({
  v1: z.record(
    z.string(),
    z.object({
      total_enrollments: z.number(),
      total_unenrollments: z.number(),
      branches: z.record(z.string(), Branch),
    }),
  ),
});
export type SampleCounts = z.infer<typeof Counts>['v1'][string];

function sample(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../sample/${name}`, import.meta.url)), 'utf8');
}

export function sampleCounts(slug: string): SampleCounts {
  const found = Counts.parse(JSON.parse(sample('enrollment_counts_latest.json'))).v1[slug];
  if (found === undefined) throw new Error(`the sample has no counts of ${slug}`);
  return found;
}

export interface SampleOptions {
  /** Milliseconds since 1970; the objects are written then. */
  readonly now: number;
  /** Days with a file of totals, with their share of the newest totals. */
  readonly history?: Readonly<Record<string, number>>;
}

/** The source of the page on the sample's experiments and objects. */
export async function sampleEnrollments({ now, history = {} }: SampleOptions) {
  const clock = new VirtualClock(now);
  const store = new MemoryObjectStore({ clock });
  const write = async (name: string, content: string) => {
    const target = { name: `enrollment_counts/${name}`, contentType: 'application/json', ifGeneration: ABSENT };
    const writer = await store.write({ ...target, signal: never });
    await writer.write(Buffer.from(content));
    await writer.commit({});
  };
  for (const name of ['enrollment_counts_latest.json', 'enrollment_funnel_v1_latest.json'])
    await write(name, sample(name));
  const { v1 } = Counts.parse(JSON.parse(sample('enrollment_counts_latest.json')));
  for (const [day, share] of Object.entries(history)) {
    const part = (count: number) => Math.round(count * share);
    const totals = Object.entries(v1).map(([slug, { total_enrollments, total_unenrollments }]) => {
      const sums = { total_enrollments: part(total_enrollments), total_unenrollments: part(total_unenrollments) };
      return [slug, { ...sums, branches: {} }];
    });
    await write(`enrollment_counts_${day}.json`, JSON.stringify({ v1: Object.fromEntries(totals) }));
  }
  const experimentRecords = new MemoryExperimentsApi(JSON.parse(sample('experiments.json')));
  const source: EnrollmentsSource = enrollmentsSource({
    experimentRecords,
    store,
    countsLimit: LIMIT,
    funnelLimit: LIMIT,
    limits: {},
    clock,
    log: recordedLog(),
  });
  return { source, store, clock };
}

/** The inputs of the rules: the sample's enrollments, and nothing to complain of in the other sources. */
export async function sampleInputs(now: number): Promise<AlertInputs> {
  const { source } = await sampleEnrollments({ now });
  const part = await source.read(never);
  if (part.kind === 'unread') throw new Error(part.problem);
  const { experiments, enrollmentCounts, enrollmentFunnel } = part.value.inputs.sources;
  return { now, sources: { ...alertInputs({}, now).sources, experiments, enrollmentCounts, enrollmentFunnel } };
}
