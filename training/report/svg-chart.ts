import {
  BarChart,
  LineChart,
  ScatterChart,
  type BarSeriesOption,
  type LineSeriesOption,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  GeoComponent,
  GridComponent,
  LegendComponent,
  type GeoComponentOption,
  type GridComponentOption,
  type LegendComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, ScatterChart, GeoComponent, GridComponent, LegendComponent, LabelLayout, SVGRenderer]);

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | ScatterSeriesOption
  | GeoComponentOption
  | GridComponentOption
  | LegendComponentOption
>;

/** What a chart is called in the page, and its size in pixels at which its letters are as large as they say. */
export interface ChartFrame {
  /** Unique in the page; letters, digits and `-`. */
  readonly id: string;
  /** What it shows, for those who cannot see it; the numbers stand in a table beside it. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** Colours of series, defined by the page for light and dark. */
export const SERIES_COLOURS = ['var(--series-1)', 'var(--series-2)', 'var(--series-3)'] as const;

const INK = 'var(--muted)';

/** A series that neither moves nor answers to the pointer. */
export const STILL = { silent: true, animation: false, emphasis: { disabled: true } } as const;

/** Settings that all axes share. */
export const AXIS = {
  nameLocation: 'middle',
  nameTextStyle: { color: INK, fontSize: 13 },
  axisLine: { lineStyle: { color: INK } },
  axisTick: { lineStyle: { color: INK } },
  axisLabel: { color: INK, fontSize: 12 },
  splitLine: { lineStyle: { color: 'var(--line)' } },
} as const;

/** A key to the series, above the chart. */
export const LEGEND = {
  top: 0,
  left: 0,
  itemWidth: 22,
  itemHeight: 10,
  itemGap: 24,
  selectedMode: false,
  backgroundColor: 'transparent',
  borderColor: 'transparent',
  textStyle: { color: 'var(--text)', fontSize: 13 },
} as const;

/**
 * A chart as SVG text, drawn without a browser, with the colours of the page it stands in. The same option gives the
 * same text.
 */
export function svgChart(option: ChartOption, { id, label, width = 460, height = 260 }: ChartFrame): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option });
    return embeddable(chart.renderToSVGString(), { id, label });
  } finally {
    chart.dispose();
  }
}

/**
 * The SVG as a part of a page: a name for screen readers, no styles for the pointer, and names that do not depend on how
 * many charts the process has drawn before (they are counted through).
 */
export function embeddable(svg: string, { id, label }: Pick<ChartFrame, 'id' | 'label'>): string {
  return svg
    .replace(/<style[^>]*>.*?<\/style>\n?/gs, '')
    .replace(
      / (?:class="zr[^"]*"|pointer-events="[^"]*"|baseProfile="full"|version="1\.1"|xmlns(?::xlink)?="[^"]*")/g,
      '',
    )
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/^<svg width="\d+" height="\d+"/, `<svg class="chart" role="img" aria-label="${escapeAttribute(label)}"`);
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.codePointAt(0)!};`);
}
