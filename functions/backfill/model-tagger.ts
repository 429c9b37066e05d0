import type { LoadedModel } from '../../shared/model/load-model.ts';
import type { Tagger } from '../tagger/tagger.ts';

/** A model that is not swapped. */
export function modelTagger({ predictor }: Pick<LoadedModel, 'predictor'>): Tagger {
  return { modelId: predictor.modelId, tag: (texts) => predictor.predict(texts) };
}

/** Loads a model when it is first asked for; the one before is released. */
export function createTaggerOf(load: (modelId: string) => Promise<LoadedModel>): (modelId: string) => Promise<Tagger> {
  let held: { readonly modelId: string; readonly model: Promise<LoadedModel> } | undefined;
  return async (modelId) => {
    if (held?.modelId !== modelId) {
      const before = held;
      held = { modelId, model: load(modelId) };
      await before?.model.then(
        (model) => model.release(),
        () => undefined,
      );
    }
    try {
      return modelTagger(await held.model);
    } catch (error) {
      held = undefined;
      throw error;
    }
  };
}
