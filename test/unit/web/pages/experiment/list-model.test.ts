import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../../../../src/domain/experiment.ts';
import { type ListFilter, listView } from '../../../../../src/web/pages/experiment/list-model.ts';

const NOW = Date.parse('2026-01-15T12:00:00Z');
const ALL: ListFilter = { q: '', app: '', status: '', page: 1 };

function experiment(slug: string, part: Partial<Experiment> = {}): Experiment {
  return { slug, appName: 'fenix', startDate: '2026-01-01', endDate: null, enrollmentEndDate: null, ...part };
}
function slugs(experiments: readonly Experiment[], filter: Partial<ListFilter> = {}): string[] {
  return listView(experiments, { ...ALL, ...filter }, NOW).shown.map(({ experiment: { slug } }) => slug);
}
const LIVE = experiment('live-one');
const ENDED = experiment('ended-one', { endDate: '2026-01-10', appName: 'firefox_ios' });
const PLANNED = experiment('planned-one', { startDate: null });

describe('the list of experiments', () => {
  it('has live ones first, then those to come, then ended ones', () => {
    expect(slugs([ENDED, PLANNED, LIVE])).toEqual(['live-one', 'planned-one', 'ended-one']);
  });

  it.each<[Partial<ListFilter>, string[]]>([
    [{ q: 'ONE live' }, ['live-one']],
    [{ q: 'two' }, []],
    [{ app: 'firefox_ios' }, ['ended-one']],
    [{ status: 'not started' }, ['planned-one']],
    [{ status: 'ended', app: 'fenix' }, []],
  ])('is filtered by %j', (filter, expected) => {
    expect(slugs([ENDED, PLANNED, LIVE], filter)).toEqual(expected);
  });

  it('has fifty on a page, each experiment on one page', () => {
    const many = Array.from({ length: 120 }, (_, index) => experiment(`e${index}`));
    const pages = [1, 2, 3].map((page) => slugs(many, { page }));

    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat()).size).toBe(120);
    expect(listView(many, { ...ALL, page: 9 }, NOW)).toMatchObject({ page: 3, pages: 3, matching: 120 });
  });

  it('takes an ended holdback whose end moves with today for a live one', () => {
    const results = {
      startDate: '2025-01-01',
      endDate: '2026-01-14',
      enrollmentEndDate: '2025-12-24',
      proposedEnrollment: 7,
      proposedDuration: null,
      isRollout: false,
      isHoldback: true,
      doRerun: false,
    };
    const holdback = experiment('holdback', { endDate: '2026-01-14', enrollmentEndDate: '2025-12-24', results });

    expect(slugs([holdback], { status: 'live' })).toEqual(['holdback']);
  });
});
