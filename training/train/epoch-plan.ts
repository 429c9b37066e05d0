import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { countBatches, planBatches } from '../data/batches.ts';
import { createMentionReplacer } from '../models/mention-replacement.ts';
import type { Example, ExampleMaker } from './examples.ts';
import type { MicroBatch } from './stepper.ts';
import type { TrainSettings } from './train-settings.ts';

/** One optimiser step: its micro-batches, and the indices of the sentences in them. */
export interface PlannedStep {
  readonly sentences: readonly number[];
  readonly feeds: () => readonly MicroBatch[];
}

export interface EpochPlanner {
  /** Steps of an epoch, by the examples as they are in the corpus; an epoch may have a few more or less. */
  readonly stepsPerEpoch: number;
  /** The steps of one epoch, in order. What is random is drawn from `rng` alone. */
  readonly plan: (rng: Rng) => Promise<readonly PlannedStep[]>;
}

type PlanSettings = Pick<
  TrainSettings,
  'batchSize' | 'maxTokens' | 'batching' | 'accumulate' | 'stepsPerRun' | 'mentionReplacement'
>;

/**
 * Turns the training set into the steps of each epoch.
 *
 * @throws {E_USAGE} shuffled batches that are cut by tokens
 */
export async function createEpochPlanner(
  train: readonly Sentence[],
  maker: ExampleMaker,
  settings: PlanSettings,
): Promise<EpochPlanner> {
  const { batchSize, batching, accumulate, stepsPerRun, mentionReplacement } = settings;
  const maxTokens = settings.maxTokens ?? undefined;
  if (batching === 'shuffled' && maxTokens !== undefined) {
    throw new NerError(
      'E_USAGE',
      `train.maxTokens: shuffled batches have so many sentences each, got at most ${maxTokens} tokens; expected null. Set train.batching to bucketed, or leave train.maxTokens out.`,
    );
  }
  const plain = await maker.make(train);
  const replace = createMentionReplacer(train, mentionReplacement);
  const examplesOf = async (rng: Rng): Promise<readonly Example[]> =>
    mentionReplacement === 0 ? plain : maker.make(train.map((sentence) => replace(sentence, rng)));
  const lengths = plain.map(({ length }) => length);
  const batchesPerEpoch =
    batching === 'shuffled' ? Math.ceil(plain.length / batchSize) : countBatches({ lengths, batchSize, maxTokens });
  return {
    stepsPerEpoch: Math.ceil(batchesPerEpoch / accumulate),
    plan: async (rng) => {
      const examples = await examplesOf(rng);
      const chunks = planBatches({
        lengths: examples.map(({ length }) => length),
        batchSize,
        maxTokens,
        stepsPerRun,
        order: batching,
        rng,
      });
      const batches = chunks.flatMap(({ paddedLength, batches: rows }) =>
        rows.map((indices) => ({ paddedLength, indices })),
      );
      return Array.from({ length: Math.ceil(batches.length / accumulate) }, (_, step): PlannedStep => {
        const micro = batches.slice(step * accumulate, (step + 1) * accumulate);
        return {
          sentences: micro.flatMap(({ indices }) =>
            Array.from(
              indices.filter((index) => index >= 0),
              (index) => examples[index]!.sentence,
            ),
          ),
          feeds: () =>
            micro.map(({ paddedLength, indices }) =>
              maker.feeds(
                Array.from(indices, (index) => examples[index]),
                paddedLength,
              ),
            ),
        };
      });
    },
  };
}
