import { z } from 'zod';
import { FEATURE_NAMES, type FeatureName } from '../../shared/features/feature-tables.ts';
import { NerError } from '../../shared/ner-error.ts';
import { ALIGNMENT_POLICIES } from '../../shared/text/align-labels.ts';
import { headSettingsSchema } from '../heads/index.ts';
import { lossSettingsSchema } from '../losses/index.ts';
import { CONTEXT_ENCODERS } from '../models/context-encoder.ts';
import { defaultModelSettings, defaultTrainSettings, trainSettingsSchema } from '../train/train-settings.ts';

const rate = z.number().min(0).lt(1);
const width = z.int().positive();

/** The word-level tagger, trained from scratch. */
const wordModel = z.strictObject({
  kind: z.literal('words'),
  features: z.array(
    z.strictObject({ feature: z.enum(FEATURE_NAMES as [FeatureName, ...FeatureName[]]), buckets: width, width }),
  ),
  characters: width,
  characterWidth: width,
  characterFilters: width,
  encoder: z.enum(CONTEXT_ENCODERS),
  width,
  layers: z.int().nonnegative(),
  lstmUnits: z.int().nonnegative(),
  inputDropout: rate,
  hiddenDropout: rate,
  outputDropout: rate,
  wordDropout: rate,
  featureDropout: rate,
});

const { features, ...wordDefaults } = defaultModelSettings;

/** Features of words beside the pieces of an encoder; `{}` has those of the word-level tagger. */
const encoderWords = z.strictObject({
  features: wordModel.shape.features.default([...features]),
  characters: width.default(wordDefaults.characters),
  characterWidth: width.default(wordDefaults.characterWidth),
  characterFilters: width.default(wordDefaults.characterFilters),
  encoder: wordModel.shape.encoder.default(wordDefaults.encoder),
  width: width.default(wordDefaults.width),
  layers: wordModel.shape.layers.default(wordDefaults.layers),
  lstmUnits: wordModel.shape.lstmUnits.default(wordDefaults.lstmUnits),
  inputDropout: rate.default(wordDefaults.inputDropout),
  hiddenDropout: rate.default(wordDefaults.hiddenDropout),
  wordDropout: rate.default(wordDefaults.wordDropout),
  featureDropout: rate.default(wordDefaults.featureDropout),
});

/** A pre-trained transformer encoder, fine-tuned. */
const encoderModel = z.strictObject({
  kind: z.literal('encoder'),
  head: headSettingsSchema,
  alignment: z.enum(ALIGNMENT_POLICIES),
  maxPieces: z.int().min(3).max(65_536),
  dropout: rate.nullable(),
  hiddenDropout: rate.nullable(),
  attentionDropout: rate.nullable(),
  words: encoderWords.nullable().default(null),
});

/** A tagger of either kind. */
export const modelSettingsSchema = z.discriminatedUnion('kind', [wordModel, encoderModel]);

/** Everything about a run that is chosen and not learned, but for data and seed. */
export const settingsSchema = z.strictObject({
  model: modelSettingsSchema,
  loss: lossSettingsSchema,
  train: trainSettingsSchema,
});
export type Settings = z.output<typeof settingsSchema>;
export type ModelKind = Settings['model']['kind'];

/** Settings of a run for which nothing else is said. */
export const defaultSettings: Readonly<Record<ModelKind, Settings>> = {
  words: {
    model: { kind: 'words', ...defaultModelSettings, features: [...defaultModelSettings.features] },
    loss: { kind: 'crf' },
    train: defaultTrainSettings,
  },
  // As BERT's authors fine-tune, with the rate that small encoders take; docs/benchmarks.md has figures.
  encoder: {
    model: {
      kind: 'encoder',
      head: { kind: 'linear' },
      alignment: 'first',
      maxPieces: 128,
      dropout: null,
      hiddenDropout: null,
      attentionDropout: null,
      words: null,
    },
    loss: { kind: 'cross-entropy', classWeights: 'none', labelSmoothing: 0 },
    train: {
      ...defaultTrainSettings,
      epochs: 8,
      batchSize: 16,
      stepsPerRun: 1,
      learningRate: 1e-4,
      mentionReplacement: 0,
    },
  },
};

/** @throws {E_USAGE} when settings of one kind of tagger were given for the other */
export function refuseOtherKind({ model }: Settings, kind: ModelKind): void {
  if (model.kind === kind) return;
  const remedy = kind === 'words' ? 'Name the encoder by --encoder' : 'Leave --encoder out';
  throw new NerError(
    'E_USAGE',
    `settings: model.kind is for another tagger, got ${model.kind}; expected ${kind}, because there is ${kind === 'words' ? 'no' : 'an'} encoder. ${remedy}, or take other settings.`,
  );
}

/** A setting by its dotted path, such as `train.learningRate`, and its value. */
export type SettingChange = readonly [path: string, value: unknown];

/** Keys whose value says which other keys there are. */
const DISCRIMINATORS = new Set(['kind', 'name']);
/** Parts with one of several keys: another takes the place of the one that is there. */
const ALTERNATIVES = new Set(['train.schedule.warmup']);

/**
 * Settings with some of them changed. A change of a `kind` or `name` puts the settings beside it back to the defaults of
 * that kind; a setting of a part that is null makes the part.
 *
 * @throws {E_USAGE} a path that there is not, naming those there are, or a value out of range
 */
export function withSettings(settings: Settings, changes: readonly SettingChange[]): Settings {
  const draft = structuredClone(settings) as Tree;
  const reset = new Set<Tree>();
  for (const [path, value] of changes) change(draft, [path, value], reset);
  const parsed = settingsSchema.safeParse(draft);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue!.path.join('.');
  throw new NerError('E_USAGE', `settings: ${place}: ${issue!.message}, got ${show(at(draft, issue!.path))}.`);
}

type Tree = { [key: string]: unknown };

/** @param reset parts that were set whole or whose kind was changed: which keys they may have is checked at the end */
function change(settings: Tree, [path, value]: SettingChange, reset: Set<Tree>): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let parent: Tree = settings;
  for (const key of keys) {
    if (reset.has(parent) && !Object.hasOwn(parent, key)) {
      const part: Tree = {};
      reset.add(part);
      parent[key] = part;
    }
    // A part that is off by default is switched on by naming one of its settings.
    if (Object.hasOwn(parent, key) && parent[key] === null) {
      const part: Tree = {};
      reset.add(part);
      parent[key] = part;
    }
    const next = Object.hasOwn(parent, key) ? parent[key] : undefined;
    if (!isTree(next)) throw unknownPath(path, key, parent);
    parent = next;
  }
  // Nothing is said of a part that is there; of one that is left out, that it is to be in.
  if (isTree(value) && Object.keys(value).length === 0 && isTree(parent[last])) return;
  const isOtherForm = ALTERNATIVES.has(keys.join('.')) && !Object.hasOwn(parent, last);
  if (isOtherForm || (DISCRIMINATORS.has(last) && Object.hasOwn(parent, last))) {
    if (parent[last] === value) return;
    for (const key of Object.keys(parent)) Reflect.deleteProperty(parent, key);
    reset.add(parent);
  } else if (!Object.hasOwn(parent, last) && !reset.has(parent)) throw unknownPath(path, last, parent);
  parent[last] = structuredClone(value);
  // What it leaves out has its default, which is filled in at the end.
  if (isTree(parent[last])) reset.add(parent[last]);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownPath(path: string, key: string, parent: Tree): NerError {
  return new NerError(
    'E_USAGE',
    `settings: there is no ${path}, got '${key}'; expected one of ${Object.keys(parent).join(', ')}.`,
  );
}

function at(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], tree);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/**
 * A change as it is written on the command line, `PATH=VALUE`. The value is JSON; what is no JSON is text.
 *
 * @throws {E_USAGE} without `=`
 */
export function parseSettingChange(text: string): SettingChange {
  const cut = text.indexOf('=');
  if (cut < 1) {
    throw new NerError(
      'E_USAGE',
      `--set: not a setting, got '${text}'; expected PATH=VALUE, such as train.learningRate=5e-5.`,
    );
  }
  const value = text.slice(cut + 1);
  try {
    return [text.slice(0, cut), JSON.parse(value)];
  } catch {
    return [text.slice(0, cut), value];
  }
}

/** Nested settings as changes, a `kind` or `name` before what stands beside it. */
export function settingLeaves(settings: object, prefix = ''): readonly SettingChange[] {
  const entries = Object.entries(settings).sort(
    ([a], [b]) => Number(DISCRIMINATORS.has(b)) - Number(DISCRIMINATORS.has(a)),
  );
  return entries.flatMap(([key, value]: [string, unknown]): readonly SettingChange[] =>
    isTree(value) && Object.keys(value).length > 0
      ? settingLeaves(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, value]],
  );
}
