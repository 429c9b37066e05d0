import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encoderPlace } from '../../../../training/models/hub/encoder-place.ts';
import { expectFails } from '../../../support/expect-fails.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

test('takes a folder where there is one', () => {
  const folder = join(tempFolder(), 'encoder');
  mkdirSync(folder);
  expect(encoderPlace(folder)).toEqual({ kind: 'folder', folder });
});

test.each(['bert-base-uncased', 'sentence-transformers/all-MiniLM-L6-v2', 'vinai/bertweet_base.v1', 'a/b', 'gpt2'])(
  'takes %s for the id of a model on the hub',
  (id) => {
    expect(encoderPlace(id)).toEqual({ kind: 'hub', id });
  },
);

test.each([
  './encoder',
  '../bert',
  '/models/bert',
  'a/b/c',
  'org/',
  '',
  'org/..',
  'a..b/c',
  'a--b',
  'C:\\bert',
  'x'.repeat(97),
])("fails for '%s', which is neither, naming both", (place) => {
  expectFails(() => encoderPlace(place), 'E_ENCODER_MISSING', 'expected a Hugging Face folder, or ORGANISATION/NAME');
});
