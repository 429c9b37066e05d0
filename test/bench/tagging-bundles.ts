import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { childOutput } from '../support/child-output.ts';
import { realCorpus, realEncoder } from './bench-inputs.ts';

/** The same tagger for everybody. */
export interface TaggingBundles {
  /** Our fp32 bundle. */
  readonly fp32: string;
  /** Ours with an int8 graph; undefined where there is none. */
  readonly int8: string | undefined;
  /** A Hugging Face folder with onnx/model.onnx of the fp32 bundle and optimum's onnx/model_quantized.onnx. */
  readonly peers: string;
}

export interface TaggingBundlesOptions {
  /** Folder that is removed at the end. */
  readonly folder: string;
  readonly python: string;
  readonly say: (line: string) => void;
  /** A bundle of an encoder with a linear head. Default: MiniLM-L6, fine-tuned for one epoch. */
  readonly fp32: string | undefined;
  /** The same with an int8 graph. Default: exported from it. */
  readonly int8: string | undefined;
}

async function run(args: readonly string[]): Promise<void> {
  const { code, stderr } = await cli(args);
  if (code !== 0) throw new Error(`tagwright ${args[0]!} ended with ${String(code)}: ${stderr}`);
}

const graphSchema = z.object({ graph: z.object({ file: z.string() }) });

/** Lays the bundles out, and makes those that were not given. */
export async function makeTaggingBundles(options: TaggingBundlesOptions): Promise<TaggingBundles> {
  const { folder, python, say, int8 } = options;
  const fp32 = options.fp32 === undefined ? await fineTune(folder, say) : resolve(options.fp32);
  const { graph } = graphSchema.parse(JSON.parse(await readFile(join(fp32, 'manifest.json'), 'utf8')));
  const peers = join(folder, 'peers');
  await mkdir(join(peers, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
    await cp(join(fp32, file), join(peers, file));
  }
  await symlink(join(fp32, 'model.safetensors'), join(peers, 'model.safetensors'));
  await cp(join(fp32, graph.file), join(peers, 'onnx', 'model.onnx'));
  say('quantising for the peers ...');
  await childOutput([python, join(import.meta.dirname, 'peers', 'quantize_int8.py'), peers]);
  return { fp32, int8: int8 === undefined ? undefined : resolve(int8), peers };
}

async function fineTune(folder: string, say: (line: string) => void): Promise<string> {
  say('fine-tuning MiniLM-L6 on WNUT16 for one epoch ...');
  const out = join(folder, 'fine-tuned');
  await run(['train', '--corpus', realCorpus, '--encoder', realEncoder, '--out', out, '--set', 'train.epochs=1']);
  return out;
}
