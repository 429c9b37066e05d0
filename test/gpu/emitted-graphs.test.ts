import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createSession } from '../../shared/ort/session.ts';
import { toOnnx, type Graph } from '../../training/engine/index.ts';
import { bodiesOf } from '../../training/engine/ir.ts';
import { cudaPlacement } from '../support/cuda/placement.ts';
import { emittedGraphs } from '../support/emitted-graphs.ts';
import { gpuProgram } from './gpu-program.ts';
import { MODELS } from './jobs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A graph as onnxruntime rewrites it, short of rewrites for one CPU's layout. */
async function rewritten(bytes: Uint8Array): Promise<Uint8Array> {
  const file = join(tempFolder(), 'rewritten.onnx');
  await (await createSession(bytes, { optimization: 'extended', rewrittenFile: file })).release();
  return readFileSync(file);
}

/** Numbers along an axis that Split and Concat may cut and join: 8 bytes each go to the device whenever they run. */
const LONGEST_JOIN = 2 ** 18;

/** Lengths of the axes that Split and Concat of a graph and its bodies work along, where they are known. */
function joinedLengths(graph: Graph): readonly number[] {
  return graph.nodes.flatMap((node) => {
    const whole = node.op === 'Split' ? node.inputs[0]! : node.outputs[0]!;
    const joins = node.op === 'Split' || (node.op === 'Concat' && node.inputs.length > 1);
    const axis = node.attributes['axis'] as number;
    const length = joins ? whole.type.shape.at(axis) : undefined;
    return [...(typeof length === 'number' ? [length] : []), ...bodiesOf(node).flatMap(joinedLengths)];
  });
}

test.each(MODELS)('the training program of %s splits and joins no long axes', (model) => {
  const lengths = joinedLengths(gpuProgram({ model, mode: 'bf16' }).graph);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(LONGEST_JOIN);
  expect(Math.max(...lengths)).toBeGreaterThan(1000);
});

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
