import { PREFIXES } from '../../shared/contracts/layout.ts';
import { evaluationSchema, type Evaluation } from '../../shared/contracts/promotion.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import { canonicalJson } from '../../shared/model/canonical-json.ts';
import type { LoadedModel } from '../../shared/model/load-model.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { FrozenTestSet } from './frozen-tests.ts';

export interface EvaluationsOptions {
  readonly store: ObjectStore;
  readonly registry: Pick<Registry, 'load'>;
  /** Makes a verified bundle ready to answer, as serving does: what is measured is what serves. */
  readonly load: (bundle: Bundle) => Promise<LoadedModel>;
}

/** What models say of frozen test sets: asked once, then kept in the store. */
export interface Evaluations {
  /** Of a model that is loaded already. */
  measure(model: LoadedModel, tests: readonly FrozenTestSet[]): Promise<void>;
  /** Of a published model, which is loaded when there is nothing kept of it. One for each test. */
  of(modelId: string, tests: readonly FrozenTestSet[]): Promise<readonly Evaluation[]>;
}

export function createEvaluations({ store, registry, load }: EvaluationsOptions): Evaluations {
  const evaluate = async (model: LoadedModel, test: FrozenTestSet): Promise<Evaluation> => {
    const kept = await readEvaluation(store, model.manifest.id, test);
    if (kept !== undefined) return kept;
    const evaluation = await ask(model, test);
    const body = new TextEncoder().encode(canonicalJson(evaluation));
    await store.put(evaluationKey(evaluation), body);
    return evaluation;
  };
  return {
    measure: async (model, tests) => {
      for (const test of tests) await evaluate(model, test);
    },
    of: async (modelId, tests) => {
      const kept = await Promise.all(tests.map((test) => readEvaluation(store, modelId, test)));
      if (kept.every((evaluation) => evaluation !== undefined)) return kept;
      const model = await load(await registry.load(modelId));
      try {
        const evaluations: Evaluation[] = [];
        for (const test of tests) evaluations.push(await evaluate(model, test));
        return evaluations;
      } finally {
        await model.release();
      }
    },
  };
}

/** What is kept of a model on a test set; undefined when there is nothing, or nothing that fits the test set. */
export async function readEvaluation(
  store: ObjectStore,
  modelId: string,
  { sha256: test, sentences }: FrozenTestSet,
): Promise<Evaluation | undefined> {
  const found = await store.get(evaluationKey({ modelId, test }));
  const evaluation = found === undefined ? undefined : parse(found.body);
  if (evaluation?.modelId !== modelId || evaluation.test !== test) return undefined;
  const { labels, tags } = evaluation;
  const isOfTest =
    tags.length === sentences.length && tags.every((row, index) => row.length === sentences[index]!.words.length);
  return isOfTest && tags.every((row) => row.every((label) => label < labels.length)) ? evaluation : undefined;
}

function evaluationKey({ test, modelId }: Pick<Evaluation, 'test' | 'modelId'>): string {
  return `${PREFIXES.evaluations}${test}/${modelId}.json`;
}

async function ask({ manifest, predictor }: LoadedModel, test: FrozenTestSet): Promise<Evaluation> {
  const { id: modelId, labels } = manifest;
  const index = new Map(labels.map((label, at) => [label, at]));
  const tags = await predictor.predictWords(test.sentences.map(({ words }) => words));
  return { modelId, test: test.sha256, labels, tags: tags.map((row) => row.map((tag) => index.get(tag)!)) };
}

function parse(body: Uint8Array): Evaluation | undefined {
  try {
    return evaluationSchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}
