import { describe, expect, test } from 'vitest';
import { LEGEND, STILL, svgChart, type ChartOption } from '../../../training/report/svg-chart.ts';

const option: ChartOption = {
  legend: { ...LEGEND, data: ['<b>bold</b>'] },
  xAxis: { type: 'category', data: ['<script>alert(1)</script>', 'b'] },
  yAxis: { type: 'value' },
  series: [{ ...STILL, type: 'line', name: '<b>bold</b>', data: [1, 2], color: 'var(--series-1)' }],
};

describe('svgChart', () => {
  test('is the same text each time, however many charts were drawn before', () => {
    const first = svgChart(option, { id: 'one', label: 'A line' });
    expect(svgChart(option, { id: 'one', label: 'A line' })).toBe(first);
    expect(first).not.toMatch(/\bzr\d/);
  });

  test('keeps its names apart from those of other charts', () => {
    const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    const [a, b] = ['a', 'b'].map((id) => ids(svgChart(option, { id, label: 'A line' })));
    expect(a!.length).toBeGreaterThan(0);
    expect(a!.filter((id) => b!.includes(id))).toEqual([]);
  });

  test('is an image with a name, sized by the page, in its colours', () => {
    const svg = svgChart(option, { id: 'one', label: 'Loss & "more"' });
    expect(svg).toMatch(/^<svg class="chart" role="img" aria-label="Loss &#38; &#34;more&#34;" viewBox="0 0 460 260">/);
    expect(svg).toContain('stroke="var(--series-1)"');
  });

  test('escapes what is written in it, and holds neither styles nor scripts', () => {
    const svg = svgChart(option, { id: 'one', label: '<script>' });
    expect(svg).toContain('&lt;script&gt;alert(1)');
    expect(svg).not.toMatch(/<(?:script|b|style)/);
  });
});
