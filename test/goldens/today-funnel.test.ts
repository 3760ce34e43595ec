/** The funnel cases of `test/fixtures/today`, or of CONTRAIL_FIXTURES: from a bucket to the verdict and to rule M4. */
import { expect, it } from 'vitest';
import { FileObjectStore } from '../../src/adapters/filesystem/object-store.ts';
import { MemoryRecordSink } from '../../src/adapters/memory/record-sink.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { funnelVerdict } from '../../src/alerts/enrollment-funnel.ts';
import { KeptEnrollmentFunnel } from '../../src/workers/monitoring/enrollment-funnel-object.ts';
import { ENROLLMENT_FUNNEL_OBJECT } from '../../src/workers/monitoring/read-enrollment-funnel.ts';
import { alertInputs, experiment, verdictOf } from '../support/alert-world.ts';
import { temporaryFolder } from '../support/duckdb.ts';
import { publishText } from '../support/publish-text.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { type FunnelCase, funnelCases, todayFolder } from '../support/today-files.ts';

const LIMIT = { bytes: 20_000_000, setting: 'CONTRAIL_ENROLLMENT_FUNNEL_MAXIMUM_BYTES' };

/** The funnel as read from a folder, and the time of the check. */
async function setup({ funnel: text, funnelAgeHours }: FunnelCase) {
  const store = new FileObjectStore({ root: temporaryFolder(), clock: systemClock });
  const published = funnelAgeHours === null ? undefined : await publishText(store, ENROLLMENT_FUNNEL_OBJECT, text);
  const now = (published?.changedAt ?? systemClock.now()) + (funnelAgeHours ?? 0) * 3_600_000;
  const records = { sink: new MemoryRecordSink(), clock: systemClock, log: recordedLog() };
  const kept = new KeptEnrollmentFunnel({ store, limit: LIMIT, records });
  return { now, funnel: await kept.read(new AbortController().signal) };
}

it.each(funnelCases(todayFolder()).map((test) => [test.name, test] as const))('%s', async (_, test) => {
  const { now, funnel } = await setup(test);

  const verdict = funnelVerdict(funnel, test.slug, { now });
  const inputs = alertInputs({ experiments: [experiment({ slug: test.slug })], enrollmentFunnel: funnel }, now);

  const { rate, ...expected } = test.result.ours;
  expect(verdict).toEqual(rate === undefined ? expected : { ...expected, rate: expect.closeTo(rate, 12) });
  expect(verdictOf('M4', inputs)).toBe(expected.state);
});
