import { describe, expect, test } from 'vitest';
import { calibrationReport } from '../../../training/report/calibration-report.ts';
import { isClose } from '../../support/close-to.ts';
import { measured } from '../../support/tiny-report.ts';
import { tolerance } from '../../support/tolerance.ts';

describe('calibrationReport', () => {
  test('takes entities as right when words and type are, and words when their tag is', () => {
    const sure = measured('a/B-x b/I-x|O c/B-y', 0.9);
    const unsure = { words: [0.5, 0.5, 0.5], entities: [0.5, 0.5] };
    const report = calibrationReport([{ ...sure, confidences: { raw: sure.confidences!.raw, calibrated: unsure } }])!;
    // Entities: x[0,1) is wrong, y is right. Words: two of three.
    expect(report.entities.raw).toMatchObject({ count: 2, accuracy: 0.5, meanConfidence: 0.9 });
    expect(isClose(report.entities.raw.ece, 0.4, tolerance.exactFloat64)).toBe(true);
    expect(report.entities.calibrated).toMatchObject({ count: 2, ece: 0 });
    expect(report.words.raw).toMatchObject({ count: 3, accuracy: 2 / 3 });
  });

  test('is null where a sentence has no confidences, or there is none', () => {
    expect(calibrationReport([measured('a/O', 0.5), measured('b/O')])).toBeNull();
    expect(calibrationReport([])).toBeNull();
  });
});
