import { describe, expect, test } from 'vitest';
import { modelCard } from '../../../training/export/model-card.ts';
import { reportData } from '../../../training/report/report-data.ts';
import { tinyDraft } from '../../support/tiny-bundle.ts';
import { tinyReport } from '../../support/tiny-report.ts';

describe('modelCard', () => {
  test('says what the model finds, how well, and from which data', () => {
    const card = modelCard(tinyDraft);
    expect(card).toMatch(
      /^---\nlibrary_name: tagwright\npipeline_tag: token-classification\n[^]*?\n---\n\n# Word-level/,
    );
    expect(card).toContain('Finds person, geo-loc in tweets. Trained by Tagwright 0.1.0 (onnxruntime 1.30.0), seed 7.');
    expect(card).toContain('| dev | 4 | 50.0 | 25.0 | 33.3 | 10.0 to 60.0 | 90.0 |');
    expect(card).toContain('seqeval default mode, scheme BIO, micro average');
    expect(card).toContain('| train | 2 | 9 | 3 | 0000000000000000 |');
    expect(card).not.toContain('report.html');
  });

  test('with a report has types, kinds of errors and calibration of each split', () => {
    const card = modelCard(tinyDraft, { report: reportData(tinyReport), name: 'Mine', baseModel: 'a/b' });
    expect(card).toContain('# Mine\n\nFinds person, geo-loc in tweets. Fine-tuned from a/b by Tagwright');
    for (const split of ['dev', 'test']) expect(card).toContain(`## By type, ${split}\n`);
    // Of dev's gold: Ada and Paris right, the script of another type, New York cut short; evil is spurious.
    expect(card).toContain('| geo-loc | 2 | 33.3 | 50.0 | 40.0 |');
    expect(card).toContain('| boundary | same type, words that overlap | 1 |');
    expect(card).toContain('| spurious | found, and nothing gold there | 1 |');
    expect(card).toMatch(/Expected calibration error of entities, ten bins: \d+\.\d as trained, \d+\.\d calibrated\./);
    expect(card).toContain('[report.html](report.html)');
  });
});
