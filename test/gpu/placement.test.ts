import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cudaPlacement } from '../support/cuda/placement.ts';

interface Recorded {
  readonly onHost: Readonly<Record<string, number>>;
  readonly copies: readonly { readonly value: string; readonly to: string }[];
}

const folder = new URL('../golden/cuda-placements/', import.meta.url);
const { placements } = JSON.parse(readFileSync(new URL('placements.json', folder), 'utf8')) as {
  readonly placements: Readonly<Record<string, { readonly written: Recorded; readonly optimized: Recorded }>>;
};

// What test/golden/generate/cuda/placements.py had the CUDA provider of onnxruntime 1.30 do.
describe('the placement of nodes on CUDA', () => {
  it.each(Object.entries(placements))('is that of onnxruntime for %s', (name, { written }) => {
    const { onHost, copies } = cudaPlacement(readFileSync(new URL(`${name}.onnx`, folder)));
    const sorted = copies.map(({ value, to }) => ({ value, to })).sort((a, b) => (a.value < b.value ? -1 : 1));
    expect({ onHost, copies: sorted }).toEqual(written);
  });

  it('needs the same copies after the rewrites of onnxruntime', () => {
    for (const { written, optimized } of Object.values(placements)) expect(optimized.copies).toEqual(written.copies);
  });

  it('names an operator without a kernel, where it stands and its types', () => {
    const { missing } = cudaPlacement(readFileSync(new URL('no-kernel-in-body.onnx', folder)));
    expect(missing).toEqual([{ path: 'graph/Scan 0', op: 'Det', types: ['float32'] }]);
  });
});
