/** Uplift over windows: a band and a line for each branch, broken where a window is missing. */
import * as Plot from '@observablehq/plot';
import { forestScale, onScale } from '../../../../domain/results/forest-scale.ts';
import type { MetricSeries, WindowSeries } from '../../../../domain/results/window-series.ts';
import type { PlotFigure, PlotSize } from '../../../plots/render-plot.ts';
import { branchLook } from './branch-look.ts';
import { percentTick } from './plot-scale.ts';
import { upliftWords } from './texts.ts';

export interface WindowPlotOptions {
  readonly branches: readonly string[];
  readonly against: string | null;
}

interface Drawn {
  readonly window: number;
  /** NaN: no row, which breaks the line. */
  readonly point: number;
  readonly lower: number;
  readonly upper: number;
}

export function windowFigure(
  { result, series }: MetricSeries,
  { branches, against }: WindowPlotOptions,
): Pick<PlotFigure, 'label' | 'draw'> {
  const count = series[0]?.points.length ?? 0;
  const scale = forestScale(series.flatMap(({ points }) => points.flatMap(({ uplift }) => uplift ?? [])));
  const place = (value: number | null | undefined): number =>
    value === null || value === undefined ? Number.NaN : 100 * onScale(value, scale).value;
  return {
    label: `${result.name}: relative uplift over ${count} windows, ${series.map(({ branch }) => branch).join(', ')}. The table below has the numbers.`,
    draw: (width, size) => ({
      width,
      height: size === 'wide' ? 200 : 180,
      marginLeft: 56,
      marginRight: size === 'wide' ? 200 : 16,
      x: {
        domain: domainOf(series),
        label: null,
        ticks: ticksOf(series, size === 'wide' ? 12 : 5),
        tickFormat: String,
      },
      y: { domain: [100 * scale.least, 100 * scale.most], label: null, ticks: 4, tickFormat: percentTick },
      marks: [
        Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
        Plot.ruleY([0], { stroke: 'var(--reference)' }),
        ...series.flatMap((one) => branchMarks(one, { size, place, look: branchLook(one.branch, branches, against) })),
      ],
    }),
  };
}

function branchMarks(
  { branch, points }: WindowSeries,
  {
    size,
    place,
    look,
  }: {
    readonly size: PlotSize;
    readonly place: (value: number | null | undefined) => number;
    readonly look: ReturnType<typeof branchLook>;
  },
): Plot.Markish[] {
  const drawn = points.map(({ window, uplift }): Drawn => ({
    window,
    point: place(uplift?.point),
    lower: place(uplift?.lower),
    upper: place(uplift?.upper),
  }));
  const last = points.findLast(({ uplift }) => uplift !== null && uplift.point !== null);
  const label = last === undefined ? [] : [{ window: last.window, point: place(last.uplift?.point) }];
  const text = `${branch} ${upliftWords(last?.uplift ?? null).point}`;
  const dots = drawn.filter(({ point }) => !Number.isNaN(point));
  return [
    Plot.areaY(drawn, { x: 'window', y1: 'lower', y2: 'upper', fill: look.stroke, fillOpacity: 0.14 }),
    // A window between two holes has no band.
    Plot.ruleX(
      drawn.filter((_, index) => isAlone(drawn, index)),
      { x: 'window', y1: 'lower', y2: 'upper', ...look },
    ),
    Plot.lineY(drawn, { x: 'window', y: 'point', ...look, strokeWidth: 2 }),
    Plot.dot(dots, { x: 'window', y: 'point', fill: look.stroke, r: 2.5 }),
    ...(size === 'wide'
      ? [
          Plot.text(label, {
            x: 'window',
            y: 'point',
            text: () => text,
            fill: look.stroke,
            textAnchor: 'start',
            dx: 8,
            lineWidth: 14,
            textOverflow: 'ellipsis',
          }),
        ]
      : []),
  ];
}

function isAlone(drawn: readonly Drawn[], index: number): boolean {
  const isThere = (at: number): boolean => !Number.isNaN(drawn[at]?.lower ?? Number.NaN);
  return isThere(index) && !isThere(index - 1) && !isThere(index + 1);
}

function domainOf(series: readonly WindowSeries[]): [number, number] {
  const points = series[0]?.points ?? [];
  return [points[0]?.window ?? 0, points.at(-1)?.window ?? 1];
}

/** Whole windows, at most so many. */
function ticksOf(series: readonly WindowSeries[], most: number): number[] {
  const windows = series[0]?.points.map(({ window }) => window) ?? [];
  const step = Math.ceil(windows.length / most);
  return windows.filter((_, index) => index % step === 0);
}
