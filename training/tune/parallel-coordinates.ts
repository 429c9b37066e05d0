import type { EChartsOption } from 'echarts';
import { ParallelChart } from 'echarts/charts';
import { ParallelComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { embeddable } from '../report/svg-chart.ts';
import type { Dimension, JsonValue, SearchSpace } from './space.ts';
import { showValue, type TrialResult } from './trial-table.ts';

use([ParallelChart, ParallelComponent, SVGRenderer]);

/** How many of the best trials stand out. */
const MARKED = 3;
const AXIS_DISTANCE = 150;
const HEIGHT = 380;
const INK = 'var(--muted)';

/**
 * A line a trial across an axis a setting, to its dev F1 on the last axis; the best three stand out. SVG text, drawn
 * without a browser, in the colours of the page that it stands in. Failed trials have no line.
 */
export function parallelCoordinates(space: SearchSpace, results: readonly TrialResult[]): string {
  const drawn = results.filter(({ score }) => score !== null);
  const paths = Object.keys(space);
  const axes = paths.map((path, dim) => axisOf(path, dim, space[path]!));
  const line = ({ trial, score }: TrialResult): (string | number)[] => [
    ...paths.map((path) => coordinate(space[path]!, trial.values[path]!)),
    100 * score!,
  ];
  const width = chartWidth(space);
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: HEIGHT });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit' },
      parallel: { left: 70, right: 70, top: 44, bottom: 24 },
      parallelAxis: [...axes, { ...AXIS, dim: paths.length, name: 'dev F1 (%)', type: 'value', scale: true }],
      series: [
        {
          type: 'parallel',
          silent: true,
          // The best last, so that they lie on top.
          data: drawn.map((result, rank) => ({ value: line(result), lineStyle: lineStyle(rank) })).toReversed(),
        },
      ],
    } satisfies EChartsOption);
    return embeddable(chart.renderToSVGString(), {
      id: 'trials',
      label: `${drawn.length} trials: their settings and dev F1`,
    });
  } finally {
    chart.dispose();
  }
}

const AXIS = {
  nameLocation: 'end',
  nameGap: 20,
  nameTextStyle: { color: 'var(--text)', fontSize: 12 },
  axisLine: { lineStyle: { color: INK } },
  axisTick: { lineStyle: { color: INK } },
  // Above the lines, and readable where one runs through.
  z: 10,
  axisLabel: { color: 'var(--text)', fontSize: 11, textBorderColor: 'var(--page)', textBorderWidth: 3 },
} as const;

/** Its width in pixels, at which its letters are as large as they say. */
export function chartWidth(space: SearchSpace): number {
  return 140 + AXIS_DISTANCE * Object.keys(space).length;
}

function axisOf(path: string, dim: number, dimension: Dimension) {
  const axis = { ...AXIS, dim, name: path };
  if ('choice' in dimension)
    return { ...axis, type: 'category' as const, axisTick: { show: false }, data: dimension.choice.map(showValue) };
  const [type, [min, max]] =
    'log' in dimension ? (['log', dimension.log] as const) : (['value', dimension.range] as const);
  const axisLabel = { ...AXIS.axisLabel, formatter: (value: number) => showValue(value) };
  return { ...axis, axisLabel, type, min, max };
}

function coordinate(dimension: Dimension, value: JsonValue): string | number {
  return 'choice' in dimension ? showValue(value) : (value as number);
}

function lineStyle(rank: number): { readonly color: string; readonly opacity: number; readonly width: number } {
  if (rank === 0) return { color: 'var(--series-1)', opacity: 1, width: 3 };
  if (rank < MARKED) return { color: 'var(--series-1)', opacity: 0.7, width: 1.5 };
  return { color: INK, opacity: 0.35, width: 1 };
}
