import { z } from 'zod';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createEarlyStopping, earlyStoppingStateSchema, type EarlyStoppingSettings } from './early-stopping.ts';

/** What is known at the end of an epoch. */
export interface EpochFigures {
  /** Mean over the epoch's steps. */
  readonly loss: number;
  readonly dev: Figures;
}

/** The figures that early stopping can watch, by name. */
export const monitors = {
  loss: ({ loss }: EpochFigures) => loss,
  dev_f1: ({ dev }: EpochFigures) => dev.f1,
  dev_precision: ({ dev }: EpochFigures) => dev.precision,
  dev_recall: ({ dev }: EpochFigures) => dev.recall,
} as const satisfies Record<string, (figures: EpochFigures) => number>;

/** JSON, so that a checkpoint can carry it. */
export const keeperStateSchema = z.strictObject({
  /** Best dev F1 so far. */
  bestF1: z.number().nullable(),
  earlyStopping: earlyStoppingStateSchema.nullable(),
});
export type KeeperState = z.output<typeof keeperStateSchema>;

/** Decides whose parameters a run ends with, and whether it ends before its last epoch. */
export interface Keeper {
  /** `best`: dev F1 is the best so far. `keep`: these parameters are to be kept. */
  readonly epochEnd: (epoch: number, figures: EpochFigures) => { readonly best: boolean; readonly keep: boolean };
  readonly stopped: () => boolean;
  /** Whether the run ends with the parameters that were kept; otherwise with those of its last epoch. */
  readonly restores: () => boolean;
  readonly state: () => KeeperState;
}

/**
 * Without early stopping the parameters that are best on dev are kept; with it those that its rule keeps.
 *
 * @throws {E_USAGE} early stopping watches a figure that there is not
 */
export function createKeeper(earlyStopping: EarlyStoppingSettings | null, from?: KeeperState): Keeper {
  let bestF1 = from?.bestF1 ?? null;
  const watched = earlyStopping === null ? undefined : monitorOf(earlyStopping.monitor);
  const stopping =
    earlyStopping === null ? undefined : createEarlyStopping(earlyStopping, from?.earlyStopping ?? undefined);
  return {
    epochEnd: (epoch, figures) => {
      const { f1 } = figures.dev;
      // Of equal figures the earliest epoch stays: later ones have only had longer to fit the training set.
      const best = bestF1 === null || f1 > bestF1;
      if (best) bestF1 = f1;
      const verdict = watched && stopping?.epochEnd(epoch, watched(figures));
      return { best, keep: verdict?.keep ?? best };
    },
    stopped: () => stopping?.state().stopped ?? false,
    restores: () => stopping === undefined || stopping.restoreEpoch() !== undefined,
    state: () => ({ bestF1, earlyStopping: stopping?.state() ?? null }),
  };
}

function monitorOf(name: string): (figures: EpochFigures) => number {
  if (Object.hasOwn(monitors, name)) return monitors[name as keyof typeof monitors];
  throw new NerError(
    'E_USAGE',
    `earlyStopping: there is no figure to watch, got '${name}'; expected one of ${Object.keys(monitors).join(', ')}. Set train.earlyStopping.monitor.`,
  );
}
