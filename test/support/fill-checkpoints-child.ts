import { NerError } from '../../shared/ner-error.ts';
import { createCheckpointFolder } from '../../training/train/checkpoint-folder.ts';

// Saves ever larger checkpoints until one is refused, then prints the steps that were saved and the code. Argument: the
// folder.
const checkpoints = createCheckpointFolder({ folder: process.argv[2]!, run: 'run', keepLast: 2 });
const saved: number[] = [];
try {
  for (let step = 1; step < 1_000; step++) {
    const vector = (): Float32Array => new Float32Array(10_000 * step).fill(step);
    const moments = { mean: vector(), square: vector() };
    const progress = { epoch: step, inEpoch: { done: 0, lossSum: 0 }, best: undefined, keeper: undefined };
    const state = { ...progress, step, parameters: vector(), moments };
    checkpoints.save(state, { best: step === 1 });
    saved.push(step);
  }
} catch (error) {
  console.log(JSON.stringify({ saved, code: error instanceof NerError ? error.code : String(error) }));
}
