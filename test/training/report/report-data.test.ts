import { describe, expect, test } from 'vitest';
import { reportData } from '../../../training/report/report-data.ts';
import { measured, measuredSplit, tinyReport } from '../../support/tiny-report.ts';

describe('reportData', () => {
  test('holds the figures it was given, with mode and scheme, and survives JSON', () => {
    const report = reportData(tinyReport);
    expect(report.splits.map(({ name, evaluation }) => [name, evaluation])).toEqual(
      tinyReport.splits.map(({ name, evaluation }) => [name, evaluation]),
    );
    expect(report.model).toMatchObject({ id: null, scheme: 'BIO', types: ['person', 'geo-loc'], head: 'linear' });
    expect(report.profile.splits.map(({ split }) => split)).toEqual(['train', 'dev', 'test']);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('does not list sentences of test beside dev, but does where test is all there is', () => {
    const { splits } = reportData(tinyReport);
    expect(splits.map(({ examples }) => examples?.length)).toEqual([2, undefined]);
    expect(reportData({ ...tinyReport, splits: [tinyReport.splits[1]!] }).splits[0]!.examples).toHaveLength(1);
  });

  test('stays small however much was measured', () => {
    const sentences = Array.from({ length: 2000 }, () => measured('a/B-person|O b/O c/B-geo-loc', 0.5));
    const history = Array.from({ length: 20_000 }, (_, i) => ({ ...tinyReport.history[0]!, step: i + 1 }) as const);
    const report = reportData({ ...tinyReport, splits: [measuredSplit('dev', sentences)], history });
    // 500 points of some 35 bytes, 50 examples of some 400, and the figures.
    expect(JSON.stringify(report).length).toBeLessThan(60_000);
  });
});
