/** Where metric-hub overrides an experiment's record, from the published metadata (spec: pages, C15). */
import { z } from 'zod';
import { readWithin, TooLargeError } from '../../../domain/byte-limit.ts';
import type { Experiment } from '../../../domain/experiment.ts';
import type { ObjectStore, StoredObject } from '../../../ports/object-store.ts';
import type { Override } from '../../../web/pages/experiment/source.ts';

/** Larger ones are another program's. */
const LIMIT = { bytes: 20e6, setting: 'metadata files' };

const Text = z.string().nullish();
const Metadata = z.object({
  external_config: z
    .object({
      reference_branch: Text,
      start_date: Text,
      end_date: Text,
      enrollment_period: z.number().nullish(),
      skip: z.boolean().nullish(),
    })
    .nullish(),
});

/** None if the file is missing or another program's. */
export async function readOverrides(
  store: Pick<ObjectStore, 'read'>,
  { object, experiment }: { readonly object: StoredObject | undefined; readonly experiment: Experiment },
  signal: AbortSignal,
): Promise<readonly Override[]> {
  if (object === undefined) return [];
  const config = Metadata.safeParse(await contentOf(store, object.name, signal)).data?.external_config;
  if (config === undefined || config === null) return [];
  const { plan, startDate, endDate, results } = experiment;
  const referenceBranch = plan === undefined || 'problem' in plan ? null : plan.referenceBranch;
  const days = (count: number | null | undefined): string | null =>
    count === null || count === undefined ? null : `${count} days`;
  const pairs: readonly (readonly [string, string | null, string | null | undefined])[] = [
    ['the reference branch', referenceBranch, config.reference_branch],
    ['the start', startDate, config.start_date],
    ['the end', endDate, config.end_date],
    ['the enrollment period', days(results?.proposedEnrollment), days(config.enrollment_period)],
    ['skip', null, config.skip === true ? 'true' : null],
  ];
  return pairs.flatMap(([what, recorded, used]) =>
    used === null || used === undefined ? [] : [{ what, recorded, used }],
  );
}

async function contentOf(store: Pick<ObjectStore, 'read'>, name: string, signal: AbortSignal): Promise<unknown> {
  const stream = await store.read(name, signal);
  if (stream === undefined) return undefined;
  try {
    return JSON.parse((await readWithin(LIMIT, stream as AsyncIterable<Uint8Array>)).toString('utf8'));
  } catch (error) {
    if (error instanceof TooLargeError || error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    stream.destroy();
  }
}
