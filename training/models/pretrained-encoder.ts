import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SafetensorsFile } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import { openTokenizer, TOKENIZER_FILES, type TextTokenizer } from '../../shared/text/tokenizer.ts';
import { readBytes } from '../../shared/corpus/text-file.ts';
import { maxTokens, readEncoderConfig, type EncoderConfig } from './encoder-config.ts';
import { readWeightFiles } from './weight-files.ts';

/** A Hugging Face model from a folder, to fine-tune. */
export interface PretrainedEncoder {
  readonly config: EncoderConfig;
  /** config.json as it is, which a bundle carries on. */
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly tokenizer: TextTokenizer;
  /** The tokeniser's files by name, which a bundle carries on. */
  readonly tokenizerFiles: ReadonlyMap<string, Uint8Array>;
  /** Pieces that a sentence may have, special ones included: what positions and tokeniser both allow. */
  readonly maxPieces: number;
  /** Reads the weights, all of them into memory. */
  readonly readWeights: () => SafetensorsFile;
}

/**
 * Reads config and tokeniser of a Hugging Face folder: config.json, tokenizer.json or vocab.txt with their settings, and
 * model.safetensors, also in several files with their index. The weights are read when they are asked for.
 *
 * @throws {E_ENCODER_MISSING} when there is no such folder, or no config.json in it
 * @throws {E_ENCODER_UNSUPPORTED} when config.json is of an architecture that we do not have, or is not JSON
 * @throws {E_TOKENIZER_MISSING}, {E_TOKENIZER_UNSUPPORTED}, {E_TOKENIZER_MALFORMED}, {E_TOKENIZER_LIBRARY} as openTokenizer
 * @throws {E_TOKENIZER_MISMATCH} when the tokeniser has ids for which the model has no row
 * @throws {E_WEIGHTS_MISSING}, {E_WEIGHTS_MALFORMED} when the weights are read, as readWeightFiles
 */
export async function readEncoderFolder(folder: string): Promise<PretrainedEncoder> {
  const configJson = readConfigJson(folder);
  const config = readEncoderConfig(configJson, join(folder, 'config.json'));
  const tokenizerFiles = new Map<string, Uint8Array>();
  for (const name of TOKENIZER_FILES) {
    const path = join(folder, name);
    if (existsSync(path)) tokenizerFiles.set(name, readBytes(path));
  }
  const tokenizer = await openTokenizer(tokenizerFiles, folder);
  if (tokenizer.vocabSize > config.vocabulary) {
    throw new NerError(
      'E_TOKENIZER_MISMATCH',
      `${folder}: the tokeniser is not that of the weights, got ids up to ${tokenizer.vocabSize - 1}; ` +
        `expected less than ${config.vocabulary}, the rows of the model's embedding (vocab_size in config.json). ` +
        'Take tokeniser, config.json and weights from the same model.',
    );
  }
  return {
    config,
    configJson,
    tokenizer,
    tokenizerFiles,
    maxPieces: Math.min(maxTokens(config), tokenizer.maxPieces ?? Infinity),
    readWeights: () => readWeightFiles(folder),
  };
}

/**
 * config.json of a Hugging Face folder, unchecked.
 *
 * @throws {E_ENCODER_MISSING} when there is no such folder, or no config.json in it
 * @throws {E_ENCODER_UNSUPPORTED} when it is not JSON
 */
export function readConfigJson(folder: string): Readonly<Record<string, unknown>> {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw missing(folder, 'there is no such folder', 'a Hugging Face folder, or the id of a model on the hub');
  }
  const path = join(folder, 'config.json');
  if (!existsSync(path)) {
    const files = readdirSync(folder).sort();
    const got = files.length === 0 ? 'an empty folder' : files.slice(0, 8).join(', ');
    throw missing(folder, `there is no config.json, got ${got}`, 'a Hugging Face folder');
  }
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path)));
    return json as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (cause instanceof NerError) throw cause;
    throw new NerError(
      'E_ENCODER_UNSUPPORTED',
      `${path}: the file is not JSON (${cause instanceof Error ? cause.message : String(cause)}). ` +
        'Copy or download the folder again.',
      { cause },
    );
  }
}

function missing(folder: string, reason: string, expected: string): NerError {
  return new NerError(
    'E_ENCODER_MISSING',
    `${folder}: ${reason}; expected ${expected}. Check the path, or name a model of the hub, such as ` +
      'sentence-transformers/all-MiniLM-L6-v2.',
  );
}
