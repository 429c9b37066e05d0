import { describe, expect, test } from 'vitest';
import { devChart, lengthChart, lossChart, reliabilityChart, typeChart } from '../../../training/report/charts.ts';
import { reportData } from '../../../training/report/report-data.ts';
import { tinyReport } from '../../support/tiny-report.ts';

const { curves, profile, splits } = reportData(tinyReport);
const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe('charts', () => {
  test.each<[string, string, string[]]>([
    ['loss', lossChart(curves), ['step', 'loss']],
    ['dev F1', devChart(curves), ['epoch', 'dev F1, per cent', 'best']],
    ['reliability', reliabilityChart(splits[0]!.calibration!.entities, 'r'), ['as trained', 'calibrated', '100']],
    ['types', typeChart(profile), ['geo-loc', 'person', 'train', 'dev', 'test']],
    ['lengths', lengthChart(profile), ['words', 'train', 'dev', 'test', '4']],
  ])('of %s names its axes and series', (_name, svg, expected) => {
    for (const text of expected) expect(texts(svg)).toContain(text);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('takes colours from the page only, so that it is right in dark and light', () => {
    const all = [lossChart(curves), devChart(curves), typeChart(profile), lengthChart(profile)].join('');
    const painted = all.replace(/<clipPath.*?<\/clipPath>/gs, '').matchAll(/(?:fill|stroke)="([^"]+)"/g);
    const colours = new Set([...painted].map((match) => match[1]!));
    for (const colour of colours) expect(colour).toMatch(/^(?:none|var\(--[a-z0-9-]+\))$/);
  });
});
