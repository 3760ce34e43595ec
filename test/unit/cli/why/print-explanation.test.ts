import { expect, it } from 'vitest';
import { explanationLines } from '../../../../src/cli/why/print-explanation.ts';
import type { TraceCell } from '../../../../src/domain/trace/cell.ts';

const KEY = { period: 'weekly', basis: 'enrollments', segment: 'all', window: 3 } as const;

it('prints headline, steps, reasons and next steps', () => {
  const cells: TraceCell[] = [
    { ...KEY, metric: 'a', lost: 'computed', reason: 'no_clients' },
    { ...KEY, metric: 'b', lost: null, view: 'card' },
  ];

  const lines = explanationLines({
    experiment: 'my-slug',
    cells,
    failedExports: new Map(),
    rebuilding: new Map(),
    problems: [],
    warnings: [],
  });

  expect(lines).toEqual([
    'my-slug: 2 expected, 1 shown; 1 not computed',
    '',
    'configured       2',
    'due              2',
    'computed         1   1 lost',
    'published        1',
    'shown            1',
    '',
    'weekly, window 3: not computed: a',
    '  No clients were counted.',
    '  → Check the targeting and the segment if there should be clients.',
  ]);
});
