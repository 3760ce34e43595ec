/** A record of the experiments API that every reader takes: it runs, and has no end. */
export function experimentRecord(slug: string, parts: Readonly<Record<string, unknown>> = {}) {
  return {
    slug,
    startDate: '2025-12-01',
    endDate: null,
    enrollmentEndDate: null,
    proposedEnrollment: 7,
    referenceBranch: null,
    branches: [],
    appId: '',
    appName: 'fenix',
    channel: '',
    channels: [],
    targeting: '',
    bucketConfig: { count: 1, total: 2, namespace: null, randomizationUnit: null },
    featureIds: [],
    isRollout: false,
    ...parts,
  };
}
