import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSession } from '../../shared/ort/session.ts';
import { toOnnx } from '../../training/engine/index.ts';
import { cudaPlacement } from '../support/cuda/placement.ts';
import { emittedGraphs } from '../support/emitted-graphs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A graph as onnxruntime rewrites it, short of rewrites for one CPU's layout. */
async function rewritten(bytes: Uint8Array): Promise<Uint8Array> {
  const file = join(tempFolder(), 'rewritten.onnx');
  await (await createSession(bytes, { optimization: 'extended', rewrittenFile: file })).release();
  return readFileSync(file);
}

describe('every graph that training and export emit', () => {
  it.each(emittedGraphs)('has CUDA kernels only and needs no copy: %s', (_, build) => {
    expect(cudaPlacement(toOnnx(build()))).toMatchObject({ missing: [], copies: [] });
  });

  // Not those in bfloat16, which onnxruntime has no kernels for on a CPU, so that it refuses to rewrite them. What its
  // CUDA provider makes of one of them is recorded: see placement.test.ts.
  it.each(emittedGraphs.filter(([name]) => !name.endsWith('bf16')))(
    'has CUDA kernels only and needs no copy after the rewrites of onnxruntime: %s',
    async (_, build) => {
      expect(cudaPlacement(await rewritten(toOnnx(build())))).toMatchObject({ missing: [], copies: [] });
    },
  );
});
