import type { ECharts } from 'echarts/core';
import type { TrendDetail } from '../../../../shared/contracts/trends.ts';
import { formatCount } from '../numbers.ts';
import { followSize, openChart, STILL, type ChartOption } from './charts.ts';
import { resolveColour } from './colours.ts';
import { formatTime } from './phrases.ts';

/** The large chart: tweets over time, what was expected, and the range that would surprise nobody. */
export interface HistoryChart {
  show(detail: TrendDetail): void;
  repaint(): void;
}

/** A chart in an element that takes the colour of the type that the element is painted with. */
export function createHistoryChart(element: HTMLElement): HistoryChart {
  let chart: ECharts | undefined;
  let latest: TrendDetail | undefined;
  let shown = '';
  const draw = (): void => {
    if (latest === undefined) return;
    if (chart === undefined) {
      chart = openChart(element);
      followSize(chart, element);
    }
    chart.setOption(optionOf(latest, coloursOf(element)), { notMerge: true });
  };
  return {
    show: (detail) => {
      latest = detail;
      element.ariaLabel = describe(detail);
      const text = JSON.stringify([detail.trend.key, detail.history]);
      // The same data are not drawn again: a tooltip that is open stays.
      if (text === shown) return;
      shown = text;
      draw();
    },
    repaint: draw,
  };
}

/** Labels of the axis of time, by what begins there. */
const TIME_LABELS = {
  year: '{yyyy}',
  month: '{d} {MMM}',
  day: '{d} {MMM}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
};

interface Colours {
  readonly line: string;
  readonly ink: string;
  readonly grid: string;
  readonly band: string;
  readonly raised: string;
}

function coloursOf(element: HTMLElement): Colours {
  return {
    line: resolveColour(element, 'var(--edge)'),
    ink: resolveColour(element, 'var(--muted)'),
    grid: resolveColour(element, 'var(--line)'),
    band: resolveColour(element, 'var(--line)'),
    raised: resolveColour(element, 'var(--page)'),
  };
}

function optionOf({ history, until }: TrendDetail, colours: Colours): ChartOption {
  const { start, stepSeconds, tweets, expected, high } = history;
  const at = (i: number): number => Date.parse(start) + 1000 * stepSeconds * i;
  const points = (values: readonly number[]): [number, number][] => values.map((value, i) => [at(i), value]);
  const text = { color: colours.ink, fontSize: 12, fontFamily: 'system-ui, sans-serif' };
  const font = { color: colours.ink, fontSize: 12 };
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      // Drawn on the canvas: the page's policy allows no markup made of text.
      renderMode: 'richText',
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.raised,
      borderColor: colours.grid,
      textStyle: font,
      axisPointer: { type: 'line', lineStyle: { color: colours.ink, type: 'solid', width: 1 }, animation: false },
      formatter: (params) => {
        const list = Array.isArray(params) ? params : [params];
        const i = list[0]?.dataIndex ?? 0;
        const lines = [
          formatTime(new Date(at(i)).toISOString(), new Date(until)),
          `${formatCount(tweets[i] ?? 0)} tweets`,
        ];
        if (expected[i] !== undefined) lines.push(`${expected[i].toFixed(1)} expected`);
        return lines.join('\n');
      },
    },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: colours.grid } },
      axisTick: { lineStyle: { color: colours.grid } },
      axisLabel: { ...font, hideOverlap: true, formatter: TIME_LABELS },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      axisLabel: font,
      splitNumber: 3,
      splitLine: { lineStyle: { color: colours.grid } },
    },
    series: [
      {
        ...STILL,
        type: 'line',
        data: points(high),
        lineStyle: { width: 0 },
        areaStyle: { color: colours.band, opacity: 1 },
        z: 1,
      },
      {
        ...STILL,
        type: 'line',
        data: points(expected),
        lineStyle: { color: colours.ink, width: 1.5, type: 'dashed' },
        z: 2,
      },
      { ...STILL, type: 'line', data: points(tweets), lineStyle: { color: colours.line, width: 2 }, z: 3 },
    ],
  };
}

/** What the chart shows, for those who cannot see it; the numbers are in the table below it. */
function describe({ trend, history, until }: TrendDetail): string {
  const most = Math.max(0, ...history.tweets);
  const when = history.tweets.lastIndexOf(most);
  const at = new Date(Date.parse(history.start) + 1000 * history.stepSeconds * when);
  return `Tweets that mention ${trend.name} over time; at most ${most}, at ${formatTime(at.toISOString(), new Date(until))}.`;
}
