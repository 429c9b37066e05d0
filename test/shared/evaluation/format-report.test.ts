import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { entityReport, evaluateTags } from '../../../shared/evaluation/evaluation-report.ts';
import { formatEntityReport, formatReport } from '../../../shared/evaluation/format-report.ts';

const gold = [['B-LOC', 'O', 'B-geo-loc', 'I-geo-loc']];
const predicted = [['B-LOC', 'O', 'B-geo-loc', 'B-geo-loc']];

// seqeval's classification_report of the above.
const golden = `\
              precision    recall  f1-score   support

         LOC       1.00      1.00      1.00         1
     geo-loc       0.00      0.00      0.00         1

   micro avg       0.33      0.50      0.40         2
   macro avg       0.50      0.50      0.50         2
weighted avg       0.50      0.50      0.50         2
`;

describe('formatEntityReport', () => {
  test('prints the table of seqeval', () => {
    expect(formatEntityReport(entityReport(gold, predicted, { mode: 'default' }))).toBe(golden);
  });

  test('prints a table without types for data that is all O', () => {
    expect(formatEntityReport(entityReport([['O']], [['O']], { mode: 'default' }))).toBe(`\
              precision    recall  f1-score   support


   micro avg       0.00      0.00      0.00         0
   macro avg       0.00      0.00      0.00         0
weighted avg       0.00      0.00      0.00         0
`);
  });

  test.each([
    // '{:.2f}'.format(x) in Python: exact ties go to the even digit, all else to the nearest.
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [0.625, 2, '0.62'],
    [0.875, 2, '0.88'],
    [0.03125, 4, '0.0312'],
    [0.5, 0, '0'],
    [0.145, 2, '0.14'],
    [0.285, 2, '0.28'],
    [0.045, 2, '0.04'],
    [2 / 3, 2, '0.67'],
    [1, 2, '1.00'],
  ])('rounds %f to %i digits as Python does: %s', (precision, digits, expected) => {
    const figures = { precision, recall: 0, f1: 0, support: 1 };
    const averages = { micro: figures, macro: figures, weighted: figures };
    const text = formatEntityReport({ mode: 'default', scheme: null, ...averages, perType: {} }, { digits });
    expect(/micro avg +(\S+)/.exec(text)?.[1]).toBe(expected);
  });
});

describe('formatReport', () => {
  test('names mode and scheme beside each table', () => {
    const report = evaluateTags(gold, predicted, { rng: createRng(1), resamples: 20 });
    expect(formatReport(report)).toBe(`\
Sentences: 1, tokens: 4

Entities, seqeval default mode (as conlleval):

${golden}
Entities, seqeval strict mode, scheme IOB2:

${golden}
Kinds of errors (default mode):

            entities   of gold

  correct          1    50.0 %  same words, same type
  boundary         1    50.0 %  same type, words that overlap
  type             0     0.0 %  same words, another type
  both             0     0.0 %  another type, words that overlap
  missed           0     0.0 %  gold, and nothing found there
  spurious         1    50.0 %  found, and nothing gold there

Words by tag, as scikit-learn's classification_report:

              precision    recall  f1-score   support

       B-LOC       1.00      1.00      1.00         1
   B-geo-loc       0.50      1.00      0.67         1
   I-geo-loc       0.00      0.00      0.00         1
           O       1.00      1.00      1.00         1

    accuracy                           0.75         4
   macro avg       0.62      0.75      0.67         4
weighted avg       0.62      0.75      0.67         4

Micro F1 (default mode): 0.4000, 95 % interval 0.4000 to 0.4000 (bootstrap over sentences, 20 resamples)
Micro F1 with types ignored: 0.4000
Token accuracy: 0.7500
`);
  });
});
