import { expect, it } from 'vitest';
import { numberRecords, parseExperiments } from '../../../src/experiment-record/planning-view.ts';
import { resultsOf, resultsProblem } from '../../../src/experiment-record/results-view.ts';

const REQUESTED = Date.parse('2026-08-21T03:00:00Z');

it.each([
  [{}, false, null],
  [{ doRerun: null, doRerunTimestamp: null }, false, null],
  [{ doRerun: true, doRerunTimestamp: '2026-08-21T03:00:00.009942Z' }, true, REQUESTED + 9.942],
  [{ doRerun: true, doRerunTimestamp: '2026-08-21T03:00:00Z' }, true, REQUESTED],
  [{ doRerun: false, doRerunTimestamp: '2026-08-21T05:00:00+02:00' }, false, REQUESTED],
])('a record with %j asks for a rerun: %j, at %j', (fields, doRerun, rerunRequestedAt) => {
  const record = { slug: 'my-slug', ...fields };

  expect(resultsOf(record)).toMatchObject({ doRerun, rerunRequestedAt });
  expect(resultsProblem(record)).toBeUndefined();
});

it.each([
  [{ doRerun: 'yes' }, 'doRerun: must be true, false or null'],
  [{ doRerunTimestamp: 7 }, 'doRerunTimestamp: must be a time such as 2026-08-21T03:00:00.009942Z, or null'],
  [{ doRerunTimestamp: 'soon' }, 'doRerunTimestamp: must be a time such as'],
  [{ doRerunTimestamp: '2026-02-30T03:00:00Z' }, 'doRerunTimestamp: must be a time such as'],
  [{ isHoldback: 'false' }, 'isHoldback: must be true, false or null'],
])('a record with %j keeps its other fields, and the problem is told', (fields, problem) => {
  const record = { slug: 'my-slug', isRollout: true, proposedEnrollment: 7, ...fields };

  const { experiments, malformed, flawed } = parseExperiments(numberRecords([record]));

  const defaults = { isHoldback: false, doRerun: false, rerunRequestedAt: null };
  expect(malformed).toEqual([]);
  expect(experiments).toMatchObject([{ results: { isRollout: true, proposedEnrollment: 7, ...defaults } }]);
  expect(flawed).toMatchObject([{ code: 'EXPERIMENT_MALFORMED', message: expect.stringContaining(problem) }]);
});
