import { describe, expect, test } from 'vitest';
import { readConll } from '../../../shared/corpus/conll.ts';
import { refuseUnseenTypes } from '../../../training/data/unseen-types.ts';

const train = readConll({ name: 'train', text: 'Ada\tB-person\n\nParis\tB-geo-loc\n' });

describe('refuseUnseenTypes', () => {
  test('lets dev have fewer types than train', () => {
    const dev = readConll({ name: 'dev', text: 'Grace\tB-person\n' });
    expect(() => {
      refuseUnseenTypes({ train, dev });
    }).not.toThrow();
  });

  test('fails when dev has types that train has not, naming each with the first sentence that has it', () => {
    const dev = readConll({ name: 'dev', text: 'lol\tO\n\nHalley\tB-comet\n\nIo\tB-moon\n\nEnke\tB-comet\n' });
    expect(() => {
      refuseUnseenTypes({ train, dev });
    }).toThrow(
      expect.objectContaining({
        code: 'E_TYPE_UNSEEN',
        message: expect.stringContaining(
          "got 'comet' (dev, the sentence from line 3 on), 'moon' (dev, the sentence from line 5 on); expected those of train: geo-loc, person.",
        ) as string,
      }),
    );
  });
});
