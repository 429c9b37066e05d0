import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readSafetensorsFile } from '../../shared/model/safetensors-file.ts';
import type { SafetensorsFile, SafetensorsTensor } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import { readBytes } from '../../shared/corpus/text-file.ts';

export const WEIGHTS_FILE = 'model.safetensors';
/** Says which file each tensor is in, where there are several. */
export const WEIGHTS_INDEX = 'model.safetensors.index.json';

const index = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/**
 * The files that a model.safetensors.index.json names, each once.
 *
 * @param source what to call the index in errors
 * @throws {E_WEIGHTS_MALFORMED} when it is not JSON, has another form, or names a file outside of its folder
 */
export function shardsOf(bytes: Uint8Array, source: string): ReadonlyMap<string, readonly string[]> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformed(source, `the file is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
  const parsed = index.safeParse(json);
  if (!parsed.success) throw malformed(source, z.prettifyError(parsed.error).replaceAll('\n', ' '));
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(parsed.data.weight_map)) {
    if (!/^[\w.-]+\.safetensors$/.test(file)) {
      throw malformed(
        source,
        `'${tensor}' is in a file of another kind, got '${file}'; expected a safetensors file beside it`,
      );
    }
    shards.set(file, [...(shards.get(file) ?? []), tensor]);
  }
  return shards;
}

/**
 * The weights of a Hugging Face folder: model.safetensors, or the files that its index names, put together.
 *
 * @throws {E_WEIGHTS_MISSING} when there are none, or one of several files is not there
 * @throws {E_WEIGHTS_MALFORMED} when a file is not whole, or the index is not that of the files
 */
export function readWeightFiles(folder: string): SafetensorsFile {
  const whole = join(folder, WEIGHTS_FILE);
  if (existsSync(whole)) return readSafetensorsFile(whole);
  const indexFile = join(folder, WEIGHTS_INDEX);
  if (!existsSync(indexFile)) throw missingWeights(folder, readdirSync(folder));
  const tensors = new Map<string, SafetensorsTensor>();
  let metadata: SafetensorsFile['metadata'] = {};
  for (const [name, expected] of shardsOf(readBytes(indexFile), indexFile)) {
    const path = join(folder, name);
    if (!existsSync(path)) {
      throw new NerError(
        'E_WEIGHTS_MISSING',
        `${folder}: a file of the weights is not there, got no ${name}; expected it, as ${WEIGHTS_INDEX} names it. ` +
          'Copy or download the folder again.',
      );
    }
    const shard = readSafetensorsFile(path);
    const lost = expected.find((tensor) => !shard.tensors.has(tensor));
    if (lost !== undefined) throw malformed(indexFile, `'${lost}' is not in ${name}, as it says`);
    for (const [tensor, value] of shard.tensors) {
      if (tensors.has(tensor)) throw malformed(indexFile, `'${tensor}' is in ${name} and in another file`);
      tensors.set(tensor, value);
    }
    metadata = { ...metadata, ...shard.metadata };
  }
  return { tensors, metadata };
}

/** Weights that other programs read, by the end of the name. */
const FOREIGN = /(^pytorch_model.*\.bin|^tf_model.*\.h5|\.ckpt.*|\.msgpack|\.pt|\.pth)$/;

/** The error for a model with these files, none of which are weights that we read. */
export function missingWeights(source: string, files: readonly string[]): NerError {
  const foreign = files.filter((name) => FOREIGN.test(name));
  const got = foreign.length === 0 ? 'none' : foreign.join(', ');
  return new NerError(
    'E_WEIGHTS_MISSING',
    `${source}: there are no weights that we read, got ${got}; expected ${WEIGHTS_FILE} or ${WEIGHTS_INDEX}. ` +
      `Let transformers write them: AutoModel.from_pretrained('${source}').save_pretrained(FOLDER).`,
  );
}

function malformed(source: string, reason: string, cause?: unknown): NerError {
  return new NerError(
    'E_WEIGHTS_MALFORMED',
    `${source}: ${reason}. Take all files of the weights from the same model.`,
    { cause },
  );
}
