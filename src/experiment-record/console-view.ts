/** The part of a record for the rules of statistics files. Fields that are missing here are missing in the console too. */
import { z } from 'zod';
import type { ConsoleRecord } from '../domain/console-record.ts';

const LenientRecord = z.object({
  outcomes: z
    .array(z.object({ priority: z.string().nullish().catch(null) }).catch({ priority: 'unreadable' }))
    .nullish()
    .catch(null),
  branches: z
    .array(z.object({ slug: z.string() }))
    .nullish()
    .catch(null),
  referenceBranch: z.string().nullish().catch(undefined),
});

export function consoleRecordOf(record: unknown): ConsoleRecord {
  const { outcomes, branches, referenceBranch } = LenientRecord.parse(record);
  return {
    isPrimary: (outcomes ?? []).some(({ priority }) => (priority ?? 'primary') === 'primary'),
    ...(branches === null || branches === undefined ? {} : { branches: branches.map(({ slug }) => slug) }),
    lacksReferenceBranch: referenceBranch === null || referenceBranch === '',
  };
}
