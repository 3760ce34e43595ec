import * as Plot from '@observablehq/plot';
import { describe, expect, it } from 'vitest';
import { plotFigure } from '../../../../src/web/plots/render-plot.ts';

const DAYS = [
  { day: new Date('2026-01-14'), cost: 1, kind: 'analysis' },
  { day: new Date('2026-01-15'), cost: 2, kind: '</text><script>alert(1)</script>"\u{202e}' },
];

function figure() {
  return plotFigure({
    label: 'Cost per day: "1" & 2',
    caption: 'USD per day',
    draw: (width) => ({
      width,
      height: 200,
      marks: [
        Plot.rectY(DAYS, { x: 'day', interval: 'day', y: 'cost', fill: 'var(--better)' }),
        Plot.text(DAYS, { x: 'day', y: 'cost', text: 'kind' }),
      ],
    }),
  }).toString();
}

describe('a plot', () => {
  it('is drawn in two widths, each an image with a label', () => {
    const text = figure();

    expect(text.match(/<svg [^>]*class="plot-(wide|narrow)"/g)).toHaveLength(2);
    expect(text.match(/<svg [^>]*width="(900|358)"/g)).toHaveLength(2);
    expect(text.match(/role="img"/g)).toHaveLength(2);
    expect(text.match(/<svg [^>]*aria-label="Cost per day: &quot;1&quot; & 2"/g)).toHaveLength(2);
  });

  it('has as many marks as rows, found by the kind of the mark', () => {
    const [wide = ''] = figure().split('plot-narrow');
    const bars = /<g[^>]*data-mark="rect"[^>]*>(.*?)<\/g>/s.exec(wide)?.[1] ?? '';

    expect(bars.match(/<rect /g)).toHaveLength(DAYS.length);
  });

  it('has no style of its own, and no names where screen readers do not allow them', () => {
    const text = figure();

    expect(text).not.toMatch(/<style|style="/);
    expect(text.match(/aria-label=/g)).toHaveLength(2);
    expect(text).toContain('fill="var(--better)"');
  });

  it('shows text of data as text', () => {
    const text = figure();

    expect(text).not.toContain('<script');
    expect(text).toContain('&lt;script');
    expect(text).not.toContain('\u{202e}');
  });

  it('that became a figure by a title of its own is a mistake of ours', () => {
    expect(() => plotFigure({ label: 'x', draw: () => ({ title: 'x', marks: [] }) })).toThrow('a plot became <figure>');
  });
});
