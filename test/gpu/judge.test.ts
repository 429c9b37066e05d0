import { describe, expect, test } from 'vitest';
import type { Trajectory } from './jobs.ts';
import { checkCopies, compareTrajectories, memcpyLines } from './judge.ts';
import { parseRow } from './nvidia-smi.ts';

const fp32 = { model: 'small', mode: 'fp32' } as const;
const bf16 = { model: 'small', mode: 'bf16' } as const;
const cpu: Trajectory = { loss: [3, 2.5], gradientNorm: [1, 0.8], gradient: [3, 4] };

describe('compareTrajectories', () => {
  test('passes what is within the tolerances of the mode', () => {
    const found = { loss: [3.001, 2.501], gradientNorm: [1, 0.8], gradient: [3.0002, 4] };
    expect(compareTrajectories(fp32, found, cpu).map(({ passed }) => passed)).toEqual([true, true, true]);
  });

  test('fails a loss, a norm or a gradient that is too far off, and says by how much', () => {
    // The gradient is off by 0.05 where its norm is 5.
    const found = { loss: [3, 2.6], gradientNorm: [1, 0.8], gradient: [3.05, 4] };
    expect(compareTrajectories(fp32, found, cpu)).toEqual([
      { name: 'small fp32: loss of 2 steps', passed: false, detail: 'off by 4.0e-2 at most, allowed 0.001' },
      { name: 'small fp32: gradient norm', passed: true, detail: 'off by 0.0e+0 at most, allowed 0.001' },
      {
        name: 'small fp32: gradient of the first step',
        passed: false,
        detail: 'distance 1.0e-2 of the norm, at most 0.0001',
      },
    ]);
    expect(compareTrajectories(bf16, found, cpu)[2]!.passed).toBe(true);
  });

  test('fails what is no number, and what is cut short', () => {
    const nan = { ...cpu, loss: [3, NaN], gradient: [NaN, 4] };
    expect(compareTrajectories(bf16, nan, cpu).map(({ passed }) => passed)).toEqual([false, true, false]);
    expect(compareTrajectories(bf16, { ...cpu, loss: [3] }, cpu)[0]!.passed).toBe(false);
  });
});

describe('checkCopies', () => {
  // As onnxruntime 1.30 printed it for the graph no-kernel.onnx of test/golden/cuda-placements, with two copies.
  const log =
    '2026-11-27 [W:onnxruntime:, transformer_memcpy.cc:111 ApplyImpl] 2 Memcpy nodes are added to the graph g for ' +
    'CUDAExecutionProvider. It might have negative impact on performance (including unable to run CUDA graph).';

  test('fails a session in whose log onnxruntime names Memcpy nodes', () => {
    expect(memcpyLines(log)).toEqual(['2 Memcpy nodes are added to the graph g for CUDAExecutionProvider']);
    expect(checkCopies('small', log)).toMatchObject({ name: 'small: no Memcpy nodes', passed: false });
  });

  test('passes a log that says other things', () => {
    expect(checkCopies('small', 'Some nodes were not assigned to the preferred execution providers').passed).toBe(true);
  });
});

test('parseRow reads a line of nvidia-smi', () => {
  expect(parseRow('NVIDIA H100 80GB HBM3, 570.86.15, 81559\n')).toEqual([
    'NVIDIA H100 80GB HBM3',
    '570.86.15',
    '81559',
  ]);
});
