import { stringify } from 'yaml';
import type { SplitMetrics } from '../../shared/contracts/manifest.ts';

/** What the front matter says of a model. */
export interface CardFacts {
  readonly name: string;
  /** The library that loads the bundle: `tagwright`, or `transformers` for a Hugging Face folder. */
  readonly library: string;
  readonly tags: readonly string[];
  /** Hub id of the encoder that was fine-tuned. */
  readonly baseModel?: string | undefined;
  /** ISO 639 codes; left out where nobody said. */
  readonly languages?: readonly string[] | undefined;
  /** Identifier of the model's licence, as the hub spells it. */
  readonly license?: string | undefined;
  /** What the corpus is called. */
  readonly dataset: string;
  /** By split; only test goes into the results, dev has chosen the model. */
  readonly metrics: Readonly<Record<string, SplitMetrics>>;
}

/**
 * YAML front matter of a model card, as the Hugging Face hub reads it (model-index of
 * https://github.com/huggingface/hub-docs/blob/main/modelcard.md). Figures are shares in 0..1.
 */
export function cardFrontMatter(facts: CardFacts): string {
  const { name, library, tags, baseModel, languages, license, dataset, metrics } = facts;
  const { test } = metrics;
  const header = {
    ...(languages === undefined ? {} : { language: languages }),
    ...(license === undefined ? {} : { license }),
    library_name: library,
    pipeline_tag: 'token-classification',
    ...(baseModel === undefined ? {} : { base_model: baseModel }),
    tags,
    metrics: ['f1', 'precision', 'recall', 'accuracy'],
    ...(test === undefined ? {} : { 'model-index': [{ name, results: [testResult(dataset, test)] }] }),
  };
  return `---\n${stringify(header, { lineWidth: 0 })}---\n`;
}

function testResult(dataset: string, { entity, tokenAccuracy }: SplitMetrics): object {
  const metric = (type: string, value: number, name: string): object => ({
    type,
    value: Number(value.toFixed(4)),
    name,
  });
  const ofEntities = 'of entities, micro (seqeval default mode)';
  return {
    task: { type: 'token-classification', name: 'Token Classification' },
    dataset: { name: dataset, type: dataset, split: 'test' },
    metrics: [
      metric('f1', entity.f1, `F1 ${ofEntities}`),
      metric('precision', entity.precision, `Precision ${ofEntities}`),
      metric('recall', entity.recall, `Recall ${ofEntities}`),
      metric('accuracy', tokenAccuracy, 'Accuracy of words'),
    ],
  };
}
