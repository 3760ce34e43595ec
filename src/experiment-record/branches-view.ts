/** The branches of a record with their ratios. One that cannot be read makes all shares unknown. */
import { z } from 'zod';
import type { BranchRatio } from '../domain/experiment.ts';
import { Text, Whole } from './record.ts';

const BranchesView = z.object({ branches: z.array(z.object({ slug: Text, ratio: Whole })) });

/** Empty if they cannot be read. */
export function branchRatiosOf(record: unknown): readonly BranchRatio[] {
  return BranchesView.safeParse(record).data?.branches ?? [];
}
