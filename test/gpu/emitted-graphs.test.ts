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
  it.each(emittedGraphs)('has CUDA kernels only and needs no copy: %s', async (_, build) => {
    const bytes = toOnnx(build());
    expect(cudaPlacement(bytes)).toMatchObject({ missing: [], copies: [] });
    expect(cudaPlacement(await rewritten(bytes))).toMatchObject({ missing: [], copies: [] });
  });
});
