import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../../../src/domain/experiment.ts';
import type { CellFate, TraceCell } from '../../../../../src/domain/trace/cell.ts';
import { emptySentence } from '../../../../../src/web/pages/experiment/empty-sentence.ts';

const NOW = Date.parse('2025-11-02T12:00:00Z');
const EXPERIMENT: Experiment = {
  slug: 'my-slug',
  appName: 'firefox_desktop',
  startDate: '2025-10-27',
  endDate: null,
  enrollmentEndDate: '2025-11-03',
};
const REASONS = { slug: 'my-slug', failedExports: new Map(), rebuilding: new Map() };

function notYet(period: TraceCell['period'], due: string | null): TraceCell {
  return cell({ lost: 'due', reason: 'not_yet', due }, period);
}
function cell(fate: CellFate, period: TraceCell['period'] = 'weekly'): TraceCell {
  return { period, metric: 'a', basis: 'enrollments', segment: 'all', window: null, ...fate };
}
function sentence(cells: readonly TraceCell[], experiment: Experiment = EXPERIMENT) {
  return emptySentence({ experiment, cells, reasons: REASONS, now: NOW });
}

describe('an experiment without results', () => {
  it('says when the first ones are due', () => {
    const cells = [notYet('weekly', '2025-11-12T16:00:00Z'), notYet('daily', '2025-11-03T16:00:00Z')];

    expect(sentence(cells)).toBe('Enrolling since 27 Oct 2025. First daily results are due tomorrow.');
  });

  it.each([
    ['2025-11-02T16:00:00Z', 'today'],
    ['2025-11-12T16:00:00Z', 'on 12 Nov 2025'],
  ])('due %s says %s', (due, words) => {
    expect(sentence([notYet('weekly', due)])).toMatch(new RegExp(`weekly results are due ${words}\\.$`));
  });

  it('says that enrollment is open', () => {
    const experiment = { ...EXPERIMENT, enrollmentEndDate: null };

    expect(sentence([cell({ lost: 'due', reason: 'enrollment_open' })], experiment)).toBe(
      'Enrolling since 27 Oct 2025. Enrollment has not ended.',
    );
  });

  it('says why an experiment that has ended gets no results', () => {
    const ended = { ...EXPERIMENT, startDate: '2025-10-01', endDate: '2025-10-02', enrollmentEndDate: '2025-10-02' };

    expect(sentence([cell({ lost: 'due', reason: 'window_too_short' })], ended)).toBe(
      'The experiment ended before the first window was full.',
    );
  });

  it('says that it has not started', () => {
    const draft = { ...EXPERIMENT, startDate: null };

    expect(sentence([cell({ lost: 'due', reason: 'no_start' })], draft)).toMatch(/has not started/);
  });

  it('says that no metric is configured', () => {
    expect(sentence([])).toBe('No results are expected, because no metric is configured.');
  });
});

it('says nothing if some result is due', () => {
  expect(sentence([notYet('weekly', null), cell({ lost: 'computed', reason: 'no_clients' })])).toBeUndefined();
});
