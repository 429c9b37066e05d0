import type { Device } from '../../shared/ort/device.ts';
import { createPredictor } from '../../shared/model/predictor.ts';
import { createSession } from '../../shared/ort/session.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { float32, optimize, toOnnx, trace, type TensorType } from '../engine/index.ts';
import { entityReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { tokenReport } from '../../shared/evaluation/token-report.ts';
import { decoderHead } from './decoder-head.ts';
import { diverged } from './diverged.ts';
import type { WordFigures } from './events.ts';
import type { PreparedTagger } from './prepared-tagger.ts';
import { parameterViews } from './train-state.ts';

export interface DevFigures {
  /** Seqeval default mode, micro average. */
  readonly entities: Figures;
  readonly words: WordFigures;
}

export interface DevEvaluator {
  /**
   * Figures with these flat parameters, decoded as in serving.
   *
   * @param step names the parameters in errors
   * @throws {E_TRAINING_DIVERGED} when a score is not a number
   */
  readonly evaluate: (parameters: Float32Array, step: number) => Promise<DevFigures>;
  readonly release: () => Promise<void>;
}

export interface DevEvaluatorOptions {
  readonly tagger: PreparedTagger;
  readonly dev: readonly Sentence[];
  readonly threads: number;
  readonly device: Device;
}

/**
 * Evaluates on dev during training. Parameters are inputs of the graph, so that each epoch's are measured in the memory
 * where they are trained and no new graph is written for them.
 */
export async function createDevEvaluator({ tagger, dev, threads, device }: DevEvaluatorOptions): Promise<DevEvaluator> {
  const { model, labels, input } = tagger;
  const { inputs, output, scores } = model.serving;
  const types = model.parameters.map(({ name, shape }): [string, TensorType] => [name, float32(...shape)]);
  const graph = trace('dev', { ...Object.fromEntries(types), ...inputs }, (x) => ({ [output]: scores(x, x) })); // [B, T, L]
  const session = await createSession(toOnnx(optimize(graph)), { threads, device });
  const gold = dev.map((sentence) => sentence.tags);
  const words = dev.map((sentence) => sentence.words);
  return {
    evaluate: async (parameters, step) => {
      const weights: Record<string, Tensor> = {};
      for (const [name, { shape, data }] of parameterViews(model.parameters, parameters)) {
        weights[name] = { dtype: 'float32', dims: shape, data };
      }
      const predictor = createPredictor({
        manifest: {
          id: 'dev',
          labels: [...labels.labels],
          head: decoderHead(model.parameters, parameters),
          temperature: 1,
        },
        run: async (feeds, outputs) => {
          const found = await session.run({ ...weights, ...feeds }, outputs);
          // The loss of a step is taken before its update, so an update that spoils the parameters shows here first.
          const spoilt = (found[output]!.data as Float32Array).find((score) => !Number.isFinite(score));
          if (spoilt !== undefined) diverged(`a score of a dev sentence after step ${step} is ${spoilt}`);
          return found;
        },
        input,
      });
      const predicted = await predictor.predictWords(words);
      const { accuracy, macro } = tokenReport(gold, predicted);
      return {
        entities: entityReport(gold, predicted, { mode: 'default' }).micro,
        words: { accuracy, macroF1: macro.f1 },
      };
    },
    release: session.release,
  };
}
