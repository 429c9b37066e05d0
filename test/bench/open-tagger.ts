import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import type { Tagger } from '../../functions/tagger/tagger.ts';

/** A trained model behind the port of the stream, as the host opens it. */
export async function openTagger(
  dir: string,
  workers: number,
): Promise<{ readonly tagger: Tagger; readonly release: () => Promise<void> }> {
  const model = await loadModel(await openBundle(dir), { inputOf: bundleInput, workers });
  const { predictor } = model;
  return {
    tagger: { modelId: predictor.modelId, tag: (texts) => predictor.predict(texts) },
    release: () => model.release(),
  };
}
