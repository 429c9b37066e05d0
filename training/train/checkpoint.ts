import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { readSafetensorsFile, writeSafetensorsFile } from '../../shared/model/safetensors-file.ts';
import type { SafetensorsFile, SafetensorsTensor } from '../../shared/model/safetensors.ts';
import { NerError } from '../../shared/ner-error.ts';
import { keeperStateSchema } from './keeper.ts';
import type { TrainState } from './train-state.ts';

const figures = z.object({ precision: z.number(), recall: z.number(), f1: z.number(), support: z.number() });

/** What a checkpoint says besides its numbers. Metadata of safetensors are texts, so it is one text of JSON. */
const progressSchema = z.object({
  epoch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  inEpoch: z.object({ done: z.int().nonnegative(), lossSum: z.number() }),
  moments: z.array(z.string()),
  best: z.object({ epoch: z.int(), dev: figures }).nullable(),
  keeper: keeperStateSchema.nullable(),
});

const metadataSchema = z.object({ run: z.string(), progress: z.string().transform(parseJson).pipe(progressSchema) });

/**
 * What a run is, as a hash: a checkpoint goes on only under the same settings, data, labels and seed, because anything
 * else would be neither of the two runs.
 */
export function runFingerprint(run: unknown): string {
  return createHash('sha256').update(JSON.stringify(run)).digest('hex');
}

/**
 * Saves the state as one safetensors file, whole or not at all: it is written beside the old one, forced to disk, and
 * renamed over it.
 *
 * @throws {E_FILE_UNWRITABLE} when that cannot be done, a full disk say; the checkpoint before is still there
 */
export function saveCheckpoint(file: string, state: TrainState, run: string): void {
  const vector = (data: Float32Array): SafetensorsTensor => ({ dtype: 'F32', shape: [data.length], data });
  const { best } = state;
  const tensors = {
    parameters: vector(state.parameters),
    ...Object.fromEntries(Object.entries(state.moments).map(([name, data]) => [momentKey(name), vector(data)])),
    ...(best === undefined ? {} : { best: vector(best.parameters) }),
  };
  const metadata = { run, progress: JSON.stringify(progressOf(state)) };
  try {
    mkdirSync(dirname(file), { recursive: true });
    const partial = `${file}.partial`;
    writeSafetensorsFile(partial, { tensors, metadata });
    renameSync(partial, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `${file}: the checkpoint cannot be written: ${reason}. Make room, then go on from the one before with --resume.`,
      { cause },
    );
  }
}

/**
 * The saved state; undefined when there is none.
 *
 * @throws {E_CHECKPOINT_CORRUPT} the file is not a whole checkpoint
 * @throws {E_CHECKPOINT_MISMATCH} it belongs to a run with other settings, data or seed
 */
export function loadCheckpoint(file: string, run: string): TrainState | undefined {
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = readTensors(file);
  const parsed = metadataSchema.safeParse(metadata);
  const vector = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F32') throw corrupt(file, `'${name}' is missing`);
    return tensor.data;
  };
  if (!parsed.success) throw corrupt(file, z.prettifyError(parsed.error));
  const { epoch, step, inEpoch, best, moments, keeper } = parsed.data.progress;
  if (parsed.data.run !== run) {
    throw new NerError(
      'E_CHECKPOINT_MISMATCH',
      `${file}: the checkpoint is of a run with other settings, data or seed. Train with those, or without --resume to start anew.`,
    );
  }
  const parameters = vector('parameters');
  const byName = Object.fromEntries(moments.map((name) => [name, vector(momentKey(name))]));
  checkLengths(file, parameters.length, Object.values(byName));
  const state = { epoch, step, inEpoch, parameters, moments: byName, keeper: keeper ?? undefined };
  if (best === null) return { ...state, best: undefined };
  const bestParameters = vector('best');
  if (bestParameters.length !== parameters.length) throw corrupt(file, `'best' is not as long as 'parameters'`);
  return { ...state, best: { ...best, parameters: bestParameters } };
}

function progressOf({ epoch, step, inEpoch, moments, best, keeper }: TrainState): z.input<typeof progressSchema> {
  return {
    epoch,
    step,
    inEpoch,
    moments: Object.keys(moments),
    best: best === undefined ? null : { epoch: best.epoch, dev: best.dev },
    keeper: keeper ?? null,
  };
}

function momentKey(name: string): string {
  return `moments.${name}`;
}

/** Moments belong to the parameters that are trained, so there may be fewer numbers in each. */
function checkLengths(file: string, parameters: number, moments: readonly Float32Array[]): void {
  const [first = 0, ...others] = moments.map(({ length }) => length);
  if (first <= parameters && others.every((length) => length === first)) return;
  throw corrupt(file, `its moments differ in length; expected the same, and at most ${parameters} numbers in each`);
}

function parseJson(text: string, context: z.RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}

function readTensors(file: string): SafetensorsFile {
  try {
    return readSafetensorsFile(file);
  } catch (cause) {
    throw corrupt(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function corrupt(file: string, reason: string, cause?: unknown): NerError {
  return new NerError(
    'E_CHECKPOINT_CORRUPT',
    `${file}: not a whole checkpoint: ${reason}. Remove it and train without --resume.`,
    { cause },
  );
}
