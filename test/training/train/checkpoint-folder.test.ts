import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCheckpointFolder, type CheckpointFolder } from '../../../training/train/checkpoint-folder.ts';
import type { TrainState } from '../../../training/train/train-state.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { childResult, startChild } from '../../support/run-child.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const stateOf = (step: number): TrainState => {
  const vector = (): Float32Array => Float32Array.of(step, -step);
  const progress = { epoch: step, inEpoch: { done: 0, lossSum: 0 }, best: undefined, keeper: undefined };
  return { ...progress, step, parameters: vector(), moments: { mean: vector(), square: vector() } };
};

function open(folder: string, keepLast = 2): CheckpointFolder {
  return createCheckpointFolder({ folder, run: 'run', keepLast });
}

/** The steps of the files there are, `*` for one saved as best. */
const stepsIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) =>
      name
        .replace(/^checkpoint-0*(\d+)/, '$1')
        .replace('.safetensors', '')
        .replace('.best', '*'),
    );

const cutOff = (file: string): void => {
  truncateSync(file, readFileSync(file).length - 1);
};

describe('a checkpoint folder', () => {
  test('keeps the last ones and the best', () => {
    const folder = tempFolder();
    const checkpoints = open(folder);
    const seen: string[] = [];
    for (let step = 1; step <= 7; step++) {
      checkpoints.save(stateOf(step), { best: step === 2 || step === 6 });
      seen.push(stepsIn(folder).join(' '));
    }
    expect(seen).toEqual(['1', '1 2*', '2* 3', '2* 3 4', '2* 4 5', '5 6*', '6* 7']);
    expect(checkpoints.latest()?.state).toEqual(stateOf(7));
    expect(checkpoints.best()?.state).toEqual(stateOf(6));
  });

  test('of any history has the newest, the best, and no more than it is told to keep', () => {
    const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 4 }), (bests, keepLast) => {
        const folder = tempFolder();
        const checkpoints = open(folder, keepLast);
        bests.forEach((best, i) => checkpoints.save(stateOf(i + 1), { best }));
        const best = bests.lastIndexOf(true) + 1;
        expect(checkpoints.latest()?.state.step).toBe(bests.length);
        expect(checkpoints.best()?.state.step).toBe(best === 0 ? undefined : best);
        const last = Array.from({ length: Math.min(keepLast, bests.length) }, (_, i) => bests.length - i);
        const kept = new Set(best === 0 ? last : [...last, best]);
        expect(stepsIn(folder).map((step) => Number.parseInt(step, 10))).toEqual([...kept].sort((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  test('is empty where there is no folder yet', () => {
    const checkpoints = open(join(tempFolder(), 'a', 'b'));
    expect([checkpoints.latest(), checkpoints.best()]).toEqual([undefined, undefined]);
  });

  test('passes over a damaged newest file, says so, and goes on from the one before', () => {
    const folder = tempFolder();
    const checkpoints = open(folder);
    checkpoints.save(stateOf(1));
    const newest = checkpoints.save(stateOf(2));
    cutOff(newest);
    const found = checkpoints.latest()!;
    expect(found.state).toEqual(stateOf(1));
    expect(found.damaged).toEqual([
      { file: newest, reason: expect.stringContaining('not a whole checkpoint') as string },
    ]);
    // The run that goes on replaces it, or removes it when its own steps are others.
    expect(basename(checkpoints.save(stateOf(2)))).toBe(basename(newest));
    expect(checkpoints.latest()).toMatchObject({ state: stateOf(2), damaged: [] });
  });

  test('forgets the steps after the one it went on from', () => {
    const folder = tempFolder();
    const checkpoints = open(folder, 1);
    checkpoints.save(stateOf(1), { best: true });
    cutOff(checkpoints.save(stateOf(5)));
    checkpoints.save(stateOf(3));
    expect(stepsIn(folder)).toEqual(['1*', '3']);
  });

  test('leaves what a killed process half wrote for no longer than the next save', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'checkpoint-000000001.safetensors.partial'), 'half');
    writeFileSync(join(folder, 'events.jsonl'), '{}\n');
    const checkpoints = open(folder);
    expect(checkpoints.latest()).toBeUndefined();
    checkpoints.save(stateOf(2));
    expect(stepsIn(folder)).toEqual(['2', 'events.jsonl']);
  });

  test('is cleared of checkpoints and of nothing else', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'events.jsonl'), '{}\n');
    const checkpoints = open(folder);
    checkpoints.save(stateOf(1), { best: true });
    checkpoints.save(stateOf(2));
    checkpoints.clear();
    expect(readdirSync(folder)).toEqual(['events.jsonl']);
  });

  test('fails when no file is whole', () => {
    const checkpoints = open(tempFolder());
    for (const step of [1, 2]) cutOff(checkpoints.save(stateOf(step)));
    expectFails(() => checkpoints.latest(), 'E_CHECKPOINT_CORRUPT');
  });

  test('fails when the newest file is of another run', () => {
    const folder = tempFolder();
    open(folder).save(stateOf(1));
    const other = createCheckpointFolder({ folder, run: 'other', keepLast: 2 });
    expectFails(() => other.latest(), 'E_CHECKPOINT_MISMATCH');
  });

  test('fails when it is to keep none', () => {
    expectFails(() => open(tempFolder(), 0), 'E_USAGE', 'keepLast');
  });

  test('fails when the disk is full, leaves the checkpoints before and nothing of the new one', async () => {
    const folder = tempFolder();
    const script = new URL('../../support/fill-checkpoints-child.ts', import.meta.url);
    // A limit on file size stands for a full disk: writes past it fail with EFBIG once the signal is ignored.
    const limited = `trap '' XFSZ; ulimit -f 500; exec "$0" "$1" "$2"`;
    const { stdout, stderr } = await childResult(startChild(script, [folder], ['bash', '-c', limited]));
    const { saved, code } = JSON.parse(stdout || stderr) as {
      readonly saved: readonly number[];
      readonly code: string;
    };
    expect(code).toBe('E_FILE_UNWRITABLE');
    // 500 blocks of 1 KiB; checkpoint k has 3 vectors of k times 10,000 floats.
    expect(saved).toEqual([1, 2, 3, 4]);
    expect(stepsIn(folder)).toEqual(['1*', '3', '4']);
    expect(open(folder).latest()).toMatchObject({ state: { step: 4 }, damaged: [] });
    expect(open(folder).best()?.state.step).toBe(1);
  });
});
