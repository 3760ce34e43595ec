/** The colour and the dashes of a branch, the same in all plots of a page. */

export interface BranchLook {
  readonly stroke: string;
  /** Past five branches colours repeat with dashes. */
  readonly strokeDasharray: string;
}

const COLOURS = 5;
const DASHES = ['none', '6,3', '2,3'] as const;

/** `branches` in the order of the record; the one that others are compared with has a colour of its own. */
export function branchLook(branch: string, branches: readonly string[], against: string | null): BranchLook {
  if (branch === against) return { stroke: 'var(--reference)', strokeDasharray: 'none' };
  const others = branches.filter((other) => other !== against);
  const index = Math.max(0, others.indexOf(branch));
  const round = Math.floor(index / COLOURS) % DASHES.length;
  return { stroke: `var(--branch-${(index % COLOURS) + 1})`, strokeDasharray: DASHES[round] ?? 'none' };
}
