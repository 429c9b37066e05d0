import type { BeforeAfter } from './calibration-report.ts';
import type { Curves } from './curves.ts';
import type { DataProfile } from './data-profile.ts';
import { AXIS, LEGEND, SERIES_COLOURS, STILL, svgChart } from './svg-chart.ts';

const GRID = { left: 54, right: 16, top: 36, bottom: 44 };

/** Training loss by step. */
export function lossChart({ loss }: Curves): string {
  return svgChart(
    {
      grid: { ...GRID, top: 16 },
      xAxis: { ...AXIS, type: 'value', name: 'step', nameGap: 28, min: 0, max: 'dataMax', splitLine: { show: false } },
      yAxis: { ...AXIS, type: 'value', name: 'loss', nameGap: 38, min: 0 },
      series: [
        {
          ...STILL,
          type: 'line',
          showSymbol: loss.length === 1,
          data: loss.map((point) => [point.step, point.loss]),
          color: SERIES_COLOURS[0],
          lineStyle: { width: 2, color: SERIES_COLOURS[0] },
        },
      ],
    },
    { id: 'loss', label: 'Training loss by step' },
  );
}

/** Dev F1 by epoch, the best one marked. */
export function devChart({ epochs }: Curves): string {
  return svgChart(
    {
      grid: { ...GRID, top: 16 },
      xAxis: {
        ...AXIS,
        type: 'value',
        name: 'epoch',
        nameGap: 28,
        min: Math.min(1, ...epochs.map(({ epoch }) => epoch)),
        max: 'dataMax',
        minInterval: 1,
        splitLine: { show: false },
      },
      yAxis: { ...AXIS, type: 'value', name: 'dev F1, per cent', nameGap: 38, min: 0 },
      series: [
        {
          ...STILL,
          type: 'line',
          data: epochs.map(({ epoch, devF1, best }) => ({
            value: [epoch, 100 * devF1],
            symbol: 'circle',
            symbolSize: best ? 11 : 5,
            label: {
              show: best,
              position: 'bottom',
              distance: 8,
              formatter: 'best',
              color: 'var(--text)',
              fontSize: 13,
            },
          })),
          showAllSymbol: true,
          color: SERIES_COLOURS[1],
          lineStyle: { width: 2, color: SERIES_COLOURS[1] },
        },
      ],
    },
    { id: 'dev', label: 'F1 on dev by epoch, the best epoch marked' },
  );
}

/** Accuracy over confidence of predicted entities, before and after temperature scaling. */
export function reliabilityChart({ raw, calibrated }: BeforeAfter, id: string): string {
  const points = ({ bins }: BeforeAfter['raw']): number[][] =>
    bins.flatMap(({ confidence, accuracy }) => (accuracy === null ? [] : [[100 * confidence!, 100 * accuracy]]));
  const axis = { ...AXIS, type: 'value' as const, min: 0, max: 100, interval: 20 };
  return svgChart(
    {
      grid: GRID,
      legend: { ...LEGEND, data: ['as trained', 'calibrated'] },
      xAxis: { ...axis, name: 'confidence, per cent', nameGap: 28 },
      yAxis: { ...axis, name: 'right, per cent', nameGap: 38 },
      series: [
        {
          ...STILL,
          type: 'line',
          showSymbol: false,
          data: [
            [0, 0],
            [100, 100],
          ],
          color: AXIS.axisLine.lineStyle.color,
          lineStyle: { width: 1, type: 'dotted', color: AXIS.axisLine.lineStyle.color },
        },
        {
          ...STILL,
          name: 'as trained',
          type: 'line',
          data: points(raw),
          symbol: 'rect',
          symbolSize: 7,
          color: SERIES_COLOURS[1],
          lineStyle: { width: 2, type: 'dashed', color: SERIES_COLOURS[1] },
        },
        {
          ...STILL,
          name: 'calibrated',
          type: 'line',
          data: points(calibrated),
          symbol: 'circle',
          symbolSize: 8,
          color: SERIES_COLOURS[0],
          lineStyle: { width: 2, color: SERIES_COLOURS[0] },
        },
      ],
    },
    { id, label: 'Share of right entities by confidence, before and after calibration', height: 300 },
  );
}

/** Share of each split's gold entities by type, the most frequent on top. */
export function typeChart({ types, splits }: DataProfile): string {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const share = ({ entities }: DataProfile['splits'][number], i: number): number =>
    entities[i] === 0 ? 0 : (100 * entities[i]!) / total(entities);
  const order = [...types.keys()].sort((a, b) => share(splits[0]!, b) - share(splits[0]!, a));
  return svgChart(
    {
      grid: { ...GRID, left: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel', bottom: 40 },
      legend: { ...LEGEND, data: splits.map(({ split }) => split) },
      xAxis: { ...AXIS, type: 'value', name: 'share of the entities, per cent', nameGap: 26 },
      yAxis: {
        ...AXIS,
        type: 'category',
        inverse: true,
        data: order.map((i) => types[i]!),
        axisTick: { show: false },
        axisLabel: { ...AXIS.axisLabel, interval: 0, width: 120, overflow: 'truncate', color: 'var(--text)' },
      },
      series: splits.map((split, s) => ({
        ...STILL,
        name: split.split,
        type: 'bar' as const,
        barGap: '10%',
        barCategoryGap: '30%',
        itemStyle: { color: SERIES_COLOURS[s % SERIES_COLOURS.length]! },
        data: order.map((i) => share(split, i)),
      })),
    },
    { id: 'types', label: 'Entity types by split', height: 90 + types.length * (12 + 8 * splits.length) },
  );
}

/** Share of each split's sentences by number of words. */
export function lengthChart({ lengths, splits }: DataProfile): string {
  return svgChart(
    {
      grid: GRID,
      legend: { ...LEGEND, data: splits.map(({ split }) => split) },
      xAxis: {
        ...AXIS,
        type: 'category',
        name: 'words',
        nameGap: 28,
        data: lengths.map(({ from, to }) => (to - from === 1 ? String(from) : `${from}–${to - 1}`)),
        axisTick: { show: false },
      },
      yAxis: { ...AXIS, type: 'value', name: 'sentences, per cent', nameGap: 38 },
      series: splits.map((split, s) => ({
        ...STILL,
        name: split.split,
        type: 'bar' as const,
        barGap: '0%',
        barCategoryGap: '20%',
        itemStyle: { color: SERIES_COLOURS[s % SERIES_COLOURS.length]! },
        data: split.lengths.map((count) => (100 * count) / Math.max(1, split.sentences)),
      })),
    },
    { id: 'lengths', label: 'Sentence lengths by split' },
  );
}
