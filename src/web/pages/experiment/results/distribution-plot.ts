/** Deciles as uplifts with intervals; densities and cumulative shares as lines. */
import * as Plot from '@observablehq/plot';
import type { DistributionPlot } from '../../../../domain/results/distribution-plots.ts';
import { forestScale, onScale } from '../../../../domain/results/forest-scale.ts';
import type { PlotFigure } from '../../../plots/render-plot.ts';
import { branchLook } from './branch-look.ts';
import { percentTick } from './plot-scale.ts';

export interface DistributionOptions {
  readonly name: string;
  readonly branches: readonly string[];
  readonly against: string | null;
}

export function distributionFigure(
  plot: DistributionPlot,
  options: DistributionOptions,
): Pick<PlotFigure, 'label' | 'draw'> {
  const branches = plot.series.map(({ branch }) => branch).join(', ');
  const what = plot.kind === 'uplift' ? 'relative uplift' : 'values';
  return {
    label: `${options.name}, ${plot.statistic}: ${what} of ${branches}.`,
    draw: (width) => ({
      width,
      height: 220,
      marginLeft: 64,
      marginRight: 16,
      ...(plot.kind === 'uplift' ? upliftOptions(plot, options) : valueOptions(plot, options)),
    }),
  };
}

/** Branches stand beside each other at each decile. */
function upliftOptions({ series }: DistributionPlot, { branches, against }: DistributionOptions): Plot.PlotOptions {
  const scale = forestScale(series.flatMap(({ points }) => points));
  const place = (value: number | null): number => (value === null ? Number.NaN : 100 * onScale(value, scale).value);
  return {
    x: { type: 'point', label: null, domain: parametersOf(series), tickFormat: decileTick },
    y: { domain: [100 * scale.least, 100 * scale.most], label: null, ticks: 4, tickFormat: percentTick },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
      Plot.ruleY([0], { stroke: 'var(--reference)' }),
      ...series.flatMap(({ branch, points }, index) => {
        const look = branchLook(branch, branches, against);
        const dx = 8 * (index - (series.length - 1) / 2);
        const bounded = points.filter(({ lower, upper }) => lower !== null && upper !== null);
        return [
          Plot.ruleX(bounded, {
            x: 'parameter',
            y1: ({ lower }) => place(lower),
            y2: ({ upper }) => place(upper),
            ...look,
            strokeWidth: 2,
            dx,
          }),
          Plot.dot(points, { x: 'parameter', y: ({ point }) => place(point), fill: look.stroke, r: 3, dx }),
        ];
      }),
    ],
  };
}

function valueOptions({ series }: DistributionPlot, { branches, against }: DistributionOptions): Plot.PlotOptions {
  return {
    x: { label: null, ticks: 6 },
    y: { label: null, ticks: 4 },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 4 }),
      ...series.map(({ branch, points }) =>
        Plot.lineY(points, { x: 'parameter', y: 'point', ...branchLook(branch, branches, against), strokeWidth: 2 }),
      ),
    ],
  };
}

function parametersOf(series: DistributionPlot['series']): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ parameter }) => parameter)))].sort((a, b) => a - b);
}

function decileTick(parameter: number): string {
  return parameter > 0 && parameter < 1 ? `${Number((100 * parameter).toPrecision(6))}%` : String(parameter);
}
