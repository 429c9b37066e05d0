import type { Device } from '../../shared/ort/device.ts';
import { createInPlaceSession } from '../../shared/ort/in-place-session.ts';
import { tensorArrays, type Tensor } from '../../shared/ort/tensor.ts';
import { NerError } from '../../shared/ner-error.ts';
import { optimize, toOnnx } from '../engine/index.ts';
import { createSlabStore, type StepperState } from './slab-store.ts';
import { slabShape } from './state-layout.ts';
import { FIGURES, stateParts } from './step-definition.ts';
import { nextName, partName } from './step-parts.ts';
import { buildStepProgram, stepProgramLayout } from './step-program.ts';
import type { MicroBatch, StepFigures, Stepper, StepperOptions } from './stepper.ts';

export interface ScanStepperOptions extends StepperOptions {
  readonly device: Device;
}

/**
 * Creates what runs optimiser steps on a device whose memory is not the host's. Parameters and moments go there at the
 * start of a run and come back at its end; steps that follow each other with batches of one shape are one run. So hand
 * `run` many steps at a time, with batches of few shapes.
 *
 * @throws {E_USAGE} several micro-batches a step: a GPU has room for the whole batch, so the graph is not made for them
 * @throws {E_DEVICE_UNAVAILABLE} the device is none that this machine has
 */
export async function createScanStepper(options: ScanStepperOptions, state: StepperState): Promise<Stepper> {
  const { threads, accumulate, device } = options;
  if (accumulate !== 1) {
    throw new NerError(
      'E_USAGE',
      `train: device ${device} takes one micro-batch a step, got ${accumulate}; expected 1. Use larger batches there.`,
    );
  }
  const session = await createInPlaceSession(toOnnx(optimize(buildStepProgram(options))), { threads, device });
  const layout = stepProgramLayout(options);
  const parts = stateParts(options);
  const store = createSlabStore({ layout, parts, specs: options.parameters }, state);
  const feeds: Record<string, Tensor> = {};
  for (const spec of layout.frozen)
    feeds[partName('parameters', spec)] = floats(spec.shape, store.array('parameters', spec.name));
  const outputs: Record<string, Tensor> = {};
  for (const slab of layout.slabs) {
    for (const part of parts) {
      // The same memory: it is read to the device before, and written from it after the run.
      const tensor = floats(slabShape(slab), store.array(part, slab.name));
      feeds[partName(part, slab)] = tensor;
      outputs[nextName(partName(part, slab))] = tensor;
    }
  }
  const runSteps = async (batches: readonly MicroBatch[]): Promise<readonly StepFigures[]> => {
    const figures = Object.fromEntries(
      FIGURES.map((name) => [name, floats([batches.length], new Float32Array(batches.length))]),
    );
    const step = floats([], Float32Array.of(state.step));
    const done = floats([], new Float32Array(1));
    await session.run(
      { ...feeds, ...stackBatches(batches), step },
      { ...outputs, ...figures, [nextName('step')]: done },
    );
    const at = (name: (typeof FIGURES)[number], i: number): number => figures[name]!.data[i] as number;
    const first = state.step;
    state.step += batches.length;
    return batches.map((_, i) => ({
      step: first + i + 1,
      loss: at('loss', i),
      gradientNorm: at('gradientNorm', i),
      learningRate: at('learningRate', i),
    }));
  };
  return {
    state,
    run: async (steps) => {
      store.load();
      const figures: StepFigures[] = [];
      for (const group of alike(steps.map(([batch]) => batch!))) figures.push(...(await runSteps(group)));
      store.save();
      return figures;
    },
    release: () => session.release(),
  };
}

function floats(dims: readonly number[], data: Float32Array): Tensor {
  return { dtype: 'float32', dims, data };
}

/** Batches cut where the shapes change. */
export function alike(batches: readonly MicroBatch[]): readonly (readonly MicroBatch[])[] {
  const groups: MicroBatch[][] = [];
  for (const batch of batches) {
    const last = groups.at(-1);
    if (last !== undefined && shapesOf(last[0]!) === shapesOf(batch)) last.push(batch);
    else groups.push([batch]);
  }
  return groups;
}

function shapesOf(batch: MicroBatch): string {
  return Object.entries(batch)
    .map(([name, { dims }]) => `${name} ${dims.join(' ')}`)
    .sort()
    .join();
}

/** Batches of one shape as one, with a leading axis. */
function stackBatches(batches: readonly MicroBatch[]): MicroBatch {
  const [first] = batches;
  return Object.fromEntries(
    Object.entries(first!).map(
      ([
        name,
        {
          dtype,
          dims,
          data: { length },
        },
      ]) => {
        const data = new tensorArrays[dtype](batches.length * length);
        // One dtype throughout: the first batch's array type takes the others' elements, which run() checks.
        batches.forEach((batch, i) => {
          (data as Float32Array).set(batch[name]!.data as Float32Array, i * length);
        });
        return [name, { dtype, dims: [batches.length, ...dims], data } as Tensor];
      },
    ),
  );
}
