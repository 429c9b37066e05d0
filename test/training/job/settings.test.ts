import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  defaultSettings,
  parseSettingChange,
  refuseOtherKind,
  settingLeaves,
  settingsSchema,
  withSettings,
  type SettingChange,
} from '../../../training/job/settings.ts';

const { words, encoder } = defaultSettings;

describe('defaultSettings', () => {
  test.each(['words', 'encoder'] as const)('of %s obey their own schema', (kind) => {
    expect(settingsSchema.parse(defaultSettings[kind])).toEqual(defaultSettings[kind]);
  });
});

describe('withSettings', () => {
  test('changes settings by their paths and leaves the others', () => {
    const changed = withSettings(encoder, [
      ['train.learningRate', 5e-5],
      ['model.dropout', 0.3],
    ]);
    expect(changed.train).toEqual({ ...encoder.train, learningRate: 5e-5 });
    expect(changed.model).toEqual({ ...encoder.model, dropout: 0.3 });
    expect(encoder.train.learningRate).toBe(1e-4);
  });

  test('puts what stands beside a kind back to the defaults of the new kind', () => {
    const { loss } = withSettings(encoder, [
      ['loss.kind', 'focal-sigmoid'],
      ['loss.gamma', 1],
    ]);
    expect(loss).toEqual({ kind: 'focal-sigmoid', alpha: 0.25, gamma: 1 });
  });

  test('makes a part that is null from its settings, and changes the form of the warm-up', () => {
    const { train, model } = withSettings(encoder, [
      ['train.averaging.decay', 0.99],
      ['train.earlyStopping.kind', 'keras-3'],
      ['train.earlyStopping.monitor', 'loss'],
      ['train.schedule.warmup.steps', 100],
      ['model.words.width', 64],
    ]);
    expect(train.averaging).toEqual({ decay: 0.99, warmup: true });
    expect(train.earlyStopping).toMatchObject({ kind: 'keras-3', monitor: 'loss', patience: 0 });
    expect(train.schedule).toEqual({ name: 'linear', warmup: { steps: 100 } });
    expect(model).toMatchObject({ words: { width: 64, layers: 2 } });
    for (const settings of [{ train, model, loss: encoder.loss }]) {
      expect(withSettings(encoder, settingLeaves(settings))).toEqual(settings);
    }
  });

  test('keeps what stands beside a kind that is set to what it is', () => {
    const { loss } = withSettings(encoder, [
      ['loss.labelSmoothing', 0.1],
      ['loss.kind', 'cross-entropy'],
    ]);
    expect(loss).toMatchObject({ kind: 'cross-entropy', labelSmoothing: 0.1 });
  });

  test('takes all settings apart and puts them together again', () => {
    for (const settings of [words, encoder]) {
      const other = settings === words ? encoder : words;
      expect(withSettings(settings, settingLeaves(settings))).toEqual(settings);
      expect(withSettings(other, settingLeaves(settings)).loss).toEqual(settings.loss);
    }
  });

  test.each<SettingChange>([
    ['train.averaging', { decay: 0.9, warmup: false }],
    ['train.earlyStopping', { kind: 'keras-3', monitor: 'dev_f1', patience: 3 }],
    ['train.schedule.warmup', { steps: 5 }],
    ['train.schedule', { name: 'inverse-square-root', warmup: { steps: 3 } }],
    ['train.groups.freeze', 2],
    ['model.head', { kind: 'bilstm', units: 4 }],
    ['loss', { kind: 'focal-softmax', classWeights: [1, 2] }],
  ])('takes the settings of a run with another %s apart and puts them together again', (...change) => {
    const settings = withSettings(encoder, [change]);
    expect(settings).not.toEqual(encoder);
    expect(withSettings(encoder, settingLeaves(settings))).toEqual(settings);
  });

  test('takes an empty part for one that is to be in, with its defaults, and for no change of one that is in', () => {
    const changes = settingLeaves({ model: { words: {} }, train: {} });
    expect(changes).toEqual([
      ['model.words', {}],
      ['train', {}],
    ]);
    const settings = withSettings(encoder, changes);
    expect(settings.train).toEqual(encoder.train);
    expect(settings.model).toMatchObject({ kind: 'encoder', words: { layers: 2 } });
  });

  test('puts in a part that is left out, and one form of a setting in place of another', () => {
    const { train } = withSettings(encoder, [
      ['train.averaging.decay', 0.9],
      ['train.schedule.warmup.steps', 7],
    ]);
    expect(train.averaging).toEqual({ decay: 0.9, warmup: true });
    expect(train.schedule).toEqual({ name: 'linear', warmup: { steps: 7 } });
  });

  test.each<[string, SettingChange, string]>([
    ['a key that a part which is left out has not', ['train.averaging.rate', 1], 'settings: train.averaging'],
    ['a key that no form of a setting has', ['train.schedule.warmup.epochs', 1], 'settings: train.schedule.warmup'],
    ['a part of what is a number or nothing', ['train.maxTokens.most', 1], 'settings: train.maxTokens: '],
    [
      'a path that there is not',
      ['train.rate', 1],
      "there is no train.rate, got 'rate'; expected one of epochs, batchSize",
    ],
    ['a part that there is not', ['optimizer.beta1', 1], "got 'optimizer'; expected one of model, loss, train"],
    ['a path through a number', ['train.epochs.max', 1], 'there is no train.epochs.max'],
    ['a value out of range', ['train.learningRate', -1], 'settings: train.learningRate: '],
    ['a value of another type', ['train.batchSize', 'many'], 'got "many"'],
    ['a loss that there is not', ['loss.kind', 'hinge'], 'settings: loss'],
    ['a path into the prototype', ['__proto__.x', 1], 'there is no __proto__.x'],
  ])('fails on %s', (_, change, message) => {
    expect(() => withSettings(encoder, [change])).toThrow(
      expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(message) as string }),
    );
  });
});

describe('refuseOtherKind', () => {
  test('fails when settings of one kind are given for the other, with what to do', () => {
    expect(() => {
      refuseOtherKind(encoder, 'words');
    }).toThrow(/model\.kind is for another tagger, got encoder; expected words.*Name the encoder by --encoder/);
    expect(() => {
      refuseOtherKind(words, 'encoder');
    }).toThrow(/got words; expected encoder.*Leave --encoder out/);
    expect(() => {
      refuseOtherKind(words, 'words');
    }).not.toThrow();
  });
});

describe('parseSettingChange', () => {
  test('reads JSON, and takes what is none as text', () => {
    expect(parseSettingChange('train.learningRate=5e-5')).toEqual(['train.learningRate', 5e-5]);
    expect(parseSettingChange('loss.classWeights=[1,2]')).toEqual(['loss.classWeights', [1, 2]]);
    expect(parseSettingChange('loss.kind=crf')).toEqual(['loss.kind', 'crf']);
    expect(parseSettingChange('a=b=c')).toEqual(['a', 'b=c']);
    expect(parseSettingChange('a=')).toEqual(['a', '']);
  });

  test('reads every JSON value that it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseSettingChange(`x=${text}`)).toEqual(['x', JSON.parse(text)]);
      }),
    );
  });

  test.each(['train.epochs', '=1', ''])('fails on %j', (text) => {
    expect(() => parseSettingChange(text)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
