import { AXIS, LEGEND, SERIES_COLOURS, STILL, svgChart } from '../report/svg-chart.ts';

/** Names by which a chart is cut off: what is rarer stands in the tables. */
export const BARS = 12;

/** A series of numbers, one for each name. */
export interface NameSeries {
  readonly title: string;
  readonly values: readonly number[];
}

export interface NameChart {
  readonly id: string;
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** Under the axis of numbers. */
  readonly axis: string;
  /** From the top. */
  readonly names: readonly string[];
  /** Up to four; the fourth has no colour. */
  readonly series: readonly NameSeries[];
  /** Whether the bars of a name follow each other in one. Default false. */
  readonly stacked?: boolean;
}

const COLOURS = [...SERIES_COLOURS, 'var(--line)'];

/** Letters of a name that are shown. */
const NAME_LENGTH = 24;

/** Horizontal bars, a group of them or one cut into parts for each name. */
export function nameChart({ id, label, axis, names, series, stacked = false }: NameChart): string {
  const rows = stacked ? 1 : series.length;
  const key = series.length > 1;
  return svgChart(
    {
      grid: {
        left: 8,
        right: 16,
        top: key ? 36 : 8,
        bottom: 40,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      ...(key ? { legend: { ...LEGEND, data: series.map(({ title }) => title) } } : {}),
      xAxis: { ...AXIS, type: 'value', name: axis, nameGap: 26, minInterval: 1, splitNumber: 5 },
      yAxis: {
        ...AXIS,
        type: 'category',
        inverse: true,
        data: names.map(shortened),
        axisTick: { show: false },
        axisLabel: { ...AXIS.axisLabel, interval: 0, color: 'var(--text)' },
      },
      series: series.map(({ title, values }, s) => ({
        ...STILL,
        name: title,
        type: 'bar' as const,
        ...(stacked ? { stack: 'all' } : {}),
        barGap: '10%',
        barCategoryGap: '30%',
        barMaxWidth: 18,
        itemStyle: { color: COLOURS[s % COLOURS.length]! },
        data: [...values],
      })),
    },
    { id, label, height: (key ? 76 : 48) + names.length * (10 + 12 * rows) },
  );
}

function shortened(name: string): string {
  const letters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  return letters.length > NAME_LENGTH ? `${letters.slice(0, NAME_LENGTH - 1).join('')}…` : name;
}
