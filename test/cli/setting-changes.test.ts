import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settingChanges } from '../../cli/setting-changes.ts';
import { defaultSettings, withSettings } from '../../training/job/settings.ts';
import { expectFails } from '../support/expect-fails.ts';
import { tempFolder } from '../support/temp-folder.ts';

function fileOf(text: string): string {
  const file = join(tempFolder(), 'config.json');
  writeFileSync(file, text);
  return file;
}

describe('settingChanges', () => {
  test('gives the settings of the file, then --epochs, then each --set in order', () => {
    const config = fileOf('{"train": {"epochs": 4, "learningRate": 0.1}, "loss": {"kind": "crf"}}');
    const rawArgs = ['--config', config, '--set', 'train.epochs=9', '--epochs', '7', '--set=loss.kind=focal-softmax'];
    expect(settingChanges({ config, epochs: '7' }, rawArgs)).toEqual([
      ['train.epochs', 4],
      ['train.learningRate', 0.1],
      ['loss.kind', 'crf'],
      ['train.epochs', 7],
      ['train.epochs', 9],
      ['loss.kind', 'focal-softmax'],
    ]);
  });

  test('takes the config.json that a run has written, whatever its settings were', () => {
    const { words } = defaultSettings;
    const settings = withSettings(words, [
      ['train.averaging', { decay: 0.99, warmup: false }],
      ['train.schedule.warmup', { steps: 20 }],
      ['train.earlyStopping', { kind: 'hugging-face', monitor: 'dev_f1', patience: 2 }],
    ]);
    const config = fileOf(JSON.stringify(settings));
    expect(withSettings(words, settingChanges({ config }, []))).toEqual(settings);
  });

  test('is empty without flags', () => {
    expect(settingChanges({}, ['--corpus', 'x'])).toEqual([]);
  });

  test.each([
    ['is no JSON', '{"train":', /^--config: \S+config\.json is not JSON: /],
    ['holds a list', '[1]', /^--config: \S+config\.json holds no settings, got \[1\]; expected an object\.$/],
    ['holds nothing', 'null', /holds no settings, got null/],
  ])('fails when the file %s', (_, text, message) => {
    const config = fileOf(text);
    expectFails(() => settingChanges({ config }, []), 'E_USAGE');
    expect(() => settingChanges({ config }, [])).toThrow(message);
  });

  test('fails when there is no such file', () => {
    expectFails(() => settingChanges({ config: join(tempFolder(), 'none') }, []), 'E_FILE_UNREADABLE', 'no such file');
  });

  test('fails when a --set has no value, or --epochs is no whole number', () => {
    expectFails(() => settingChanges({}, ['--set', 'train.epochs']), 'E_USAGE', "got 'train.epochs'");
    expectFails(() => settingChanges({ epochs: '1.5' }, []), 'E_USAGE', '--epochs');
  });
});
