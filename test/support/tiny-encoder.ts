import { readFileSync } from 'node:fs';
import { readSafetensors, type SafetensorsFile } from '../../shared/model/safetensors.ts';
import { ndArray, type NdArray } from '../../training/engine/index.ts';
import { linearHeadParameters } from '../../training/heads/linear-head.ts';
import { readEncoderConfig } from '../../training/models/encoder-config.ts';
import { readWeights, type LoadedWeights } from '../../training/models/encoder-weights.ts';
import { createEncoder, type TransformerEncoder } from '../../training/models/transformer-encoder.ts';
import type { ParameterSpec } from '../../training/nn/parameter.ts';
import type { Feeds } from './engine.ts';

/** The folders of test/golden/encoders, each a tiny random tagger that transformers wrote. */
export const tinyEncoders = [
  'bert',
  'distilbert',
  'electra',
  'electra-wide',
  'mpnet',
  'roberta',
  'xlm-roberta',
] as const;

export type TinyEncoderName = (typeof tinyEncoders)[number];

/** Labels of the tiny taggers. */
export const TINY_LABELS = 5;

export interface TinyEncoder {
  readonly encoder: TransformerEncoder;
  /** Of encoder and head. */
  readonly specs: readonly ParameterSpec[];
  readonly file: SafetensorsFile;
  readonly loaded: LoadedWeights;
  /** What transformers was fed and found, by the names of the generator. */
  readonly golden: ReadonlyMap<string, NdArray>;
  /** The weights by our names, as feeds. */
  readonly weights: Feeds;
}

function folderOf(name: string): URL {
  return new URL(`../golden/encoders/${name}/`, import.meta.url);
}

/** The config.json of a tiny tagger. */
export function tinyConfig(name: TinyEncoderName): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL('config.json', folderOf(name)), 'utf8')) as Record<string, unknown>;
}

export function tinyFile(name: TinyEncoderName, file: 'model' | 'golden'): SafetensorsFile {
  return readSafetensors(readFileSync(new URL(`${file}.safetensors`, folderOf(name))), `${name}/${file}.safetensors`);
}

export function tinyEncoder(name: TinyEncoderName): TinyEncoder {
  const config = readEncoderConfig(tinyConfig(name));
  const encoder = createEncoder(config);
  const head = linearHeadParameters({ ...config, labels: TINY_LABELS });
  const specs = [...encoder.parameters, ...head];
  const file = tinyFile(name, 'model');
  const loaded = readWeights(specs, file, { architecture: config.architecture, source: name });
  const golden = [...tinyFile(name, 'golden').tensors].map(([key, { dtype, shape, data }]): [string, NdArray] => [
    key,
    ndArray(dtype === 'F32' ? 'float32' : 'int32', shape, Float64Array.from(data as Float32Array)),
  ]);
  const weights = specs.map((spec): [string, NdArray] => [
    spec.name,
    ndArray('float32', spec.shape, Float64Array.from(loaded.values.get(spec.name)!)),
  ]);
  return { encoder, specs, file, loaded, golden: new Map(golden), weights: Object.fromEntries(weights) };
}
