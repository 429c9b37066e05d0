import type { BackfillCounts } from '../../shared/contracts/backfill.ts';
import { NerError } from '../../shared/ner-error.ts';
import { addCounts, NO_COUNTS } from './backfill-counts.ts';
import type { BackfillInput } from './backfill-input.ts';
import { tagInput, type TagInputDeps } from './tag-input.ts';

export interface BackfillHandlerDeps extends TagInputDeps {
  /** Inputs at work at once: while one is tagged, another is read; 2 by default. */
  readonly concurrency?: number;
  /** Told of each input that is done. Must not throw. */
  readonly onInput?: (name: string, counts: BackfillCounts) => void;
}

export interface BackfillHandler {
  /**
   * Tags inputs into the run, in no promised order. Calling it again does what is left and counts what was done, too.
   *
   * @throws what store or tagger fail with; then some inputs are not done
   */
  handle(inputs: Iterable<BackfillInput>): Promise<BackfillCounts>;
}

/**
 * Tags files of tweets into a run of its own, with one model. It knows nothing of folders, clouds or events.
 *
 * @throws {E_BACKFILL_RUN} when the tagger's model is not the run's
 */
export function createBackfillHandler(deps: BackfillHandlerDeps): BackfillHandler {
  const { record, tagger, concurrency = 2, onInput, signal } = deps;
  if (tagger.modelId !== record.modelId) {
    throw new NerError(
      'E_BACKFILL_RUN',
      `backfill: run ${record.run} is tagged by another model, got ${tagger.modelId}; expected ${record.modelId}. Begin a run by another name.`,
    );
  }
  return {
    handle: async (inputs) => {
      const waiting = inputs[Symbol.iterator]();
      let sum = NO_COUNTS;
      let failed = false;
      const lane = async (): Promise<void> => {
        for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
          if (failed || signal?.aborted === true) return;
          const counts = await tagInput(deps, next.value);
          sum = addCounts(sum, counts);
          onInput?.(next.value.name, counts);
        }
      };
      const lanes = Array.from({ length: concurrency }, () =>
        lane().catch((error: unknown) => {
          failed = true;
          throw error;
        }),
      );
      // All have to be at rest before anybody closes what they work with.
      const ends = await Promise.allSettled(lanes);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return sum;
    },
  };
}
