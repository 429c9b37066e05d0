import { compareCodePoints } from '../../shared/labels/code-point-order.ts';
import type { EntityReport, EvaluationReport } from './evaluation-report.ts';
import type { Figures } from './figures.ts';

/** Digits after the point; default 2, as seqeval's. */
export interface FormatOptions {
  readonly digits?: number;
}

const AVERAGES = ['micro', 'macro', 'weighted'] as const;

/** The whole evaluation as text: both modes named, each with its table, then the interval and the token accuracy. */
export function formatReport(report: EvaluationReport, { digits = 2 }: FormatOptions = {}): string {
  const { entity, f1Interval, tokenAccuracy, sentences, tokens } = report;
  const share = (value: number): string => fixed(value, digits + 2);
  return [
    `Sentences: ${sentences}, tokens: ${tokens}`,
    '',
    'Entities, seqeval default mode (as conlleval):',
    '',
    formatEntityReport(entity.default, { digits }),
    `Entities, seqeval strict mode, scheme ${entity.strict.scheme ?? 'none'}:`,
    '',
    formatEntityReport(entity.strict, { digits }),
    `Micro F1 (default mode): ${share(entity.default.micro.f1)}, ${Number((f1Interval.level * 100).toPrecision(6))} % interval ` +
      `${share(f1Interval.low)} to ${share(f1Interval.high)} ` +
      `(bootstrap over sentences, ${f1Interval.resamples} resamples)`,
    `Token accuracy: ${share(tokenAccuracy)}`,
    '',
  ].join('\n');
}

/**
 * The table of seqeval's `classification_report`, to the character (chakki-works/seqeval cd01b52,
 * `seqeval/reporters.py`). Data without entities, where seqeval raises an error, gives a table without types.
 */
export function formatEntityReport(report: EntityReport, { digits = 2 }: FormatOptions = {}): string {
  const types = Object.keys(report.perType).sort(compareCodePoints);
  const width = Math.max(...['weighted avg', ...types].map(codePoints), digits);
  const header = ['precision', 'recall', 'f1-score', 'support'].map((name) => ' ' + name.padStart(9)).join('');
  const row = (name: string, { precision, recall, f1, support }: Figures): string => {
    const numbers = [...[precision, recall, f1].map((value) => fixed(value, digits)), String(support)];
    return `${padStart(name, width)} ${numbers.map((text) => ' ' + text.padStart(9)).join('')}`;
  };
  return [
    `${' '.repeat(width)} ${header}`,
    '',
    ...types.map((type) => row(type, report.perType[type]!)),
    '',
    ...AVERAGES.map((average) => row(`${average} avg`, report[average])),
    '',
  ].join('\n');
}

/**
 * `value >= 0` with that many digits, rounded as Python does: exact ties go to the even digit (0.125 is 0.12), where
 * toFixed takes the larger (0.13). A binary fraction lies exactly between two decimals only when it is an odd multiple
 * of 2^-(digits + 1), and that product is computed without rounding.
 */
function fixed(value: number, digits: number): string {
  const up = value.toFixed(digits);
  const isTie = (value * 2 ** (digits + 1)) % 2 === 1;
  if (!isTie || Number(up.at(-1)) % 2 === 0) return up;
  return (value - 0.25 * 10 ** -digits).toFixed(digits);
}

function codePoints(text: string): number {
  return Array.from(text).length;
}

/** padStart by code points, as Python counts them. */
function padStart(text: string, width: number): string {
  return ' '.repeat(width - codePoints(text)) + text;
}
