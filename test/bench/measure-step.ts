// A process that runs whole training steps of a BERT token classifier: node measure-step.ts JOB_JSON, a `StepJob`
import '../../shared/env.ts';
import { createRng } from '../../shared/random.ts';
import { float32, int32 } from '../../training/engine/index.ts';
import { crossEntropy } from '../../training/losses/cross-entropy.ts';
import { readEncoderConfig } from '../../training/models/encoder-config.ts';
import { createEncoderTagger } from '../../training/models/encoder-tagger.ts';
import { createEncoder } from '../../training/models/transformer-encoder.ts';
import { createDropoutSource } from '../../training/nn/dropout.ts';
import { parameterCount } from '../../training/train/state-layout.ts';
import { createStepper, type MicroBatch, type Stepper } from '../../training/train/stepper.ts';
import { initialState } from '../../training/train/train-state.ts';
import type { Samples } from './figure.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';
import type { StepShape } from './step-shape.ts';

/** What torch_step.py takes too. */
interface StepJob extends StepShape {
  readonly threads: number;
  readonly warmUp: number;
  readonly steps: number;
}

/** With dropout of a tenth everywhere, as BERT's config.json has it and as torch_step.py does. */
async function createBertStepper(job: StepJob): Promise<Stepper> {
  const config = readEncoderConfig({
    model_type: 'bert',
    vocab_size: job.vocabulary,
    hidden_size: job.width,
    num_hidden_layers: job.layers,
    num_attention_heads: job.heads,
    intermediate_size: job.feedForward,
    max_position_embeddings: 512,
  });
  const { labels, threads } = job;
  const dropout = config.classifierDropout;
  const tagger = createEncoderTagger(createEncoder(config), { head: { kind: 'linear' }, crf: false, labels, dropout });
  const { parameters } = tagger;
  const trained = parameterCount(parameters);
  const state = initialState(parameters, { moments: ['mean', 'square'], trained, rng: createRng(0) });
  const options = {
    parameters,
    batch: { ...tagger.inputs, tags: int32('B', tagger.positions), mask: float32('B', tagger.positions) },
    groups: () => ({ learningRate: 1, weightDecay: 0.01 }),
    optimizer: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    schedule: { name: 'linear', peak: 1e-5, warmupSteps: 0, totalSteps: 1_000 },
    maxNorm: 1,
    accumulate: 1,
    // As `tagwright train` has it.
    spinning: true,
    threads,
  } as const;
  return createStepper(
    {
      ...options,
      loss: (p, batch, draw) => {
        const emissions = tagger.emissions(p, batch, createDropoutSource(0, draw)); // [B, W, L]
        return crossEntropy({ emissions, tags: batch['tags']!, mask: batch['mask']! }); // []
      },
    },
    state,
  );
}

/** Random pieces, all of them labelled. */
function randomBatch({ batch, length, vocabulary, labels }: StepShape): MicroBatch {
  const rng = createRng(1);
  const dims = [batch, length];
  const indices = (below: number): Int32Array => Int32Array.from({ length: batch * length }, () => rng.int(below));
  const ones = new Float32Array(batch * length).fill(1);
  return {
    ids: { dtype: 'int32', dims, data: indices(vocabulary) },
    attention: { dtype: 'float32', dims, data: ones },
    positions: { dtype: 'int32', dims, data: Int32Array.from(ones, (_, i) => i) },
    tags: { dtype: 'int32', dims, data: indices(labels) },
    mask: { dtype: 'float32', dims, data: ones },
  };
}

async function measureStep(job: StepJob): Promise<Samples> {
  const base = peakMemoryMiB();
  const stepper = await createBertStepper(job);
  const batch = randomBatch(job);
  const times: number[] = [];
  for (let step = 0; step < job.warmUp + job.steps; step++) {
    const begun = performance.now();
    await stepper.run([[batch]]);
    if (step >= job.warmUp) times.push(performance.now() - begun);
  }
  await stepper.release();
  return { step: times, memory: [peakMemoryMiB()], base: [base] };
}

printSamples(await measureStep(JSON.parse(process.argv[2]!) as StepJob));
