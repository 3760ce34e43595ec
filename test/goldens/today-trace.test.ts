/** The traces of `test/fixtures/today`, or of CONTRAIL_FIXTURES: every cell in its place, with its step and reason. */
import { describe, expect, it } from 'vitest';
import { countCells } from '../../src/domain/trace/headline.ts';
import { traceExperiment } from '../../src/domain/trace/trace.ts';
import { traceCases } from '../support/trace-cases.ts';

describe.each(traceCases().map((test) => [test.name, test] as const))('the trace of %s', (_, { inputs, expected }) => {
  it('has the expected cells in their order', () => {
    const cells = traceExperiment(inputs);

    expect(cells).toStrictEqual(expected.cells);
  });

  it('counts them by step', () => {
    const counts = countCells(traceExperiment(inputs));

    expect({
      due: counts.notDue,
      computed: counts.notComputed,
      published: counts.refused + counts.notPublished,
      shown: counts.notDrawn,
      'all well': counts.shown,
    }).toEqual(expected.summary);
  });
});
