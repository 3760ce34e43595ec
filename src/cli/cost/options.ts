/** Options of `contrail cost`. */
import { COST_GROUPINGS, type CostGrouping } from '../../app/cost/group-costs.ts';
import { ContrailError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest-name.ts';
import { quote } from '../../domain/slug.ts';
import { dayOf, MS_PER_DAY, parseDate } from '../../domain/utc-time.ts';

export interface CostOptions {
  readonly date?: string;
  readonly by?: string;
  readonly json?: true;
}

/** The day of --date, in UTC; USAGE if it is none, or has not come yet. */
export function dayAsked({ date }: CostOptions, now: number): string | undefined {
  if (date === undefined) return undefined;
  const names = { today: dayOf(now), yesterday: dayOf(now - MS_PER_DAY) };
  const day = Object.entries(names).find(([name]) => name === date)?.[1] ?? date;
  if (parseDate(day) === undefined) {
    throw new ContrailError('USAGE', `${quote(date)} is not a day.`, {
      hint: `${didYouMean(date, Object.keys(names))}Write it like ${names.yesterday}, or today or yesterday; days are those of UTC.`,
    });
  }
  if (day > names.today) {
    throw new ContrailError('USAGE', `${day} has not come yet: in UTC, today is ${names.today}.`);
  }
  return day;
}

export function groupingOf({ by = 'experiment' }: CostOptions): CostGrouping {
  const known = COST_GROUPINGS.find((grouping) => grouping === by);
  if (known !== undefined) return known;
  throw new ContrailError('USAGE', `Costs are not grouped by ${quote(by)}.`, {
    hint: `${didYouMean(by, COST_GROUPINGS)}--by takes ${COST_GROUPINGS.join(', ')}.`,
  });
}
