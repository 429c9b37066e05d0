import {
  float32,
  gradients,
  inBfloat16,
  int32,
  optimize,
  trace,
  type Graph,
  type Tensor,
  type Tensors,
  type TensorType,
} from '../../training/engine/index.ts';
import { crfLoss, crfParameters } from '../../training/heads/crf.ts';
import { createHead, headSettingsSchema, heads, type Head, type HeadName } from '../../training/heads/index.ts';
import { createLoss, losses, lossSettingsSchema, type Loss, type LossName } from '../../training/losses/index.ts';
import { createDropoutSource } from '../../training/nn/dropout.ts';
import { optimizerSettingsSchema } from '../../training/optim/optimizer-settings.ts';
import type { StepDefinition } from '../../training/train/step-definition.ts';
import { buildStepProgram } from '../../training/train/step-program.ts';
import { tinyEncoder, tinyEncoders, TINY_LABELS, type TinyEncoderName } from './tiny-encoder.ts';
import { untrainedTagger } from './tiny-training.ts';

/** Encoders are teachers, not students. */
export const encoderLosses = (Object.keys(losses) as readonly LossName[]).filter((name) => !losses[name].taught);

export const encoderHeads = Object.keys(heads) as readonly HeadName[];

function headOf(name: TinyEncoderName, head: HeadName): Head {
  const { config } = tinyEncoder(name).encoder;
  const small = { linear: {}, convolution: { filters: 6 }, bilstm: { units: 4 } }[head];
  return createHead(headSettingsSchema.parse({ kind: head, ...small }), { ...config, labels: TINY_LABELS });
}

function lossOf(name: LossName): Loss {
  const balanced = name === 'cross-entropy' || name === 'focal-softmax' ? { classWeights: 'balanced' } : {};
  return createLoss(lossSettingsSchema.parse({ kind: name, ...balanced }), { labelCounts: [9, 4, 3, 2, 1] });
}

const steps = {
  groups: () => ({ learningRate: 1, weightDecay: 0.01 }),
  optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
  schedule: { name: 'linear', peak: 1e-3, warmupSteps: 2, totalSteps: 20 },
  maxNorm: 1,
} as const satisfies Partial<StepDefinition>;

/** The training program of the word-level tagger. */
export function wordTaggerProgram(): Graph {
  const { model } = untrainedTagger();
  return buildStepProgram({
    ...steps,
    parameters: model.parameters,
    batch: { ...model.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) =>
      crfLoss(p, {
        emissions: model.emissions(p, batch, createDropoutSource(1, step)),
        tags: batch['tags']!,
        mask: batch['mask']!,
      }),
  });
}

export type Precision = 'fp32' | 'bf16';

interface EncoderVariant {
  readonly loss: LossName;
  readonly head?: HeadName;
  readonly precision?: Precision;
}

/** The training program of an encoder tagger. */
export function encoderProgram(
  name: TinyEncoderName,
  { loss, head: headName = 'linear', precision = 'fp32' }: EncoderVariant,
): Graph {
  const { encoder } = tinyEncoder(name);
  const head = headOf(name, headName);
  const crf = losses[loss].crf ? crfParameters(TINY_LABELS) : [];
  const lossFunction = lossOf(loss);
  return buildStepProgram({
    ...steps,
    parameters: [...encoder.parameters, ...head.parameters, ...crf],
    batch: { ...encoder.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) => {
      const source = createDropoutSource(1, step);
      const [tags, mask] = [batch['tags']!, batch['mask']!];
      const options = { mask, dropout: encoder.config.classifierDropout, source };
      const score = (q: Tensors): Tensor => head.logits(q, encoder.hidden(q, batch, source), options); // [B, T, L]
      const emissions = precision === 'bf16' ? inBfloat16(p, score) : score(p); // [B, T, L]
      return lossFunction(p, { emissions, tags, mask }); // []
    },
  });
}

/** The cross-entropy of an encoder tagger, without dropout, and the gradient of every parameter. */
export function encoderGradients(name: TinyEncoderName, precision: Precision): Graph {
  const { encoder, specs } = tinyEncoder(name);
  const weights = Object.fromEntries(specs.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]));
  const inputs: Readonly<Record<string, TensorType>> = { ...weights, ...encoder.inputs, tags: int32('B', 'T') };
  return trace('gradients', inputs, (x) => {
    const score = (p: Tensors): Tensor =>
      headOf(name, 'linear').logits(p, encoder.hidden(p, x), { mask: x['mask']!, dropout: 0, source: undefined }); // [B, T, L]
    const p = Object.fromEntries(specs.map((spec) => [spec.name, x[spec.name]!]));
    const logits = precision === 'bf16' ? inBfloat16(p, score) : score(p); // [B, T, L]
    const loss = lossOf('cross-entropy')(p, { emissions: logits, tags: x['tags']!, mask: x['mask']! }); // []
    return { loss, ...gradients(loss, p) };
  });
}

/** Logits without dropout, as in serving; the parameters are inputs. */
export function encoderServing(name: TinyEncoderName): Graph {
  const { encoder, specs } = tinyEncoder(name);
  const weights = Object.fromEntries(specs.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]));
  return trace('serving', { ...weights, ...encoder.inputs }, (x) => ({
    logits: headOf(name, 'linear').logits(x, encoder.hidden(x, x), { mask: x['mask'], dropout: 0, source: undefined }),
  }));
}

export function wordTaggerServing(): Graph {
  const { model } = untrainedTagger();
  const weights = Object.fromEntries(
    model.parameters.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]),
  );
  return trace('serving', { ...weights, ...model.inputs }, (x) => ({ emissions: model.emissions(x, x) }));
}

/** Every graph that training and export emit, as they are given to onnxruntime: each head and loss over one encoder, and
 * each encoder with a linear head. */
export const emittedGraphs: readonly (readonly [name: string, build: () => Graph])[] = [
  ['word tagger, training', () => optimize(wordTaggerProgram())],
  ['word tagger, serving', () => optimize(wordTaggerServing())],
  ...tinyEncoders.flatMap((name): readonly (readonly [string, () => Graph])[] => [
    ...(name === 'bert' ? encoderHeads : (['linear'] as const)).flatMap((head) =>
      (name === 'bert' ? encoderLosses : (['cross-entropy'] as const)).flatMap((loss) =>
        (['fp32', 'bf16'] as const).map((precision): readonly [string, () => Graph] => [
          `${name}, ${head}, ${loss}, training, ${precision}`,
          () => optimize(encoderProgram(name, { loss, head, precision })),
        ]),
      ),
    ),
    [`${name}, serving`, () => optimize(encoderServing(name))],
  ]),
];
