/** An experiment as the experiments API gives it: live since 1 January 2026, with two branches. */
export function liveExperiment(slug: string) {
  return {
    slug,
    appName: 'fenix',
    status: 'Live',
    startDate: '2026-01-01',
    endDate: null,
    enrollmentEndDate: '2026-01-08',
    proposedEnrollment: 7,
    branches: [
      { slug: 'control', ratio: 1 },
      { slug: 'treatment', ratio: 1 },
    ],
    bucketConfig: { randomizationUnit: 'nimbus_id', namespace: 'n', start: 0, count: 100, total: 10_000 },
    referenceBranch: 'control',
    outcomes: [],
    segments: [],
  };
}
