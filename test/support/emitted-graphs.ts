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
import { linearHead } from '../../training/heads/linear-head.ts';
import { crossEntropy } from '../../training/losses/cross-entropy.ts';
import { createDropoutSource } from '../../training/nn/dropout.ts';
import type { ParameterSpec } from '../../training/nn/parameter.ts';
import { optimizerSettingsSchema } from '../../training/optim/optimizer-settings.ts';
import type { StepDefinition } from '../../training/train/step-definition.ts';
import { buildStepProgram } from '../../training/train/step-program.ts';
import { tinyEncoder, tinyEncoders, TINY_LABELS, type TinyEncoderName } from './tiny-encoder.ts';
import { untrainedTagger } from './tiny-training.ts';

/** Loss functions of an encoder tagger, by name. */
export const encoderLosses = ['cross-entropy', 'crf'] as const;

export type EncoderLossName = (typeof encoderLosses)[number];

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

/** The training program of an encoder tagger with a linear head. */
export function encoderProgram(name: TinyEncoderName, loss: EncoderLossName, precision: Precision = 'fp32'): Graph {
  const { encoder, specs } = tinyEncoder(name);
  const parameters: readonly ParameterSpec[] = [...specs, ...(loss === 'crf' ? crfParameters(TINY_LABELS) : [])];
  return buildStepProgram({
    ...steps,
    parameters,
    batch: { ...encoder.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) => {
      const source = createDropoutSource(1, step);
      const score = (weights: Tensors): Tensor =>
        linearHead(weights, encoder.hidden(weights, batch, source), {
          dropout: encoder.config.classifierDropout,
          source,
        }); // [B, T, L]
      const logits = precision === 'bf16' ? inBfloat16(p, score) : score(p); // [B, T, L]
      const [tags, mask] = [batch['tags']!, batch['mask']!];
      return loss === 'crf'
        ? crfLoss(p, { emissions: logits, tags, mask })
        : crossEntropy({ logits, labels: tags, mask });
    },
  });
}

/** The cross-entropy of an encoder tagger, without dropout, and the gradient of every parameter. */
export function encoderGradients(name: TinyEncoderName, precision: Precision): Graph {
  const { encoder, specs } = tinyEncoder(name);
  const weights = Object.fromEntries(specs.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]));
  const inputs: Readonly<Record<string, TensorType>> = { ...weights, ...encoder.inputs, tags: int32('B', 'T') };
  return trace('gradients', inputs, (x) => {
    const score = (p: Tensors): Tensor => linearHead(p, encoder.hidden(p, x), { dropout: 0, source: undefined }); // [B, T, L]
    const p = Object.fromEntries(specs.map((spec) => [spec.name, x[spec.name]!]));
    const logits = precision === 'bf16' ? inBfloat16(p, score) : score(p); // [B, T, L]
    const loss = crossEntropy({ logits, labels: x['tags']!, mask: x['mask']! }); // []
    return { loss, ...gradients(loss, p) };
  });
}

/** Logits without dropout, as in serving; the parameters are inputs. */
export function encoderServing(name: TinyEncoderName): Graph {
  const { encoder, specs } = tinyEncoder(name);
  const weights = Object.fromEntries(specs.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]));
  return trace('serving', { ...weights, ...encoder.inputs }, (x) => ({
    logits: linearHead(x, encoder.hidden(x, x), { dropout: 0, source: undefined }),
  }));
}

export function wordTaggerServing(): Graph {
  const { model } = untrainedTagger();
  const weights = Object.fromEntries(
    model.parameters.map((spec): [string, TensorType] => [spec.name, float32(...spec.shape)]),
  );
  return trace('serving', { ...weights, ...model.inputs }, (x) => ({ emissions: model.emissions(x, x) }));
}

/** Every graph that training and export emit today, as they are given to onnxruntime. */
export const emittedGraphs: readonly (readonly [name: string, build: () => Graph])[] = [
  ['word tagger, training', () => optimize(wordTaggerProgram())],
  ['word tagger, serving', () => optimize(wordTaggerServing())],
  ...tinyEncoders.flatMap((name): readonly (readonly [string, () => Graph])[] => [
    ...encoderLosses.flatMap((loss) =>
      (['fp32', 'bf16'] as const).map((precision): readonly [string, () => Graph] => [
        `${name}, ${loss}, training, ${precision}`,
        () => optimize(encoderProgram(name, loss, precision)),
      ]),
    ),
    [`${name}, serving`, () => optimize(encoderServing(name))],
  ]),
];
