import { compareCodePoints } from '../labels/code-point-order.ts';
import { ERROR_KINDS, type ErrorReport } from './error-kinds.ts';
import type { EntityReport, EvaluationReport } from './evaluation-report.ts';
import { pythonFixed } from './python-fixed.ts';
import { reportTable, type ReportRow } from './report-table.ts';
import type { TokenReport } from './token-report.ts';

/** Digits after the point; default 2, as seqeval's. */
export interface FormatOptions {
  readonly digits?: number;
}

const AVERAGES = ['micro', 'macro', 'weighted'] as const;

/** The whole evaluation as text: both modes named, each with its table, then errors, words, and the figures in short. */
export function formatReport(report: EvaluationReport, { digits = 2 }: FormatOptions = {}): string {
  const { entity, f1Interval, typeIgnored, errors, tokenAccuracy, sentences, tokens } = report;
  const share = (value: number): string => pythonFixed(value, digits + 2);
  return [
    `Sentences: ${sentences}, tokens: ${tokens}`,
    '',
    'Entities, seqeval default mode (as conlleval):',
    '',
    formatEntityReport(entity.default, { digits }),
    `Entities, seqeval strict mode, scheme ${entity.strict.scheme ?? 'none'}:`,
    '',
    formatEntityReport(entity.strict, { digits }),
    'Kinds of errors (default mode):',
    '',
    formatErrorKinds(errors),
    "Words by tag, as scikit-learn's classification_report:",
    '',
    formatTokenReport(report.tokenReport, { digits }),
    `Micro F1 (default mode): ${share(entity.default.micro.f1)}, ${Number((f1Interval.level * 100).toPrecision(6))} % interval ` +
      `${share(f1Interval.low)} to ${share(f1Interval.high)} ` +
      `(bootstrap over sentences, ${f1Interval.resamples} resamples)`,
    `Micro F1 with types ignored: ${share(typeIgnored.f1)}`,
    `Token accuracy: ${share(tokenAccuracy)}`,
    '',
  ].join('\n');
}

/** How many entities there are of each kind, their share of the gold ones in per cent, and what the kind means. */
export function formatErrorKinds({ counts }: ErrorReport): string {
  const gold = counts.correct + counts.boundary + counts.type + counts.both + counts.missed;
  const lines = ERROR_KINDS.map(([kind, meaning]) => {
    const share = gold === 0 ? '' : `${pythonFixed((100 * counts[kind]) / gold, 1)} %`;
    return `  ${kind.padEnd(8)} ${String(counts[kind]).padStart(9)} ${share.padStart(9)}  ${meaning}`;
  });
  return [`  ${''.padEnd(8)} ${'entities'.padStart(9)} ${'of gold'.padStart(9)}`, '', ...lines, ''].join('\n');
}

/**
 * The table of seqeval's `classification_report`, to the character (chakki-works/seqeval cd01b52,
 * `seqeval/reporters.py`). Data without entities, where seqeval raises an error, gives a table without types.
 */
export function formatEntityReport(report: EntityReport, { digits = 2 }: FormatOptions = {}): string {
  const types = Object.keys(report.perType).sort(compareCodePoints);
  const rows: ReportRow[] = [
    null,
    ...types.map((type): ReportRow => [type, report.perType[type]!]),
    null,
    ...AVERAGES.map((average): ReportRow => [`${average} avg`, report[average]]),
  ];
  return reportTable(rows, digits);
}

/**
 * The table of scikit-learn's `classification_report` with all labels, where `accuracy` takes the place of `micro avg`
 * (`sklearn/metrics/_classification.py`), to the character. Data without words, where scikit-learn raises an error,
 * gives a table without tags.
 */
export function formatTokenReport(report: TokenReport, { digits = 2 }: FormatOptions = {}): string {
  const { accuracy, macro, weighted } = report;
  const tags = Object.keys(report.perTag).sort(compareCodePoints);
  const rows: ReportRow[] = [
    null,
    ...tags.map((tag): ReportRow => [tag, report.perTag[tag]!]),
    null,
    ['accuracy', { accuracy, support: macro.support }],
    ['macro avg', macro],
    ['weighted avg', weighted],
  ];
  return reportTable(rows, digits);
}
