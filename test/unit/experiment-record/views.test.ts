import { expect, it } from 'vitest';
import { numberRecords, parseExperiments } from '../../../src/experiment-record/planning-view.ts';
import { resultsOf } from '../../../src/experiment-record/results-view.ts';
import { readForTable } from '../../../src/experiment-record/table-view.ts';

const RECORD = {
  slug: 'my-slug',
  appName: 'fenix',
  appId: 'org.mozilla.fenix',
  channel: 'release',
  channels: ['release'],
  targeting: 'true',
  startDate: '2026-01-01',
  endDate: null,
  enrollmentEndDate: null,
  proposedEnrollment: 7,
  proposedDuration: 28,
  referenceBranch: 'control',
  branches: [{ slug: 'control', ratio: 1, features: [] }],
  bucketConfig: { namespace: 'n', randomizationUnit: 'u', start: 0, count: 1, total: 10 },
  featureIds: ['f'],
  isRollout: false,
  outcomes: [{ slug: 'o', priority: 'primary' }],
  segments: [],
};

/** Which readers can use a record. */
function readersOf(record: unknown): string[] {
  const { experiments } = parseExperiments(numberRecords([record]));
  const [experiment] = experiments;
  const canPlan = experiment?.plan !== undefined && !('problem' in experiment.plan);
  return [
    ...(experiment === undefined ? [] : ['planning']),
    ...(canPlan ? ['metadata'] : []),
    ...(experiment?.console?.isPrimary === true ? ['console'] : []),
    ...(readForTable(record).kind === 'read' ? ['table'] : []),
    ...(resultsOf(record).proposedDuration === null ? [] : ['duration']),
  ];
}

it.each([
  [{}, ['planning', 'metadata', 'console', 'table', 'duration']],
  [{ proposedDuration: 'long' }, ['planning', 'metadata', 'console', 'table']],
  [{ proposedEnrollment: null }, ['planning', 'console', 'duration']],
  [{ channels: null }, ['planning', 'metadata', 'console', 'duration']],
  [{ appName: undefined }, ['planning', 'metadata', 'console', 'duration']],
  [
    { bucketConfig: { count: 1, total: 3, namespace: null, randomizationUnit: null } },
    ['planning', 'console', 'table', 'duration'],
  ],
  [{ outcomes: [{ slug: 7 }] }, ['planning', 'console', 'duration']],
  [{ outcomes: 'none' }, ['planning', 'duration']],
  [{ enrollmentEndDate: '2026-01-08T00:00:00Z' }, ['table', 'duration']],
  [{ slug: '' }, ['duration']],
])('a record with %j serves %j', (changes, readers) => {
  expect(readersOf({ ...RECORD, ...changes })).toEqual(readers);
});

it.each([
  [{}, ['o']],
  [{ outcomes: [{ slug: 'a', priority: 'secondary' }, { slug: 'b' }, { slug: 7 }, null] }, ['b']],
  [{ outcomes: 'none' }, []],
])('the trace reads the primary outcomes of a record with %j', (changes, primaryOutcomes) => {
  const { experiments } = parseExperiments(numberRecords([{ ...RECORD, ...changes }]));

  expect(experiments[0]?.trace).toEqual({ primaryOutcomes });
});
