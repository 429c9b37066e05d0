import type { ECharts } from 'echarts/core';
import { openChart, STILL, type ChartOption } from './charts.ts';
import { resolveColour } from './colours.ts';

/** A line of tweets over time as high as a line of text. */
export interface Sparkline {
  show(values: readonly number[]): void;
  /** Draws again in the colours of the page as they are now. */
  repaint(): void;
  close(): void;
}

/** A sparkline in an element that has its size; it takes the element's colour. */
export function createSparkline(element: HTMLElement): Sparkline {
  let chart: ECharts | undefined;
  let shown = '';
  let latest: readonly number[] = [];
  const draw = (): void => {
    // The element must be in the page to have a size.
    chart ??= openChart(element);
    chart.setOption(optionOf(latest, resolveColour(element, 'var(--edge)')), { notMerge: true });
  };
  return {
    show: (values) => {
      const text = values.join(',');
      if (text === shown) return;
      shown = text;
      latest = values;
      draw();
    },
    repaint: draw,
    close: () => {
      chart?.dispose();
    },
  };
}

function optionOf(values: readonly number[], colour: string): ChartOption {
  const last = values.length - 1;
  return {
    animation: false,
    grid: { left: 1, right: 4, top: 4, bottom: 2 },
    xAxis: { type: 'category', show: false, boundaryGap: false, data: values.map((_, i) => i) },
    yAxis: { type: 'value', show: false, min: 0, max: Math.max(2, ...values) },
    series: [
      { ...STILL, type: 'line', data: [...values], lineStyle: { color: colour, width: 1.5 } },
      {
        ...STILL,
        type: 'line',
        symbol: 'circle',
        showAllSymbol: true,
        symbolSize: 5,
        data: values.map((value, i) => (i === last ? value : null)),
        itemStyle: { color: colour },
      },
    ],
  };
}
