import { availableParallelism } from 'node:os';
import { bundleInput } from '../shared/features/bundle-input.ts';
import { openBundle } from '../shared/model/bundle.ts';
import { loadModel, type LoadedModel } from '../shared/model/load-model.ts';

/**
 * Verifies the bundle in a folder and makes it ready to answer, with a thread for each core.
 *
 * @throws {E_BUNDLE_MISSING} {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} as `openBundle`
 * @throws {E_GRAPH_UNSAFE} {E_GRAPH_INVALID} {E_MODEL_GOLDEN} as `loadModel`
 */
export async function openModel(dir: string): Promise<LoadedModel> {
  return loadModel(await openBundle(dir), { inputOf: bundleInput, workers: availableParallelism() });
}
