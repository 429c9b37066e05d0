import type { z } from 'zod';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { SplitName } from '../../shared/corpus/split-names.ts';
import type { Appendix } from '../report/appendix.ts';
import type { MeasuredSplit } from '../report/report-input.ts';
import type { SearchSpace } from '../tune/space.ts';

/** A job that people do, from the files as they come to a trained tagger and its report. */
export interface Recipe<Options = Readonly<Record<string, unknown>>> {
  /** Lower-case words with `-`, as `--recipe` takes it. */
  readonly name: string;
  /** What it trains, in one line. */
  readonly summary: string;
  readonly source: RecipeSource;
  /** What `--corpus` names: a folder of which files, or a file of which form. */
  readonly input: string;
  /** What can be chosen by `--option NAME=VALUE`; every option has a default and a `describe`. */
  readonly options: z.ZodType<Options>;
  /**
   * Reads the files into splits.
   *
   * @param how for recipes that read files with tags of entities; others have options of their own
   * @throws {E_CORPUS_MALFORMED} a file that is not of the form, with file and line
   * @throws {E_FILE_UNREADABLE}
   */
  read(path: string, options: Options, how: ReadingHow): Promise<RecipeCorpus>;
  /** Settings that differ from the defaults of a kind of tagger, each with the reason. A kind without a row has none. */
  readonly settings: Readonly<Partial<Record<'encoder' | 'words', readonly RecipeSetting[]>>>;
  /** Word vectors of a kind of tagger, which are used where they are installed and the user names none. */
  readonly vectors?: Readonly<Partial<Record<'encoder' | 'words', RecipeVectors>>>;
  /** What `tagwright tune --recipe` searches. */
  readonly space?: RecipeSpace;
  /** What the splits hold when the files are those of `source`; undefined where that depends on the user's own files. */
  expected(options: Options): ExpectedCounts | undefined;
  /** What all splits hold together then, for a recipe that splits by itself. */
  expectedTotals?(options: Options): ExpectedTotals | undefined;
  /** Figures of the system that people use today. */
  readonly published: readonly PublishedFigure[];
  /** What the report says besides, whatever is asked for. */
  appendices?(measured: Measured, options: Options): Promise<readonly Appendix[]>;
  /** The old metric beside the honest one, for `--metric as-published`. */
  asPublished?(measured: Measured, options: Options): Promise<readonly Appendix[]>;
}

export interface RecipeSource {
  readonly citation: string;
  readonly url: string;
  /** Of the data, in words; 'none stated' where there is none. */
  readonly licence: string;
}

export interface ReadingHow {
  /** Whether a tag that breaks the BIO rules is put right instead of refused, as `--repair` asks for. */
  readonly repair: boolean;
}

export interface RecipeVectors {
  /** As `--vectors` takes it. */
  readonly name: string;
  readonly why: string;
}

export interface RecipeSpace {
  /** The kind of tagger that has these settings; absent where all have. */
  readonly kind?: 'encoder' | 'words';
  readonly dimensions: SearchSpace;
  readonly maxEpochs: number;
  readonly why: string;
}

export interface RecipeSetting {
  /** Dotted path, such as `train.learningRate`. */
  readonly path: string;
  readonly value: unknown;
  readonly why: string;
}

/** A figure as it was published, and why it does not compare where it does not. */
export interface PublishedFigure {
  readonly figure: string;
  /** 0..1 unless the figure's name has a unit. */
  readonly value: number;
  readonly remark?: string;
}

/** What a recipe makes of its files. */
export interface RecipeCorpus {
  readonly train: readonly Sentence[];
  readonly dev: readonly Sentence[];
  readonly test?: readonly Sentence[];
  /** Files of the splits when they are CoNLL files as they are; otherwise the splits are written beside the run. */
  readonly files?: { readonly train: string; readonly dev: string; readonly test?: string };
  /** What was put right or left out, each as `file:line: what, and what it is now`. */
  readonly notices: readonly string[];
}

export interface SplitCounts {
  readonly sentences: number;
  readonly tokens: number;
  readonly entities: number;
}

export type ExpectedCounts = Readonly<Partial<Record<SplitName, SplitCounts>>>;

/** Counts that do not depend on how a corpus was split. */
export interface ExpectedTotals extends SplitCounts {
  /** Words by tag. */
  readonly tags: Readonly<Record<string, number>>;
}

/** What the figures of a recipe are computed from. */
export interface Measured {
  readonly splits: readonly MeasuredSplit[];
  /** Sub-words of each word, without special tokens, by sentence; undefined for a tagger that has none. */
  readonly countPieces:
    ((sentences: readonly (readonly string[])[]) => Promise<readonly (readonly number[])[]>) | undefined;
}

/** The one place where a recipe's own type of options is forgotten: they are checked by its schema before every use. */
export function defineRecipe<Options>(recipe: Recipe<Options>): Recipe {
  return recipe as unknown as Recipe;
}
