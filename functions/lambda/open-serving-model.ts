import { randomInt } from 'node:crypto';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { type Bundle, openBundle } from '../../shared/model/bundle.ts';
import { loadModel, type LoadedModel } from '../../shared/model/load-model.ts';
import { createModelWatcher, type ModelEvent } from '../../shared/registry/model-watcher.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionMetrics } from './function-metrics.ts';
import { createServingModel, type ServingModel } from './serving-model.ts';

export interface OpenServingModelOptions {
  /** With a verifier: what it loads is whole, and signed by the key of the stage. */
  readonly registry: Registry;
  /** Folder of the model that serves while none was ever promoted; deployed with the code. */
  readonly fallbackDir: string;
  readonly threads: number;
  readonly pollSeconds: number;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/** Begins to load the current model at once; the first `refresh` waits for it. */
export function openServingModel(options: OpenServingModelOptions): ServingModel {
  const load = (bundle: Bundle): Promise<LoadedModel> =>
    loadModel(bundle, { inputOf: bundleInput, workers: options.threads });
  const watcher = createModelWatcher({
    registry: options.registry,
    load,
    fallback: async () => load(await openBundle(options.fallbackDir)),
    intervalMs: options.pollSeconds * 1_000,
    onEvent: tellModelEvents(options),
  });
  const model = createServingModel({
    watcher,
    pollSeconds: options.pollSeconds,
    now: () => performance.now(),
    jitter: () => randomInt(2 ** 32) / 2 ** 32,
  });
  void model.refresh();
  return model;
}

/** Tells the log, and the alarm on models that are refused. */
export function tellModelEvents({
  log,
  metrics,
}: Pick<OpenServingModelOptions, 'log' | 'metrics'>): (event: ModelEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'swapped':
        metrics.add(FUNCTION_METRICS.modelSwapped, 1);
        log.info('another model serves', { modelId: event.modelId, previous: event.previous ?? null });
        break;
      case 'refused':
        metrics.add(FUNCTION_METRICS.modelSwapFailed, 1);
        log.error('a model is refused', event.error, { modelId: event.modelId ?? null });
        break;
      case 'settled':
        log.info('the model in use is the current one again', { modelId: event.modelId });
        break;
      case 'release-failed':
        log.error('a model could not be freed', event.error, { modelId: event.modelId });
        break;
    }
  };
}
