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

/** A pre-trained transformer encoder, fine-tuned. */
const encoderModel = z.strictObject({
  kind: z.literal('encoder'),
  head: headSettingsSchema,
  alignment: z.enum(ALIGNMENT_POLICIES),
  maxPieces: z.int().min(3).max(65_536),
  dropout: rate.nullable(),
  hiddenDropout: rate.nullable(),
  attentionDropout: rate.nullable(),
});

/** Everything about a run that is chosen and not learned, but for data and seed. */
export const settingsSchema = z.strictObject({
  model: z.discriminatedUnion('kind', [wordModel, encoderModel]),
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

/** A setting by its dotted path, such as `train.learningRate`, and its value. */
export type SettingChange = readonly [path: string, value: unknown];

/** Keys whose value says which other keys there are. */
const DISCRIMINATORS = new Set(['kind', 'name']);

/** Parts that have one key out of several: another one takes its place. */
const EITHER = new Set(['warmup']);

/**
 * Settings with some of them changed. A change of a `kind` or `name` puts the settings beside it back to the defaults of
 * that kind.
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

/** @param reset parts that are new or whose kind was changed: which keys they may have is checked at the end */
function change(settings: Tree, [path, value]: SettingChange, reset: Set<Tree>): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let parent: Tree = settings;
  for (const key of keys) {
    const isNew = reset.has(parent) && !Object.hasOwn(parent, key);
    // What is null is left out, such as early stopping; a setting of it puts it in.
    if (isNew || (Object.hasOwn(parent, key) && parent[key] === null)) {
      const part: Tree = {};
      reset.add(part);
      parent[key] = part;
    }
    const next = Object.hasOwn(parent, key) ? parent[key] : undefined;
    if (!isTree(next)) throw unknownPath(path, key, parent);
    parent = next;
  }
  if (EITHER.has(keys.at(-1) ?? '') && !Object.hasOwn(parent, last)) {
    for (const key of Object.keys(parent)) Reflect.deleteProperty(parent, key);
    reset.add(parent);
  }
  if (DISCRIMINATORS.has(last) && Object.hasOwn(parent, last)) {
    if (parent[last] === value) return;
    for (const key of Object.keys(parent)) Reflect.deleteProperty(parent, key);
    reset.add(parent);
  } else if (!Object.hasOwn(parent, last) && !reset.has(parent)) throw unknownPath(path, last, parent);
  parent[last] = value;
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
    isTree(value) ? settingLeaves(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
  );
}
