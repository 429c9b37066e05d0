import { LineChart, type LineSeriesOption } from 'echarts/charts';
import {
  GridComponent,
  TooltipComponent,
  type GridComponentOption,
  type TooltipComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { allowEmptyHtml } from './empty-html-only.ts';

use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);
allowEmptyHtml();

export type ChartOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>;

/** A line that neither moves nor answers to the pointer. */
export const STILL = { silent: true, animation: false, symbol: 'none', emphasis: { disabled: true } } as const;

/** A chart in an element, as large as it. */
export function openChart(element: HTMLElement): ECharts {
  return init(element, null, { renderer: 'canvas' });
}

/** Has a chart follow the size of its element. */
export function followSize(chart: ECharts, element: HTMLElement): void {
  new ResizeObserver(() => {
    if (element.clientWidth > 0) chart.resize();
  }).observe(element);
}
