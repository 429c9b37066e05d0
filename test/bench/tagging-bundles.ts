import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { cli } from '../support/cli.ts';
import { childOutput } from '../support/child-output.ts';
import { realCorpus, realEncoder } from './bench-inputs.ts';

/** The same tagger for everybody. */
export interface TaggingBundles {
  /** Ours, exported in fp32 and in int8. */
  readonly fp32: string;
  readonly int8: string;
  /** A Hugging Face folder with the graph that training wrote, onnx/model.onnx, and onnx/model_quantized.onnx made of that. */
  readonly peers: string;
}

export interface TaggingBundlesOptions {
  /** Folder that is removed at the end. */
  readonly folder: string;
  readonly python: string;
  readonly say: (line: string) => void;
  /** A bundle that training wrote, of an encoder with a linear head. Default: MiniLM-L6, fine-tuned for one epoch. */
  readonly model: string | undefined;
  /** The same, exported in int8. Default: exported now. */
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
  const model = options.model === undefined ? await fineTune(folder, say) : resolve(options.model);
  const { graph } = graphSchema.parse(JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8')));
  const peers = join(folder, 'peers');
  await mkdir(join(peers, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json']) {
    await cp(join(model, file), join(peers, file));
  }
  await symlink(join(model, 'model.safetensors'), join(peers, 'model.safetensors'));
  await cp(join(model, graph.file), join(peers, 'onnx', 'model.onnx'));
  say('quantising for the peers ...');
  await childOutput([python, join(import.meta.dirname, 'peers', 'quantize_int8.py'), peers]);
  const exported = async (precision: 'fp32' | 'int8'): Promise<string> => {
    say(`exporting in ${precision} ...`);
    const out = join(folder, precision);
    const corpus = join(realCorpus, 'dev');
    await run(['export', '--model', model, '--corpus', corpus, '--precision', precision, '--out', out]);
    return out;
  };
  return {
    fp32: await exported('fp32'),
    int8: int8 === undefined ? await exported('int8') : resolve(int8),
    peers,
  };
}

async function fineTune(folder: string, say: (line: string) => void): Promise<string> {
  say('fine-tuning MiniLM-L6 on WNUT16 for one epoch ...');
  const out = join(folder, 'fine-tuned');
  await run(['train', '--corpus', realCorpus, '--encoder', realEncoder, '--out', out, '--set', 'train.epochs=1']);
  return out;
}
