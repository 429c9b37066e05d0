import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Appendix } from './appendix.ts';
import { calibrationReport, type CalibrationReport } from './calibration-report.ts';
import { curvesOf, type Curves } from './curves.ts';
import { dataProfile, type DataProfile } from './data-profile.ts';
import type { MeasuredSplit, ReportInput, ReportManifest } from './report-input.ts';
import { worstExamples, type Example } from './worst-examples.ts';

export interface SplitReport {
  readonly name: string;
  readonly evaluation: EvaluationReport;
  readonly calibration: CalibrationReport | null;
  /** The worst first; null where they are not shown, see `reportData`. */
  readonly examples: readonly Example[] | null;
}

/** report.json: everything the page shows. All shares are in 0..1. */
export interface ReportData {
  readonly format: 'tagwright-report';
  readonly formatVersion: 1;
  readonly model: {
    readonly id: string | null;
    readonly scheme: 'BIO';
    readonly types: readonly string[];
    readonly head: string;
    readonly temperature: number;
    readonly seed: number;
    readonly engine: ReportManifest['engine'];
  };
  /** Splits of the model, with the hashes of their files. */
  readonly data: ReportManifest['data'];
  readonly splits: readonly SplitReport[];
  readonly profile: DataProfile;
  /** Absent where there are none. */
  readonly appendices?: readonly Appendix[];
  readonly curves: Curves;
  readonly recipe: ReportManifest['recipe'];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Computes a report. Its size is bounded: curves are thinned and examples are few. Sentences of test are not listed
 * where there is dev: whoever mends a model by its errors on test has no test any more.
 */
export function reportData(input: ReportInput): ReportData {
  const { modelId, manifest, splits, training, history, environment, appendices = [] } = input;
  const labelled = { ...(training === undefined ? {} : { train: training }), ...bySplit(splits) };
  return {
    format: 'tagwright-report',
    formatVersion: 1,
    model: {
      id: modelId,
      scheme: 'BIO',
      types: manifest.labels.filter((label) => label.startsWith('B-')).map((label) => label.slice(2)),
      head: manifest.head.kind,
      temperature: manifest.temperature,
      seed: manifest.seed,
      engine: manifest.engine,
    },
    data: manifest.data,
    splits: splits.map(({ name, evaluation, sentences }) => ({
      name,
      evaluation,
      calibration: calibrationReport(sentences),
      examples: name === 'test' && splits.length > 1 ? null : worstExamples(sentences),
    })),
    ...(appendices.length === 0 ? {} : { appendices }),
    profile: dataProfile(labelled),
    curves: curvesOf(history),
    recipe: manifest.recipe,
    environment,
  };
}

function bySplit(splits: readonly MeasuredSplit[]): Record<string, MeasuredSplit['sentences']> {
  return Object.fromEntries(splits.map(({ name, sentences }) => [name, sentences]));
}
