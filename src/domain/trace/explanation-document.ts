/** An explanation as JSON, for `contrail why --json` and the API of the pages. */
import type { ContrailError } from '../errors.ts';
import type { Explanation } from './explanation.ts';
import { countCells, type TraceCounts, traceHeadline } from './headline.ts';

export function explanationDocument(explanation: Explanation) {
  const { experiment, cells, failedExports, rebuilding, problems, warnings, untraced } = explanation;
  const counts = countCells(cells);
  return {
    experiment,
    headline: untraced === undefined ? traceHeadline(counts) : null,
    cells,
    summary: untraced === undefined ? summaryOf(counts) : null,
    failedExports: [...failedExports].map(([period, failed]) => ({ period, ...failed })),
    rebuilding: [...rebuilding].map(([period, windows]) => ({ period, windows })),
    problems: problems.map(errorDocument),
    warnings,
    ...(untraced === undefined ? {} : { untraced: { ...errorDocument(untraced.error), found: untraced.found } }),
  };
}

function summaryOf({ notDue, notComputed, refused, notPublished, notDrawn, shown }: TraceCounts) {
  return {
    due: notDue,
    computed: notComputed,
    published: refused + notPublished,
    shown: notDrawn,
    'all well': shown,
  };
}

function errorDocument({ code, sentence }: ContrailError) {
  return { code, message: sentence };
}
