import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from '../../../shared/model/safetensors.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { loadCheckpoint, runFingerprint, saveCheckpoint } from '../../../training/train/checkpoint.ts';
import type { TrainState } from '../../../training/train/train-state.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const run = runFingerprint({ settings: { epochs: 3 }, seed: 1 });

/** Numbers that lose something in any detour over text or float64 arithmetic. */
const odd = [0.1, -0, 1e-45, 3.4e38, -1e-38, Math.PI].map(Math.fround);

function stateOf(epoch: number): TrainState {
  const dev = { precision: 1 / 3, recall: 0.1, f1: 0.2 + epoch, support: 7 };
  return {
    epoch,
    step: 12 * epoch,
    parameters: Float32Array.from(odd, (x) => x + epoch),
    moments: { mean: Float32Array.from(odd), square: Float32Array.from(odd, Math.abs) },
    best: { epoch, dev, parameters: Float32Array.from(odd, (x) => -x) },
    inEpoch: { done: epoch, lossSum: 1 / 3 },
    keeper: { bestF1: 0.2 + epoch, earlyStopping: { best: null, wait: epoch, keptEpoch: 1, stopped: false } },
  };
}

/** A saved checkpoint in an empty folder. */
function saved(state = stateOf(2)): string {
  const file = join(tempFolder(), 'run', 'checkpoint.safetensors');
  saveCheckpoint(file, state, run);
  return file;
}

/** The saved checkpoint with some of its content changed. */
function changed(
  change: (content: {
    readonly tensors: Record<string, SafetensorsTensor>;
    readonly metadata: Record<string, string>;
  }) => void,
): string {
  const file = saved();
  const { tensors, metadata } = readSafetensors(readFileSync(file));
  const content = { tensors: Object.fromEntries(tensors), metadata: { ...metadata } };
  change(content);
  writeFileSync(file, writeSafetensors(content.tensors, content.metadata));
  return file;
}

describe('a checkpoint', () => {
  test('comes back bit for bit', () => {
    expect(loadCheckpoint(saved(), run)).toEqual(stateOf(2));
  });

  test('comes back without a best epoch when there is none yet', () => {
    const state = { ...stateOf(0), best: undefined };
    expect(loadCheckpoint(saved(state), run)).toEqual(state);
  });

  test('replaces the one before and leaves nothing else', () => {
    const file = saved(stateOf(1));
    saveCheckpoint(file, stateOf(2), run);
    expect(loadCheckpoint(file, run)).toEqual(stateOf(2));
    expect(readdirSync(join(file, '..'))).toEqual(['checkpoint.safetensors']);
  });

  test('is undefined where there is none', () => {
    expect(loadCheckpoint(join(tempFolder(), 'none'), run)).toBeUndefined();
  });

  test('is the last whole one when a write was killed half-way, and the next write goes through', () => {
    const file = saved(stateOf(1));
    writeFileSync(`${file}.partial`, readFileSync(file).subarray(0, 100));
    expect(loadCheckpoint(file, run)).toEqual(stateOf(1));
    saveCheckpoint(file, stateOf(2), run);
    expect(loadCheckpoint(file, run)).toEqual(stateOf(2));
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  test('fails when it belongs to another run, and says what to do', async () => {
    const file = saved();
    const other = runFingerprint({ settings: { epochs: 3 }, seed: 2 });
    expect(await codeOf(() => loadCheckpoint(file, other))).toBe('E_CHECKPOINT_MISMATCH');
    expect(() => loadCheckpoint(file, other)).toThrow(/without --resume/);
  });

  test('fails when it cannot be written, and the one before is still there', async () => {
    const file = saved(stateOf(1));
    mkdirSync(`${file}.partial`);
    expect(
      await codeOf(() => {
        saveCheckpoint(file, stateOf(2), run);
      }),
    ).toBe('E_FILE_UNWRITABLE');
    expect(loadCheckpoint(file, run)).toEqual(stateOf(1));
  });

  test('fails when its folder cannot be made', async () => {
    const file = saved();
    expect(
      await codeOf(() => {
        saveCheckpoint(join(file, 'below', 'x'), stateOf(2), run);
      }),
    ).toBe('E_FILE_UNWRITABLE');
  });
});

/** A change of what a checkpoint says of its progress. */
function progressWith(change: Record<string, unknown>): Parameters<typeof changed>[0] {
  return ({ metadata }) => {
    const progress = JSON.parse(metadata['progress']!) as Record<string, unknown>;
    metadata['progress'] = JSON.stringify({ ...progress, ...change });
  };
}

describe('a damaged checkpoint', () => {
  test('fails wherever it is cut off', async () => {
    const file = saved();
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(file, bytes.subarray(0, length));
      expect(await codeOf(() => loadCheckpoint(file, run))).toBe('E_CHECKPOINT_CORRUPT');
    }
  });

  test.each([
    ['is not safetensors at all', () => saved(), Buffer.from('not a checkpoint')],
    ['is empty', () => saved(), Buffer.alloc(0)],
  ])('fails when it %s', async (_, make, bytes) => {
    const file = make();
    writeFileSync(file, bytes);
    expect(await codeOf(() => loadCheckpoint(file, run))).toBe('E_CHECKPOINT_CORRUPT');
    expect(() => loadCheckpoint(file, run)).toThrow(`${file}: not a whole checkpoint`);
  });

  test.each([
    ['parameters are missing', ({ tensors }) => delete tensors['parameters']],
    ['a moment is missing', ({ tensors }) => delete tensors['moments.square']],
    ['the best parameters are missing', ({ tensors }) => delete tensors['best']],
    ['parameters are of another type', ({ tensors }) => (tensors['moments.mean'] = u8())],
    ['moments differ in length', ({ tensors }) => (tensors['moments.mean'] = short())],
    ['the best parameters are not as long as parameters', ({ tensors }) => (tensors['best'] = short())],
    ['the progress is missing', ({ metadata }) => delete metadata['progress']],
    ['the progress is no JSON', ({ metadata }) => (metadata['progress'] = '{"epoch":')],
    ['the epoch is no number', progressWith({ epoch: 'two' })],
    ['the step is missing', progressWith({ step: undefined })],
    ['the best figures are incomplete', progressWith({ best: { epoch: 1 } })],
    ['what keeps parameters is something else', progressWith({ keeper: { bestF1: 'high' } })],
  ] satisfies readonly (readonly [string, Parameters<typeof changed>[0]])[])(
    'fails when %s',
    async (_, change: Parameters<typeof changed>[0]) => {
      const file = changed(change);
      expect(await codeOf(() => loadCheckpoint(file, run))).toBe('E_CHECKPOINT_CORRUPT');
    },
  );

  test('fails when it is a folder', async () => {
    const folder = tempFolder();
    expect(await codeOf(() => loadCheckpoint(folder, run))).toBe('E_CHECKPOINT_CORRUPT');
  });

  test('loads or fails by name when any one byte is another', () => {
    const file = saved();
    const bytes = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        writeFileSync(file, damaged);
        try {
          expect(loadCheckpoint(file, run)).toHaveProperty('epoch');
        } catch (error) {
          expect(error).toBeInstanceOf(NerError);
          expect(['E_CHECKPOINT_CORRUPT', 'E_CHECKPOINT_MISMATCH']).toContain((error as NerError).code);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});

describe('runFingerprint', () => {
  test('is the same for equal runs and another for any other', () => {
    const settings = { epochs: 3, rates: [0.5, 1] };
    expect(runFingerprint({ settings, seed: 1 })).toBe(runFingerprint({ settings: { ...settings }, seed: 1 }));
    const others = [{ settings, seed: 2 }, { settings: { ...settings, rates: [1, 0.5] }, seed: 1 }, { settings }];
    expect(new Set([{ settings, seed: 1 }, ...others].map(runFingerprint)).size).toBe(4);
  });
});

function u8(): SafetensorsTensor {
  return { dtype: 'U8', shape: [1], data: Uint8Array.of(1) };
}

function short(): SafetensorsTensor {
  return { dtype: 'F32', shape: [1], data: Float32Array.of(1) };
}
