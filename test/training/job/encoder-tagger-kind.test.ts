import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { readSafetensors } from '../../../shared/model/safetensors.ts';
import { createRng } from '../../../shared/random.ts';
import { prepareEncoderTagger, type EncoderTaggerKind } from '../../../training/job/encoder-tagger-kind.ts';
import { defaultSettings } from '../../../training/job/settings.ts';
import { readEncoderFolder } from '../../../training/models/pretrained-encoder.ts';
import { initialState, parameterViews } from '../../../training/train/train-state.ts';
import { parameterCount } from '../../../training/train/state-layout.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import type { TinyEncoderName } from '../../support/tiny-encoder.ts';
import { writeTinyEncoder } from '../../support/tiny-encoder-folder.ts';

const { model } = defaultSettings.encoder;
if (model.kind !== 'encoder') throw new Error('the default is no encoder');
const settings = model;
const labels = createLabelSet(['person', 'product']);

/** The files of the untrained bundle of a tiny encoder. */
async function filesOf(
  name: TinyEncoderName,
  change: Partial<EncoderTaggerKind> = {},
  spoil: (folder: string) => void = () => undefined,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const folder = tempFolder();
  await writeTinyEncoder(folder, name);
  spoil(folder);
  const encoder = await readEncoderFolder(folder);
  const kind = {
    settings,
    crf: false,
    encoder,
    name: 'org/tiny',
    isOnHub: true,
    labels,
    train: [],
    vectors: undefined,
    ...change,
  };
  const tagger = prepareEncoderTagger(kind);
  const { parameters } = initialState(tagger.model.parameters, {
    moments: [],
    trained: parameterCount(tagger.model.parameters),
    rng: createRng(1),
    pretrained: tagger.pretrained,
  });
  return tagger.bundle.files(parameterViews(tagger.model.parameters, parameters), {});
}

const json = (bytes: Uint8Array | undefined): Record<string, unknown> =>
  JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;

test('a bundle has config.json, weights and tokeniser as transformers names and reads them', async () => {
  const files = await filesOf('bert');
  expect(Object.keys(files).sort()).toEqual([
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  expect(json(files['config.json'])).toMatchObject({
    model_type: 'bert',
    architectures: ['BertForTokenClassification'],
    id2label: { 0: 'O', 1: 'B-person', 2: 'I-person', 3: 'B-product', 4: 'I-product' },
    label2id: { O: 0, 'I-product': 4 },
  });
  const { tensors, metadata } = readSafetensors(files['model.safetensors']!);
  expect(metadata).toEqual({ format: 'pt' });
  expect(tensors.get('classifier.weight')!.shape).toEqual([5, 24]);
  expect(tensors.has('bert.embeddings.word_embeddings.weight')).toBe(true);
});

test('a head that transformers does not have is no class of it, and scores of a CRF are not among the weights', async () => {
  const files = await filesOf('roberta', {
    crf: true,
    settings: { ...settings, head: { kind: 'bilstm', units: 4, layers: 1 } },
  });
  expect(json(files['config.json'])['architectures']).toEqual([]);
  const names = [...readSafetensors(files['model.safetensors']!).tensors.keys()];
  expect(names.filter((name) => name.startsWith('crf'))).toEqual([]);
});

test('a tokeniser without tokenizer_config.json gets one that names its padding', async () => {
  const files = await filesOf('bert', {}, (folder) => {
    rmSync(join(folder, 'tokenizer_config.json'));
  });
  expect(json(files['tokenizer_config.json'])).toMatchObject({ tokenizer_class: 'BertTokenizer', pad_token: '[PAD]' });
});
