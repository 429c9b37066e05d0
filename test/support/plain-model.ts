import type { ServingModel } from '../../functions/lambda/serving-model.ts';
import { plainTagger } from './plain-tagger.ts';

/** A loaded model that tags as plainTagger does. */
export const plainModel: ServingModel = {
  modelId: plainTagger.modelId,
  loadedId: plainTagger.modelId,
  tag: plainTagger.tag,
  predict: async (texts) => ({ model: plainTagger.modelId, results: await plainTagger.tag(texts) }),
  refresh: async () => undefined,
};
