import type { Entity } from '../../shared/contracts/tweet.ts';
import type { PredictOptions } from '../../shared/model/predictor.ts';
import type { ModelWatcher } from '../../shared/registry/model-watcher.ts';
import type { Tagger } from '../tagger/tagger.ts';

/** The model of a function: in memory from one invocation to the next, and swapped between them. */
export interface ServingModel extends Tagger {
  /**
   * Looks at the pointer if the last look is too old, and swaps the model if another was promoted. Every invocation begins
   * with it. Never throws: a model that is refused leaves the one in use.
   */
  refresh(): Promise<void>;
  /** Entities and the one model that found them. @throws {E_NOT_READY} when no model is loaded */
  predict(
    texts: readonly string[],
    options?: PredictOptions,
  ): Promise<{ readonly model: string; readonly results: readonly (readonly Entity[])[] }>;
  /** Undefined where none is loaded. */
  readonly loadedId: string | undefined;
}

export interface ServingModelOptions {
  readonly watcher: Pick<ModelWatcher, 'modelId' | 'use' | 'check'>;
  /** How old the look at the pointer may be. */
  readonly pollSeconds: number;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  /** In [0, 1): by how much looks come early, so that environments that began together do not look together. */
  readonly jitter: () => number;
}

/** The part of the time between two looks that jitter may take away. */
const JITTER_PART = 0.2;

/** An environment sleeps between invocations and its timers with it, so the pointer is looked at when there is work. */
export function createServingModel({ watcher, pollSeconds, now, jitter }: ServingModelOptions): ServingModel {
  let lookAgainAt = -Infinity;
  return {
    get modelId() {
      return watcher.modelId() ?? '';
    },
    get loadedId() {
      return watcher.modelId();
    },
    tag: (texts) => watcher.use(({ predictor }) => predictor.predict(texts)),
    predict: (texts, options) =>
      watcher.use(async ({ predictor }) => ({
        model: predictor.modelId,
        results: await predictor.predict(texts, options),
      })),
    refresh: async () => {
      if (watcher.modelId() !== undefined && now() < lookAgainAt) return;
      lookAgainAt = now() + pollSeconds * 1_000 * (1 - JITTER_PART * jitter());
      await watcher.check();
    },
  };
}
