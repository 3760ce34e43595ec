/** Splits the plan of a divided export into plans for its parts. */
import type { DropPlan } from './drop-plan.ts';
import type { FileOutline } from './outline.ts';

/** A plan per part, in order; client rows are counted within each part. */
export function plansOfParts(plan: DropPlan, outlines: readonly FileOutline[]): DropPlan[] {
  return outlines.map((_, index) => ({
    groups: plan.groups.map((group) => {
      const before = outlines.slice(0, index).reduce((sum, outline) => sum + clientsOf(outline, group), 0);
      return {
        ...group,
        clients: group.clients
          .filter(({ place }) => place >= before)
          .map(({ place, drop }) => ({ place: place - before, drop })),
      };
    }),
  }));
}

function clientsOf({ groups }: FileOutline, { segment, basis }: DropPlan['groups'][number]): number {
  return groups.find((group) => group.segment === segment && group.basis === basis)?.clients.length ?? 0;
}
