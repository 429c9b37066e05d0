import type { Device } from '../../shared/ort/device.ts';
import type { TrainEvent } from '../train/events.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Corpus, CorpusSource, FrozenSentences, Overlap } from '../data/corpus.ts';
import type { Publication } from '../export/publication.ts';
import type { Architecture } from '../models/encoder-config.ts';
import type { HubSettings } from '../models/hub/hub-settings.ts';
import type { FoundVectors } from './recipe-vectors.ts';
import type { SettingChange } from './settings.ts';

/** How a job runs, whatever it trains. */
export interface RunOptions {
  /** Folder of the bundle; beside it `<out>.run` keeps checkpoints and events. */
  readonly out: string;
  /** Another folder for checkpoints and events than `<out>.run`. */
  readonly runFolder?: string | undefined;
  readonly seed: number;
  /** Go on from the last checkpoint, if there is one. */
  readonly resume: boolean;
  readonly threads: number;
  /** What computes the steps. Default: cpu. */
  readonly device?: Device;
  /**
   * Whether threads wait for work by spinning: a step of MiniLM-L6 takes about a tenth less time then (docs/benchmarks.md),
   * and a host that serves beside it has less of the cores. Default false.
   */
  readonly spinning?: boolean;
  /** Tagwright's version, for the manifest. */
  readonly version: string;
  /** For a bundle that will be passed on. */
  readonly publication?: Publication | undefined;
}

/** A training job as data: what `tagwright train` is asked for. It can be sent to another thread. */
export interface TrainingJob extends RunOptions {
  readonly corpus: CorpusSource;
  /** Whether a tag that breaks the BIO rules is put right instead of refused. Default: refused. */
  readonly repair?: boolean;
  /** Whether dev may have entity types that train has not; they count as misses. Default: that is refused. */
  readonly allowUnseenTypes?: boolean;
  /** A CoNLL file that candidates are measured on: sentences of it are left out of train and dev. */
  readonly frozen?: string | undefined;
  /** A vector file, or the name of an npm package of vectors. */
  readonly vectors?: string | undefined;
  /** A pre-trained encoder: the folder of one, or its id on the hub. Without it a word-level tagger is trained. */
  readonly encoder?: EncoderSource | undefined;
  /** What is changed of the default settings of the kind of tagger. */
  readonly changes?: readonly SettingChange[];
}

/** Files that a recipe reads. */
export interface RecipeSource {
  /** Name of the recipe, whose settings come before `changes`. */
  readonly recipe: string;
  /** The files: whatever the recipe takes. */
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the report has the old system's metric beside the honest one. */
  readonly asPublished: boolean;
  /** Whether the recipe's own word vectors may be used where the job names none. Default true. */
  readonly ownVectors?: boolean;
}

/** A job on files that a recipe reads, instead of on CoNLL files. */
export type RecipeJob<Job extends TrainingJob = TrainingJob> = Omit<Job, 'corpus'> & { readonly corpus: RecipeSource };

/** A distillation as data: what `tagwright distill` is asked for. It can be sent to another thread. */
export interface DistillationJob extends RunOptions {
  /** Folder of the teacher's bundle. */
  readonly teacher: string;
  /** Files of tweets: NDJSON, a JSON array, or one text a line. */
  readonly unlabelled: readonly string[];
  /** Labelled tweets; without them the teacher's tags on some of the others choose the epoch. */
  readonly corpus?: CorpusSource | undefined;
  readonly repair?: boolean;
  /** A vector file, or the name of an npm package of vectors. */
  readonly vectors?: string | undefined;
  /** Words whose vectors the student keeps. */
  readonly vectorWords: number;
  /** What is changed of the student's default settings. */
  readonly changes?: readonly SettingChange[];
}

/** Where an encoder comes from. */
export interface EncoderSource {
  /** A folder, or an id on the hub. */
  readonly name: string;
  /** What the manifest calls it. Default: its name. */
  readonly label?: string | undefined;
  /** Branch, tag or commit on the hub. Default: main. */
  readonly revision?: string | undefined;
  /** How the hub is reached, for an encoder that is no folder. */
  readonly hub: HubSettings;
}

/** What a job says, in order; step and epoch events in between are those of the training loop. */
export type JobEvent =
  /** What a recipe made of its files: counts that are not those of its own data, and what was put right. */
  | {
      readonly type: 'prepared';
      readonly recipe: string;
      readonly differences: readonly string[];
      readonly notices: readonly string[];
      /** The recipe's own word vectors, where the job names none: they are used if they are installed. */
      readonly vectors: FoundVectors | undefined;
      /** Where all of them are written, with the splits. */
      readonly dir: string;
    }
  | {
      readonly type: 'corpus';
      readonly train: number;
      readonly dev: number;
      readonly test: number;
      readonly types: readonly string[];
      readonly devFrom: 'file' | 'held out';
      readonly overlap: Overlap;
      /** SHA-256 of the bytes of each file, in hexadecimal. */
      readonly fingerprints?: Corpus['fingerprints'];
      /** Sentences that are in the frozen test set; absent where there is none. */
      readonly leftOut?: FrozenSentences['leftOut'];
    }
  /** A line of the corpus that was put right, as `file:line: ...`. */
  | { readonly type: 'repaired'; readonly message: string }
  | { readonly type: 'vectors'; readonly words: number; readonly dim: number }
  /** The model that a student learns from. */
  | { readonly type: 'teacher'; readonly modelId: string; readonly types: readonly string[] }
  /** A file of tweets without labels: those that are new, and lines that are no tweets. */
  | { readonly type: 'unlabelled'; readonly file: string; readonly tweets: number; readonly rejected: number }
  /** Sentences that the teacher has labelled. */
  | { readonly type: 'labelling'; readonly done: number; readonly total: number }
  /** By how much less O scores in the student that is exported than it was trained to, and what that gives on dev. */
  | { readonly type: 'outside-bias'; readonly bias: number; readonly dev: Figures }
  /** Bytes of an encoder that is being fetched. */
  | { readonly type: 'fetching'; readonly file: string; readonly bytes: number; readonly totalBytes: number }
  /** The hub could not be asked, and the encoder is what its revision was when it last could. */
  | { readonly type: 'stale'; readonly commit: string }
  | {
      readonly type: 'encoder';
      readonly name: string;
      readonly architecture: Architecture;
      readonly layers: number;
      readonly width: number;
      /** Tensors of its file that nobody knows. */
      readonly unexpected: readonly string[];
      /** Pieces of its tokeniser, and rows of its embedding; there may be a few more rows, left to spare. */
      readonly pieces: number;
      readonly rows: number;
    }
  /** Sentences longer than the model sees at once, and words that it does not see at all, which are O. */
  | { readonly type: 'windows'; readonly longSentences: number; readonly unseenWords: number }
  | { readonly type: 'resumed'; readonly epoch: number; readonly step: number }
  | TrainEvent
  /** A newer checkpoint that is not whole, and was passed over. */
  | { readonly type: 'damaged'; readonly file: string; readonly reason: string }
  | { readonly type: 'checkpoint'; readonly file: string; readonly epoch: number; readonly step: number }
  | { readonly type: 'exporting' }
  | {
      readonly type: 'exported';
      readonly modelId: string;
      readonly dir: string;
      readonly reports: Readonly<Record<string, EvaluationReport>>;
    };
