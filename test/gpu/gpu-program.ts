import type { Tensor as OrtTensor } from '../../shared/ort/tensor.ts';
import { createRng } from '../../shared/random.ts';
import { inBfloat16, int32, optimize, type Graph, type Tensor, type Tensors } from '../../training/engine/index.ts';
import { crfLoss, crfParameters } from '../../training/heads/crf.ts';
import { linearHead, linearHeadParameters } from '../../training/heads/linear-head.ts';
import { crossEntropy } from '../../training/losses/cross-entropy.ts';
import { readEncoderConfig, type EncoderConfig } from '../../training/models/encoder-config.ts';
import { createEncoder } from '../../training/models/transformer-encoder.ts';
import { createDropoutSource } from '../../training/nn/dropout.ts';
import { initParameters, size } from '../../training/nn/parameter.ts';
import { optimizerSettingsSchema } from '../../training/optim/optimizer-settings.ts';
import { stateParts, type StepDefinition } from '../../training/train/step-definition.ts';
import { partName } from '../../training/train/step-parts.ts';
import { buildStepProgram, stepProgramLayout } from '../../training/train/step-program.ts';
import { slabShape } from '../../training/train/state-layout.ts';
import type { Job } from './jobs.ts';

const LABELS = 21;

const SMALL = {
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 128,
  vocab_size: 500,
} as const;

const CONFIGS: Readonly<Record<Job['model'], Readonly<Record<string, number>>>> = {
  small: SMALL,
  'small CRF': SMALL,
  'MiniLM-L6': {
    hidden_size: 384,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    intermediate_size: 1536,
    vocab_size: 30_522,
  },
  'BERT-base': {
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    vocab_size: 30_522,
  },
};

function configOf(model: Job['model']): EncoderConfig {
  return readEncoderConfig({ model_type: 'bert', max_position_embeddings: 512, ...CONFIGS[model] });
}

export interface GpuProgram {
  readonly graph: Graph;
  /** The state before the first step, by the names of the graph's inputs. */
  readonly state: () => Readonly<Record<string, OrtTensor>>;
  readonly parameters: number;
}

/** The training program of an encoder with a linear head and dropout, and fresh weights for it. */
export function gpuProgram({ model, mode }: Pick<Job, 'model' | 'mode'>): GpuProgram {
  const config = configOf(model);
  const encoder = createEncoder(config);
  const withCrf = model === 'small CRF';
  const head = linearHeadParameters({ ...config, labels: LABELS });
  const specs = [...encoder.parameters, ...head, ...(withCrf ? crfParameters(LABELS) : [])];
  const definition: StepDefinition = {
    parameters: specs,
    batch: { ...encoder.inputs, tags: int32('B', 'T') },
    loss: (p, batch, step) => {
      const source = createDropoutSource(1, step);
      const score = (weights: Tensors): Tensor =>
        linearHead(weights, encoder.hidden(weights, batch, source), { dropout: config.classifierDropout, source });
      const logits = mode === 'bf16' ? inBfloat16(p, score) : score(p); // [B, T, L]
      const [tags, mask] = [batch['tags']!, batch['mask']!];
      return withCrf ? crfLoss(p, { emissions: logits, tags, mask }) : crossEntropy({ emissions: logits, tags, mask });
    },
    groups: () => ({ learningRate: 1, weightDecay: 0.01 }),
    optimizer: optimizerSettingsSchema.parse({ name: 'adamw' }),
    schedule: { name: 'linear', peak: 1e-4, warmupSteps: 0, totalSteps: 1000 },
    maxNorm: 1,
  };
  return {
    graph: optimize(buildStepProgram(definition)),
    state: () => freshState(definition),
    parameters: specs.reduce((sum, spec) => sum + size(spec.shape), 0),
  };
}

function freshState(definition: StepDefinition): Readonly<Record<string, OrtTensor>> {
  const values = initParameters(definition.parameters, createRng(1, 'gpu'));
  const state: Record<string, OrtTensor> = { step: { dtype: 'float32', dims: [], data: Float32Array.of(0) } };
  for (const slab of stepProgramLayout(definition).slabs) {
    for (const part of stateParts(definition)) {
      const data = new Float32Array(slab.length);
      let at = 0;
      for (const { name } of part === 'parameters' ? slab.members : []) {
        data.set(values.get(name)!, at);
        at += values.get(name)!.length;
      }
      state[partName(part, slab)] = { dtype: 'float32', dims: [...slabShape(slab)], data };
    }
  }
  return state;
}

/** Random sentences for each of some steps; the last of each batch is shorter by a third. */
export function randomBatches({ model, sentences, tokens }: Job, steps: number): Readonly<Record<string, OrtTensor>> {
  const rng = createRng(2, 'gpu');
  const dims = [steps, sentences, tokens];
  const length = steps * sentences * tokens;
  const vocabulary = CONFIGS[model]['vocab_size']!;
  const inPadding = (i: number): boolean =>
    Math.floor(i / tokens) % sentences === sentences - 1 && i % tokens >= (2 * tokens) / 3;
  return {
    ids: { dtype: 'int32', dims, data: Int32Array.from({ length }, () => rng.int(vocabulary)) },
    tags: { dtype: 'int32', dims, data: Int32Array.from({ length }, () => rng.int(LABELS)) },
    mask: { dtype: 'float32', dims, data: Float32Array.from({ length }, (_, i) => (inPadding(i) ? 0 : 1)) },
  };
}
