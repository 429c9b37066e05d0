import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/ner-error.ts';
import { readWeights } from '../../../training/models/encoder-weights.ts';
import { readEncoderFolder } from '../../../training/models/pretrained-encoder.ts';
import { createEncoder } from '../../../training/models/transformer-encoder.ts';
import { libraryTokenizerFiles } from '../../support/library-tokenizer-files.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyEncoders, type TinyEncoderName } from '../../support/tiny-encoder.ts';

const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'walk', '##ing', 'the'];

/** A folder as transformers writes it: a tiny random encoder of 40 rows, with a WordPiece vocabulary of `size`. */
function folderOf(name: TinyEncoderName, size = 40): string {
  const folder = tempFolder();
  for (const file of ['config.json', 'model.safetensors']) {
    copyFileSync(fileURLToPath(new URL(`../../golden/encoders/${name}/${file}`, import.meta.url)), join(folder, file));
  }
  const vocab = Array.from({ length: size }, (_, id) => pieces[id] ?? `p${id}`);
  writeFileSync(join(folder, 'vocab.txt'), vocab.join('\n'));
  return folder;
}

async function rejects(folder: string, code: ErrorCode, part: string): Promise<void> {
  await expect(readEncoderFolder(folder)).rejects.toThrow(part);
  await expect(readEncoderFolder(folder)).rejects.toMatchObject({ code });
}

describe('readEncoderFolder', () => {
  test.each(tinyEncoders)('reads a tiny %s: config, tokeniser and weights that fit the encoder', async (name) => {
    const folder = folderOf(name);
    const {
      config,
      configJson,
      tokenizer,
      tokenizerFiles,
      maxPieces,
      readWeights: read,
    } = await readEncoderFolder(folder);
    expect(config.vocabulary).toBe(40);
    expect(configJson['model_type']).toBe(config.architecture);
    expect(tokenizer.vocabSize).toBe(40);
    expect([...tokenizerFiles.keys()]).toEqual(['vocab.txt']);
    // 20 positions, of which RoBERTa's kin and MPNet use those after the padding's.
    expect(maxPieces).toBe(20 - config.firstPosition);
    const { parameters } = createEncoder(config);
    const { values } = readWeights(parameters, read(), { architecture: config.architecture, source: folder });
    expect([...values.keys()].sort()).toEqual(parameters.map((spec) => spec.name).sort());
  });

  test('takes the least of what positions and tokeniser allow', async () => {
    const folder = folderOf('bert');
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 12 }));
    const { maxPieces, tokenizerFiles } = await readEncoderFolder(folder);
    expect(maxPieces).toBe(12);
    expect([...tokenizerFiles.keys()]).toEqual(['tokenizer_config.json', 'vocab.txt']);
  });

  test('takes a tokeniser with fewer ids than the model has rows', async () => {
    expect((await readEncoderFolder(folderOf('bert', 9))).tokenizer.vocabSize).toBe(9);
  });

  test('fails when the tokeniser has ids for which the weights have no row, naming both numbers', async () => {
    await rejects(folderOf('bert', 41), 'E_TOKENIZER_MISMATCH', 'got ids up to 40; expected less than 40');
    const folder = folderOf('roberta');
    for (const [name, bytes] of libraryTokenizerFiles('byte-level')) writeFileSync(join(folder, name), bytes);
    await rejects(folder, 'E_TOKENIZER_MISMATCH', 'got ids up to 599; expected less than 40');
  });

  test('fails where there is no folder, saying that a hub id does too', async () => {
    const none = join(tempFolder(), 'none');
    await rejects(
      none,
      'E_ENCODER_MISSING',
      `${none}: there is no such folder; expected a Hugging Face folder, or the id`,
    );
    const file = join(tempFolder(), 'config.json');
    writeFileSync(file, '{}');
    await rejects(file, 'E_ENCODER_MISSING', 'there is no such folder');
  });

  test('fails without config.json, naming what is there', async () => {
    const folder = tempFolder();
    await rejects(folder, 'E_ENCODER_MISSING', 'there is no config.json, got an empty folder');
    mkdirSync(join(folder, 'onnx'));
    await rejects(folder, 'E_ENCODER_MISSING', 'got onnx');
  });

  test.each([
    ['is no JSON', '{', 'the file is not JSON'],
    ['is no object', '[]', 'the model_type is not one of ours, got none'],
    ['is of another architecture', '{"model_type":"gpt2"}', 'got "gpt2"'],
  ])('fails when config.json %s', async (_, text, part) => {
    const folder = folderOf('bert');
    writeFileSync(join(folder, 'config.json'), text);
    await rejects(folder, 'E_ENCODER_UNSUPPORTED', part);
  });

  test('fails when the weights are read and are not whole', async () => {
    const folder = folderOf('bert');
    const { readWeights: read } = await readEncoderFolder(folder);
    writeFileSync(join(folder, 'model.safetensors'), new Uint8Array(100).fill(32));
    expect(read).toThrow(/model\.safetensors: the header's length is wrong/);
  });
});

const miniLm = join(sharedFolder, 'encoders', 'minilm-l6-uncased');

describe.skipIf(!existsSync(miniLm))('all-MiniLM-L6-v2', () => {
  test('is read from its folder', async () => {
    const { config, tokenizer, maxPieces, readWeights: read } = await readEncoderFolder(miniLm);
    expect(config).toMatchObject({ architecture: 'bert', layers: 6, width: 384, vocabulary: 30_522 });
    expect(tokenizer.kind).toBe('word-piece');
    expect(tokenizer.specials).toEqual({ pad: 0, unk: 100, cls: 101, sep: 102, mask: 103 });
    expect(maxPieces).toBe(512);
    const { parameters } = createEncoder(config);
    const { values } = readWeights(parameters, read(), { architecture: 'bert', source: miniLm });
    expect(values.size).toBe(parameters.length);
  });
});
