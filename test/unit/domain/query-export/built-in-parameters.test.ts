import { describe, expect, it } from 'vitest';
import { dateOfTick, queryParameters } from '../../../../src/domain/query-export/built-in-parameters.ts';

const at = (text: string): number => Date.parse(text);
const TICK = at('2026-01-13T04:30:00Z');
const OLD = { slug: 'old', startedAt: at('2025-12-01') };
const NEW = { slug: 'new', startedAt: at('2026-01-10') };

describe('the parameters that Contrail gives', () => {
  it('are the chosen experiments, the first of their starts, the tick and the day before', () => {
    const parameters = queryParameters(
      { parameters: { mine: { type: 'INT64', value: '5' } }, date: 'before' },
      { tick: TICK, experiments: [NEW, OLD] },
    );

    expect(parameters).toEqual({
      mine: { type: 'INT64', value: '5' },
      experiments: { type: 'STRING', values: ['new', 'old'] },
      starts: { type: 'TIMESTAMP', values: ['2026-01-10T00:00:00Z', '2025-12-01T00:00:00Z'] },
      since: { type: 'TIMESTAMP', value: '2025-12-01T00:00:00Z' },
      now: { type: 'TIMESTAMP', value: '2026-01-13T04:30:00Z' },
      date: { type: 'DATE', value: '2026-01-12' },
    });
  });

  it('have the experiment of the query, and its own start', () => {
    const facts = { tick: TICK, experiments: [NEW, OLD], experiment: NEW };

    const parameters = queryParameters({ parameters: {}, date: 'tick' }, facts);

    expect(parameters).toMatchObject({
      experiment: { type: 'STRING', value: 'new' },
      since: { value: '2026-01-10T00:00:00Z' },
      date: { value: '2026-01-13' },
    });
  });

  it('begin at the tick where there is no experiment', () => {
    const parameters = queryParameters({ parameters: {}, date: 'tick' }, { tick: TICK, experiments: [] });

    expect(parameters).toMatchObject({ experiments: { values: [] }, since: { value: '2026-01-13T04:30:00Z' } });
  });

  it('have the day before the tick, also at midnight', () => {
    expect(dateOfTick({ date: 'before' }, at('2026-01-01T00:00:00Z'))).toBe('2025-12-31');
    expect(dateOfTick({ date: 'tick' }, at('2026-01-01T00:00:00Z'))).toBe('2026-01-01');
  });
});
