/** Plots, drawn on the server as SVG (spec: pages, section 12). */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, SafeHtml, type Value } from '../views/html.ts';
import { finishPlot } from './finish-plot.ts';

/** One document for all plots: drawing leaves nothing in it. */
const { document }: { readonly document: NonNullable<Plot.PlotOptions['document']> } = parseHTML(
  '<!doctype html><html><body></body></html>',
);

/** The two widths of each plot; the style sheet shows one of them. */
export const PLOT_WIDTHS = { wide: 900, narrow: 358 } as const;
export type PlotSize = keyof typeof PLOT_WIDTHS;

export interface PlotFigure {
  /** What it shows, in one sentence, for those who do not see it. */
  readonly label: string;
  /** Above it: what is drawn, with the titles of the axes. */
  readonly caption?: Value;
  /** Options of Observable Plot. Colours are `var(--better)` and so on; none of style, legend, tip, href. */
  readonly draw: (width: number, size: PlotSize) => Plot.PlotOptions;
  /** The table with its numbers, or a link to it. */
  readonly below?: SafeHtml;
}

/** A figure with the plot in both widths. */
export function plotFigure({ label, caption, draw, below }: PlotFigure): SafeHtml {
  const sizes: readonly PlotSize[] = ['wide', 'narrow'];
  const plots = sizes.map((size) => plotHtml(draw(PLOT_WIDTHS[size], size), { label, size }));
  return html`<figure class="plot">
    ${caption === undefined ? undefined : html`<figcaption>${caption}</figcaption>`} ${plots} ${below}
  </figure>`;
}

/** The only place where text becomes HTML unescaped: the document's serializer has escaped what came from data. */
function plotHtml(
  options: Plot.PlotOptions,
  { label, size }: { readonly label: string; readonly size: PlotSize },
): SafeHtml {
  const plot = Plot.plot({ width: PLOT_WIDTHS[size], ...options, document });
  return new SafeHtml(finishPlot(plot, { label, className: `plot-${size}` }));
}
