import type { Confidences } from '../../shared/decode/confidences.ts';
import type { ManifestDraft } from '../../shared/model/write-bundle.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import type { TrainEvent } from '../train/events.ts';
import type { Appendix } from './appendix.ts';

/** What the curves are drawn from; all other events may be left in, they are not read. */
export type HistoryEvent = Extract<TrainEvent, { readonly type: 'step' | 'epoch' }>;

/** Words with their gold tags. */
export interface LabelledSentence {
  readonly words: readonly string[];
  readonly gold: readonly string[];
}

/** A sentence that was measured. */
export interface MeasuredSentence extends LabelledSentence {
  readonly predicted: readonly string[];
  /** Of `predictScored`; without them the report has no reliability and no scores in examples. */
  readonly confidences?: { readonly raw: Confidences; readonly calibrated: Confidences } | undefined;
  /** Line of its first word in its file, from 1. */
  readonly line?: number | undefined;
}

/** A split with the figures that were measured on it. */
export interface MeasuredSplit {
  /** `dev`, `test`, or the name of a file that is no split of this model. */
  readonly name: string;
  readonly evaluation: EvaluationReport;
  readonly sentences: readonly MeasuredSentence[];
}

/** What the report needs of a manifest; a draft or the whole one. */
export type ReportManifest = Pick<
  ManifestDraft,
  'engine' | 'labels' | 'head' | 'temperature' | 'data' | 'recipe' | 'seed'
>;

/** All that a report is made of. The same input gives the same report, byte by byte. */
export interface ReportInput {
  /** Null while the bundle is being written: its id is a hash of its files, and the report is one of them. */
  readonly modelId: string | null;
  readonly manifest: ReportManifest;
  /** In the order of the report; dev before test. */
  readonly splits: readonly MeasuredSplit[];
  /** Training sentences, for tag distribution and lengths; leave out where there are none at hand. */
  readonly training?: readonly LabelledSentence[] | undefined;
  /** In the order in which they came; empty where the model was not trained here. */
  readonly history: readonly HistoryEvent[];
  /** Name and value, such as `processor`; anything that helps to say where the figures come from. */
  readonly environment: Readonly<Record<string, string>>;
  /** What whoever trained wants to say besides, after the splits. */
  readonly appendices?: readonly Appendix[] | undefined;
}
