/** Relative uplifts with their intervals, a line for each branch of each metric. */
import * as Plot from '@observablehq/plot';
import { forestScale, onScale, type ForestScale } from '../../../../domain/results/forest-scale.ts';
import type { MetricResult, ResultLine } from '../../../../domain/results/metric-results.ts';
import type { Reading } from '../../../../domain/results/reading.ts';
import type { PlotFigure, PlotSize } from '../../../plots/render-plot.ts';
import { percentTick } from './plot-scale.ts';
import { upliftWords } from './texts.ts';

/** A line of the plot. */
export interface ForestLine {
  readonly id: string;
  readonly name: string;
  readonly branch: string;
  /** Whether the metric's name is written on this line. */
  readonly isFirst: boolean;
  readonly line: ResultLine;
}

const LARGEST_PLOT = 60;
const ROW_HEIGHT = { wide: 22, narrow: 44 } as const;
const LOOKS: Readonly<Record<Reading, { readonly symbol: string; readonly colour: string }>> = {
  better: { symbol: 'triangle', colour: 'var(--better)' },
  worse: { symbol: 'square', colour: 'var(--worse)' },
  up: { symbol: 'circle', colour: 'var(--unclear)' },
  down: { symbol: 'circle', colour: 'var(--unclear)' },
  'no clear change': { symbol: 'circle', colour: 'var(--unclear)' },
  'no interval': { symbol: 'circle', colour: 'var(--unclear)' },
};

/** Lines with an uplift to draw, in plots of at most 60 lines. */
export function forestLines(metrics: readonly MetricResult[]): readonly (readonly ForestLine[])[] {
  const lines = metrics.flatMap(({ metric, name, statistic, biggerIsBetter, lines }) => {
    const drawn = lines.filter(({ uplift }) => uplift !== null && uplift.point !== null);
    const title = biggerIsBetter === false ? `${name} (lower is better)` : name;
    return drawn.map((line, index): ForestLine => {
      const id = JSON.stringify([metric, statistic, line.branch]);
      return { id, name: title, branch: line.branch, isFirst: index === 0, line };
    });
  });
  return Array.from({ length: Math.ceil(lines.length / LARGEST_PLOT) }, (_, part) =>
    lines.slice(part * LARGEST_PLOT, (part + 1) * LARGEST_PLOT),
  );
}

/** `scale` is that of the whole group. */
export function forestFigure(
  title: string,
  lines: readonly ForestLine[],
  scale: ForestScale,
): Pick<PlotFigure, 'label' | 'draw'> {
  const clear = lines.filter(({ line }) => line.reading === 'better' || line.reading === 'worse').length;
  const branches = lines.length === 1 ? '1 line' : `${lines.length} lines`;
  return {
    label: `${title}: relative uplift with intervals, ${branches}, of which ${clear} better or worse. The table below has the numbers.`,
    draw: (width, size) => options(lines, { width, size, scale }),
  };
}

export function groupScale(metrics: readonly MetricResult[]): ForestScale {
  return forestScale(metrics.flatMap(({ lines }) => lines.flatMap(({ uplift }) => uplift ?? [])));
}

function options(
  lines: readonly ForestLine[],
  { width, size, scale }: { readonly width: number; readonly size: PlotSize; readonly scale: ForestScale },
): Plot.PlotOptions {
  const isWide = size === 'wide';
  const margins = isWide ? { marginLeft: 380, marginRight: 150 } : { marginLeft: 12, marginRight: 12 };
  const x = (value: number): number => 100 * onScale(value, scale).value;
  const bounded = lines.flatMap(({ id, line: { uplift, reading } }) => {
    if (uplift === null || uplift.lower === null || uplift.upper === null) return [];
    return [{ id, from: uplift.lower, to: uplift.upper, colour: LOOKS[reading].colour }];
  });
  const points = lines.flatMap(({ id, line: { uplift, reading } }) =>
    uplift === null || uplift.point === null ? [] : [{ id, point: uplift.point, ...LOOKS[reading] }],
  );
  const cut = bounded.flatMap(({ id, from, to, colour }) => [
    ...(onScale(from, scale).cut ? [{ id, at: scale.least, text: '◂', colour }] : []),
    ...(onScale(to, scale).cut ? [{ id, at: scale.most, text: '▸', colour }] : []),
  ]);
  const inset = isWide ? 0 : 10;
  return {
    width,
    height: lines.length * ROW_HEIGHT[size] + 48,
    marginTop: 28,
    marginBottom: 20,
    ...margins,
    x: {
      domain: [100 * scale.least, 100 * scale.most],
      label: null,
      tickFormat: percentTick,
      ticks: isWide ? 6 : 4,
      insetLeft: 8,
      insetRight: 8,
    },
    y: { domain: lines.map(({ id }) => id), type: 'band', axis: null },
    symbol: { type: 'identity' },
    color: { type: 'identity' },
    marks: [
      Plot.gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: isWide ? 6 : 4 }),
      Plot.axisX({ anchor: 'top', tickSize: 0, tickFormat: percentTick, ticks: isWide ? 6 : 4 }),
      Plot.ruleX([0], { stroke: 'var(--edge)' }),
      Plot.ruleY(bounded, {
        y: 'id',
        x1: ({ from }) => x(from),
        x2: ({ to }) => x(to),
        stroke: 'colour',
        strokeWidth: 2,
        dy: inset,
      }),
      Plot.dot(points, {
        y: 'id',
        x: ({ point }) => x(point),
        symbol: 'symbol',
        fill: 'colour',
        stroke: 'colour',
        r: 4,
        dy: inset,
      }),
      Plot.text(cut, { y: 'id', x: ({ at }) => 100 * at, text: 'text', fill: 'colour', dy: inset }),
      ...(isWide ? wideTexts(lines) : narrowTexts(lines)),
    ],
  };
}

function wideTexts(lines: readonly ForestLine[]): Plot.Markish[] {
  const left = { y: 'id', frameAnchor: 'left', fill: 'currentColor', textOverflow: 'ellipsis' } as const;
  return [
    Plot.text(
      lines.filter(({ isFirst }) => isFirst),
      { ...left, text: 'name', textAnchor: 'start', dx: -376, lineWidth: 20 },
    ),
    Plot.text(lines, { ...left, text: 'branch', textAnchor: 'end', dx: -8, lineWidth: 10, fill: 'var(--muted)' }),
    Plot.text(lines, {
      y: 'id',
      frameAnchor: 'right',
      text: valueText,
      textAnchor: 'start',
      dx: 8,
      fill: 'currentColor',
    }),
  ];
}

function narrowTexts(lines: readonly ForestLine[]): Plot.Markish[] {
  const above = { y: 'id', dy: -9, fill: 'currentColor' } as const;
  return [
    Plot.text(lines, {
      ...above,
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: -8,
      text: ({ name, branch }) => `${name} · ${branch}`,
      lineWidth: 15,
      textOverflow: 'ellipsis',
    }),
    Plot.text(lines, { ...above, frameAnchor: 'right', textAnchor: 'end', dx: 8, text: valueText }),
  ];
}

function valueText({ line: { uplift, reading } }: ForestLine): string {
  return `${upliftWords(uplift).point}  ${reading}`;
}
