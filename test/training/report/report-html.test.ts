import { describe, expect, test } from 'vitest';
import { reportData } from '../../../training/report/report-data.ts';
import { reportHtml } from '../../../training/report/report-html.ts';
import { measured, measuredSplit, tinyReport } from '../../support/tiny-report.ts';

const html = await reportHtml(reportData(tinyReport));

describe('reportHtml', () => {
  test('is one page that fetches nothing and runs nothing', () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|javascript:|@import|url\(\s*['"]?(?!#)/i);
    expect(html).not.toMatch(/ on[a-z]+=/);
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
  });

  test('escapes words, types and settings', () => {
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('feature &lt;word&gt;, width 8');
    // Text that looks like markup stays the text it is.
    expect(html).toContain('&amp;amp;');
  });

  test('says the mode and the scheme of its figures', () => {
    expect(html).toMatch(/seqeval default mode, micro average, scheme\s+BIO/);
    expect(html).toContain('entities, strict mode, IOB2, micro');
    expect(html).toContain('entities, type ignored, micro');
  });

  test('has every part', () => {
    const headings = [...html.matchAll(/<h[23]>(?:<bdi>)?([^<]+)/g)].map((match) => match[1]);
    const ofSplit = (name: string): string[] => [name, 'Kinds of errors', 'Confusion', 'Calibration', 'Worst examples'];
    expect(headings).toEqual([
      'Figures',
      ...ofSplit('dev'),
      ...ofSplit('test'),
      'Training',
      'Data',
      'Settings',
      'Environment',
    ]);
    expect(html.match(/<svg class="chart" role="img" aria-label="/g)).toHaveLength(6);
  });

  test('marks errors in their sentence', () => {
    expect(html).toMatch(/<mark class="kind-boundary"><bdi>New York<\/bdi>\s*<small>geo-loc<\/small><\/mark>/);
    expect(html).toMatch(
      /<mark class="kind-boundary"><bdi>New<\/bdi>\s*<small>geo-loc, <em>wrong words<\/em> 70<\/small>/,
    );
    expect(html).toMatch(/<small>person, <em>spurious<\/em> 70<\/small>/);
  });

  test('has ids that stand once', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('is the same byte by byte', async () => {
    expect(await reportHtml(reportData(tinyReport))).toBe(html);
  });

  test.each([
    ['nothing was found and nothing is gold', [measured('a/O')]],
    ['there are no confidences', [measured('a/B-person')]],
    ['there are no sentences', []],
  ])('is made where %s', async (_case, sentences) => {
    const input = { ...tinyReport, splits: [measuredSplit('dev', sentences)], training: undefined, history: [] };
    const found = await reportHtml(reportData(input));
    expect(found).not.toMatch(/NaN|Infinity|undefined/);
    expect(found).not.toContain('<h2>Training</h2>');
  });

  test('names the model where it has an id', async () => {
    const found = await reportHtml(reportData({ ...tinyReport, modelId: '0123456789abcdef' }));
    expect(found).toContain('<title>Tagger report 0123456789abcdef</title>');
  });
});
