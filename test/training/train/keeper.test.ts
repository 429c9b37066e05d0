import { describe, expect, test } from 'vitest';
import { createKeeper, type EpochFigures } from '../../../training/train/keeper.ts';
import { earlyStoppingSchema } from '../../../training/train/early-stopping.ts';

const figures = (f1: number, loss = 1): EpochFigures => ({ loss, dev: { precision: f1, recall: f1, f1, support: 9 } });

describe('createKeeper', () => {
  test('without early stopping keeps the best on dev, of equal ones the earliest, and never stops', () => {
    const keeper = createKeeper(null);
    const kept = [0.2, 0.3, 0.3, 0.1].map((f1, i) => keeper.epochEnd(i + 1, figures(f1)).keep);
    expect(kept).toEqual([true, true, false, false]);
    expect([keeper.stopped(), keeper.restores()]).toEqual([false, true]);
  });

  test('with early stopping keeps what its rule keeps, and still says which epoch is best on dev', () => {
    const earlyStopping = earlyStoppingSchema.parse({
      kind: 'keras-2',
      monitor: 'loss',
      patience: 1,
      restoreBestWeights: true,
    });
    const keeper = createKeeper(earlyStopping);
    expect(keeper.epochEnd(1, figures(0.2, 2))).toEqual({ best: true, keep: true });
    expect(keeper.epochEnd(2, figures(0.1, 1))).toEqual({ best: false, keep: true });
    expect([keeper.stopped(), keeper.restores()]).toEqual([false, false]);
    expect(keeper.epochEnd(3, figures(0.4, 1.5))).toEqual({ best: true, keep: false });
    expect([keeper.stopped(), keeper.restores()]).toEqual([true, true]);
  });

  test('goes on from its state as if it had never stopped', () => {
    const earlyStopping = earlyStoppingSchema.parse({
      kind: 'hugging-face',
      monitor: 'dev_f1',
      patience: 2,
    });
    const scores = [0.3, 0.2, 0.35, 0.1, 0.2];
    const whole = createKeeper(earlyStopping);
    const verdicts = scores.map((f1, i) => whole.epochEnd(i + 1, figures(f1)));
    for (let cut = 0; cut < scores.length; cut++) {
      const first = createKeeper(earlyStopping);
      scores.slice(0, cut).forEach((f1, i) => first.epochEnd(i + 1, figures(f1)));
      const second = createKeeper(earlyStopping, first.state());
      expect(scores.slice(cut).map((f1, i) => second.epochEnd(cut + i + 1, figures(f1)))).toEqual(verdicts.slice(cut));
      expect(second.stopped()).toBe(whole.stopped());
    }
  });

  test('fails on a figure that there is not', () => {
    const earlyStopping = earlyStoppingSchema.parse({ kind: 'keras-3', monitor: 'val_loss' });
    expect(() => createKeeper(earlyStopping)).toThrow(
      expect.objectContaining({
        code: 'E_USAGE',
        message: expect.stringContaining("got 'val_loss'; expected one of loss, dev_f1") as string,
      }),
    );
  });
});
