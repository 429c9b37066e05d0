import type { Features } from '../../shared/contracts/manifest.ts';
import type { WordsTokenizer } from '../../shared/features/piece-input.ts';
import type { LabelSet } from '../../shared/labels/label-set.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import type { Tagger } from '../models/tagger.ts';
import type { ExampleMaker } from './examples.ts';
import type { ParameterViews } from './train-state.ts';

/** What the model card says that the manifest does not. */
export interface CardKind {
  readonly name: string;
  /** Where the weights came from, as the hub names it. */
  readonly baseModel?: string;
  /** The library that loads the bundle. */
  readonly library?: string;
}

/** What a bundle of one kind of tagger holds besides graph, manifest and model card. */
export interface BundleForm {
  /** What the model card says of this kind of model. */
  readonly card: CardKind;
  readonly features: Features;
  /** Where the bundle has the serving graph. */
  readonly graphFile: string;
  /** Whether the graph's weights are in half precision, for a bundle that has to be small. Default false. */
  readonly halved?: boolean | undefined;
  /** Configuration, weights and features, by path in the bundle. */
  files(parameters: ParameterViews, settings: Readonly<Record<string, unknown>>): Record<string, Uint8Array>;
}

/** A tagger of some kind with all that training, evaluation and export need of it. */
export interface PreparedTagger {
  readonly model: Tagger;
  readonly labels: LabelSet;
  readonly examples: ExampleMaker;
  /** Makes the serving graph's inputs from words. */
  readonly input: GraphInput;
  /** What cuts words into pieces; absent where words are looked at whole. */
  readonly tokenizer?: WordsTokenizer | undefined;
  readonly bundle: BundleForm;
  /** Values of parameters that do not start fresh, by name. */
  readonly pretrained?: ReadonlyMap<string, Float32Array> | undefined;
}
