/** Makes a plot fit for our pages: no inline style, a label for screen readers, names of marks for tests. */
import { printable } from '../../domain/terminal-text.ts';

/** What we use of an SVG element of any document. */
export interface PlotElement {
  readonly outerHTML: string;
  readonly localName: string;
  setAttribute(name: string, value: string): void;
  getAttribute(name: string): string | null;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<PlotElement>;
  remove(): void;
}

export function finishPlot(
  plot: PlotElement,
  { label, className }: { readonly label: string; readonly className: string },
): string {
  if (plot.localName !== 'svg')
    throw new TypeError(`a plot became <${plot.localName}>; legends and titles are not for pages`);
  for (const style of plot.querySelectorAll('style')) style.remove();
  for (const styled of plot.querySelectorAll('[style]')) styled.removeAttribute('style');
  for (const group of plot.querySelectorAll('[aria-label]')) {
    group.setAttribute('data-mark', group.getAttribute('aria-label') ?? '');
    group.removeAttribute('aria-label');
  }
  for (const described of plot.querySelectorAll('[aria-description]')) described.removeAttribute('aria-description');
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', printable(label));
  plot.setAttribute('class', className);
  return printable(plot.outerHTML);
}
