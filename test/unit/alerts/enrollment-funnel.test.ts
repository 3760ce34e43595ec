import { describe, expect, it } from 'vitest';
import { type EnrollmentFunnel, funnelVerdict, type SlugFunnel } from '../../../src/alerts/enrollment-funnel.ts';
import { NOW } from '../../support/alert-world.ts';

const HOUR = 3_600_000;

function list(parts: Partial<Extract<SlugFunnel, { kind: 'list' }>> = {}): SlugFunnel {
  return { kind: 'list', rows: { all: 10, malformed: 0 }, clients: 100, rate: 0.3, slugs: ['b'], ...parts };
}

function read(found: SlugFunnel | undefined, ageHours = 1): EnrollmentFunnel {
  const slugs = new Map(found === undefined ? [] : [['a', found]]);
  return { kind: 'read', changedAt: NOW - ageHours * HOUR, slugs };
}

const stateOf = (funnel: EnrollmentFunnel) => {
  const verdict = funnelVerdict(funnel, 'a', { now: NOW });
  return verdict.state === 'no_data' ? verdict.reason : verdict.state;
};

describe('funnelVerdict', () => {
  it('says what the conflict is', () => {
    const verdict = funnelVerdict(read(list({ rows: { all: 10, malformed: 1 } })), 'a', { now: NOW });

    expect(verdict).toEqual({ state: 'failing', rate: 0.3, slugs: ['b'], dropped: 1, late: false });
  });

  it.each([
    [0.25, 'failing'],
    [0.2499, 'passing'],
    [0, 'passing'],
  ])('of a share of %d is %s', (rate, state) => {
    expect(stateOf(read(list({ rate })))).toBe(state);
  });

  it('takes another limit', () => {
    expect(funnelVerdict(read(list()), 'a', { now: NOW, limit: 0.31 })).toMatchObject({ state: 'passing' });
  });

  it.each([
    [26, false],
    [26.01, true],
    [50, true],
    [-3, false],
  ])('of an object %d h old is late: %j', (age, late) => {
    expect(funnelVerdict(read(list(), age), 'a', { now: NOW })).toMatchObject({ state: 'failing', late });
  });

  it.each([
    [10, 1, 'failing'],
    [19, 1, 'failing'],
    [9, 1, 'malformed'],
    [30, 3, 'failing'],
    [30, 4, 'malformed'],
  ])('of %d rows of which %d are malformed is %s', (all, malformed, state) => {
    expect(stateOf(read(list({ rows: { all, malformed } })))).toBe(state);
  });

  const noClients = list({ clients: 0, rate: 0 });
  const allBad = list({ rows: { all: 3, malformed: 3 }, clients: 0, rate: 0 });
  const empty = list({ rows: { all: 0, malformed: 0 }, clients: 0, rate: 0 });

  it.each([
    ['absent', { kind: 'absent' }],
    ['old', read(list(), 50.01)],
    ['old', { kind: 'malformed', problem: 'it is not JSON', changedAt: NOW - 51 * HOUR }],
    ['old', read(undefined, 51)],
    ['malformed', { kind: 'malformed', problem: 'it is not JSON', changedAt: NOW }],
    ['malformed', read({ kind: 'no list' })],
    ['malformed', read(allBad)],
    ['no rows', read(undefined)],
    ['no rows', read(empty)],
    ['no clients', read(noClients)],
  ] satisfies [string, EnrollmentFunnel][])('has no data with the first reason that holds: %s', (reason, funnel) => {
    expect(stateOf(funnel)).toBe(reason);
  });
});
