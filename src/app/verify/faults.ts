/** What can be wrong with a published file, and what to do about it. */

interface FaultKind {
  readonly remedy: string;
  /** Whether publishing the file anew mends it. */
  readonly isRepairable: boolean;
}

const ANEW = 'Publish it anew: `contrail verify --repair`.';

export const FAULTS = {
  name: { remedy: 'Remove the object if no reader needs it; Contrail never does.', isRepairable: false },
  foreign: {
    remedy: `Find out which program writes to the bucket, then publish the file anew with --repair.`,
    isRepairable: true,
  },
  experiment: {
    remedy: 'Remove the object if the console no longer needs it; Contrail never does.',
    isRepairable: false,
  },
  owner: {
    remedy: 'Rename one of the experiments, or remove the object; it is then published anew.',
    isRepairable: false,
  },
  leftover: {
    remedy: 'Run `contrail worker`, which removes such objects; then check that workers run all the time.',
    isRepairable: false,
  },
  unreadable: { remedy: 'Repair what the message names, and verify again.', isRepairable: false },
  headers: { remedy: ANEW, isRepairable: true },
  size: { remedy: ANEW, isRepairable: true },
  checksum: { remedy: ANEW, isRepairable: true },
  json: { remedy: ANEW, isRepairable: true },
  schema: { remedy: ANEW, isRepairable: true },
  rules: { remedy: ANEW, isRepairable: true },
  order: { remedy: ANEW, isRepairable: true },
  metadata: { remedy: ANEW, isRepairable: true },
  source: { remedy: ANEW, isRepairable: true },
  rows: { remedy: ANEW, isRepairable: true },
  version: { remedy: 'The next scan publishes it (`contrail schedule`); at once with --repair.', isRepairable: true },
  newer: {
    remedy: 'Check that the table was not replaced by an older one; then publish the file anew with --repair.',
    isRepairable: true,
  },
  content: { remedy: ANEW, isRepairable: true },
  refused: { remedy: 'Correct the source; the published file stays until then.', isRepairable: false },
} as const satisfies Record<string, FaultKind>;

export type FaultCode = keyof typeof FAULTS;

export interface Fault {
  readonly code: FaultCode;
  /** A sentence about the file. */
  readonly message: string;
}

export function fault(code: FaultCode, message: string): Fault {
  return { code, message };
}

export function remedyOf({ code }: Fault): string {
  return FAULTS[code].remedy;
}

export function isRepairable({ code }: Fault): boolean {
  return FAULTS[code].isRepairable;
}
