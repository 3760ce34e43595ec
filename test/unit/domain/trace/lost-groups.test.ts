import { describe, expect, it } from 'vitest';
import { lostGroups } from '../../../../src/domain/trace/lost-groups.ts';
import type { TraceCell } from '../../../../src/domain/trace/cell.ts';
import { isLost, reasonText } from '../../../../src/domain/trace/reason-text.ts';
import { traceExperiment } from '../../../../src/domain/trace/trace.ts';
import { traceCases } from '../../../support/trace-cases.ts';

const FACTS = { slug: 'my-slug', failedExports: new Map(), rebuilding: new Map() };
const GOLDEN_CELLS = traceCases().flatMap(({ inputs }) => traceExperiment(inputs));

function cell(metric: string, part: Partial<TraceCell> = {}): TraceCell {
  const key = { period: 'weekly', metric, basis: 'enrollments', segment: 'all', window: 3 } as const;
  return { ...key, lost: 'computed', reason: 'no_clients', ...part } as TraceCell;
}
const shown = { lost: null, view: 'card' } as const;

describe('lost results', () => {
  it('are grouped by reason, each metric once', () => {
    const cells = [
      cell('a'),
      cell('a', { segment: 'new' }),
      cell('b'),
      cell('c', shown),
      cell('d', { window: null, lost: 'due', reason: 'skipped' } as never),
    ];

    const groups = lostGroups(cells, FACTS).map(({ lost, metrics }) => [lost, metrics]);

    expect(groups).toEqual([
      ['computed', ['a', 'b']],
      ['due', ['d']],
    ]);
  });

  it('are each in one group', () => {
    const groups = lostGroups(GOLDEN_CELLS, FACTS);

    expect(groups.flatMap(({ cells }) => cells).length).toBe(GOLDEN_CELLS.filter(isLost).length);
  });

  it('name basis and segments if only some results of a metric are lost', () => {
    const cells = [cell('a'), cell('a', { segment: 'new' }), cell('a', { basis: 'exposures', ...shown } as never)];

    expect(lostGroups(cells, FACTS)[0]?.metrics).toEqual(['a (enrollments: all, new)']);
  });

  it('are all metrics if the whole period is lost in one way', () => {
    expect(lostGroups([cell('a'), cell('b')], FACTS)[0]?.metrics).toEqual(['all 2 metrics']);
  });
});

it('gives a reason and a next step for every lost result of the goldens', () => {
  for (const lost of GOLDEN_CELLS.filter(isLost)) {
    const { why, next } = reasonText(lost, FACTS);
    expect(why, lost.reason).toMatch(/^[A-Z].{10,}/s);
    expect(next, lost.reason).toMatch(/^[A-Z`].{10,}\.$/s);
    expect(`${why} ${next}`).not.toMatch(/undefined|null/);
  }
});

it('names the failure behind a missing file, and its remedy', () => {
  const failedExports = new Map([
    ['weekly', { code: 'ROWS_REFUSED', message: 'my-slug weekly not published.' }],
  ] as const);
  const lost = cell('a', { lost: 'published', reason: 'no_file' } as never);
  if (!isLost(lost)) throw new Error('it is lost');

  expect(reasonText(lost, { slug: 'my-slug', failedExports, rebuilding: new Map() })).toEqual({
    why: 'Nothing is published for weekly. The newest export failed: my-slug weekly not published.',
    next: expect.stringContaining('Correct the rows in the analysis') as string,
  });
});

it('says that a rerun is bringing the tables back', () => {
  const rebuilding = new Map([['weekly', 'weeks 1, 2 of 6']] as const);
  const texts = (['file_stale', 'no_file'] as const).map((reason) => {
    const lost = cell('a', { lost: 'published', reason } as never);
    if (!isLost(lost)) throw new Error('it is lost');
    return reasonText(lost, { ...FACTS, rebuilding }).why;
  });

  expect(texts).toEqual([
    'A rerun of the analysis is bringing the tables back: weeks 1, 2 of 6. The last published file stays until then.',
    'Nothing is published for weekly.',
  ]);
});
