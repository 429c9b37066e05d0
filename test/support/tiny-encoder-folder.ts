import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../shared/model/safetensors.ts';
import { createRng } from '../../shared/random.ts';
import { readEncoderConfig } from '../../training/models/encoder-config.ts';
import { weightTensors } from '../../training/models/encoder-weights.ts';
import { createEncoder } from '../../training/models/transformer-encoder.ts';
import { initParameters, type ParameterSpec } from '../../training/nn/parameter.ts';
import { tinyConfig, type TinyEncoderName } from './tiny-encoder.ts';
import { tinyTokenizerFile } from './tiny-word-piece.ts';

/** Added to each fresh number, biases and LayerNorm's too, so that two parameters that are swapped show. */
const NOISE = 0.1;

function randomWeights(specs: readonly ParameterSpec[]): ReadonlyMap<string, Float32Array> {
  const rng = createRng(1, 'tiny encoder');
  return new Map(
    [...initParameters(specs, rng)].map(([name, fresh]) => {
      const noise = rng.fork(`noise of ${name}`);
      return [name, fresh.map((value) => value + NOISE * noise.normal())];
    }),
  );
}

interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
}

/**
 * The tiny BERT tokeniser with the padding where the encoder has it: RoBERTa and MPNet give positions to all ids but 1,
 * so that 1 must not be the unknown token's.
 */
function tokenizerJson(padId: number): string {
  const json = JSON.parse(new TextDecoder().decode(tinyTokenizerFile('tokenizer.json'))) as TokenizerJson;
  const ids: Readonly<Record<string, number>> = { '[PAD]': padId, '[UNK]': 1 - padId };
  const added_tokens = json.added_tokens.map((token) => ({ ...token, id: ids[token.content] ?? token.id }));
  return JSON.stringify({ ...json, added_tokens, model: { ...json.model, vocab: { ...json.model.vocab, ...ids } } });
}

const tokenizerConfig = {
  tokenizer_class: 'BertTokenizer',
  do_lower_case: true,
  model_max_length: 128,
  unk_token: '[UNK]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  cls_token: '[CLS]',
  mask_token: '[MASK]',
};

/** Writes a tiny random encoder with a BERT tokeniser as a Hugging Face folder: what is fine-tuned. */
export async function writeTinyEncoder(folder: string, name: TinyEncoderName): Promise<void> {
  const json = { ...tinyConfig(name), vocab_size: 200, max_position_embeddings: 140 };
  const config = readEncoderConfig(json, name);
  const { parameters } = createEncoder(config);
  const tensors = weightTensors(parameters, randomWeights(parameters), config.architecture);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tokenizer.json'), tokenizerJson(config.padId));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(tokenizerConfig));
  await writeFile(join(folder, 'config.json'), JSON.stringify(json));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors, { format: 'pt' }));
}
