import { createInPlaceSession, type InPlaceSession } from '../../shared/ort/in-place-session.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';
import { copyTransposes, optimize, toOnnx, type Graph } from '../engine/index.ts';
import { rowsOf } from './row-length.ts';
import { createSlabStore, type SlabStore, type StepperState } from './slab-store.ts';
import { layoutState, slabShape, type StateLayout } from './state-layout.ts';
import { FIGURES, stateParts, type StepDefinition } from './step-definition.ts';
import { GRADIENT_PART, nextName, partName } from './step-parts.ts';
import { buildAccumulateGraph, buildStepGraph } from './step-program.ts';

export interface StepperOptions extends StepDefinition {
  /** Most micro-batches a step. */
  readonly accumulate: number;
  readonly threads: number;
  /**
   * Whether threads burn CPU while they wait for the next node. Default false, because it takes half as much CPU time
   * again where others need the cores; to be tried where nobody does.
   */
  readonly spinning?: boolean;
}

export interface StepFigures {
  /** Steps finished with this one. */
  readonly step: number;
  /** Mean over the micro-batches. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** The tensors of one micro-batch, by name. */
export type MicroBatch = Readonly<Record<string, Tensor>>;

/** Owns the training state while it trains. */
export interface Stepper {
  /** The state, changed in place by each run: what must last has to be copied. Not to be read while a run is under way. */
  readonly state: StepperState;
  /**
   * Runs optimiser steps, each on the mean of its micro-batches' losses: 1 to `accumulate` of them, of any shapes.
   * Figures that are no numbers are handed back as they are, with the state spoilt by then.
   */
  readonly run: (steps: readonly (readonly MicroBatch[])[]) => Promise<readonly StepFigures[]>;
  readonly release: () => Promise<void>;
}

/**
 * Creates what runs optimiser steps on the CPU. `state` becomes the stepper's own: it trains in these very arrays, so
 * that there are as many numbers in memory as parameters and moments, and one gradient each while a step runs.
 */
export async function createStepper(options: StepperOptions, state: StepperState): Promise<Stepper> {
  const { accumulate } = options;
  const layout = layoutState(options.parameters, options.groups);
  const program = { definition: options, layout };
  const stepSession = await open(buildStepGraph(program, { accumulated: accumulate > 1 }), options);
  const accumulateSession = accumulate > 1 ? await open(buildAccumulateGraph(program), options) : undefined;
  const store = createSlabStore({ layout, parts: stateParts(options), specs: options.parameters }, state);
  const runStep = createStepRunner({ layout, parts: stateParts(options), accumulate }, store, {
    step: stepSession,
    accumulate: accumulateSession,
  });
  return {
    state,
    run: async (steps) => {
      store.load();
      const figures: StepFigures[] = [];
      for (const batches of steps) figures.push(await runStep(state, batches));
      store.save();
      return figures;
    },
    release: async () => {
      await stepSession.release();
      await accumulateSession?.release();
    },
  };
}

/**
 * What onnxruntime must not do to the graphs: fuse the copied transposes into products again, and fold the zeros that
 * gradients of embeddings start from into a constant of their size (our own passes have folded all else).
 */
const WITHOUT_REWRITES = ['MatmulTransposeFusion', 'GemmTransposeFusion', 'ConstantFolding'] as const;

function open(graph: Graph, { threads, spinning = false }: StepperOptions): Promise<InPlaceSession> {
  return createInPlaceSession(toOnnx(copyTransposes(optimize(graph))), {
    threads,
    spinning,
    withoutRewrites: WITHOUT_REWRITES,
    // Batches come in many shapes: with the pattern of each, a step of MiniLM-L6 peaks at 860 MB instead of 630.
    memoryPattern: false,
  });
}

interface Shape {
  readonly layout: StateLayout;
  readonly parts: readonly string[];
  readonly accumulate: number;
}

interface Sessions {
  readonly step: InPlaceSession;
  readonly accumulate: InPlaceSession | undefined;
}

type StepRunner = (state: StepperState, batches: readonly MicroBatch[]) => Promise<StepFigures>;

function createStepRunner({ layout, parts, accumulate }: Shape, store: SlabStore, sessions: Sessions): StepRunner {
  const { slabs, frozen } = layout;
  const sums = new Map(accumulate > 1 ? slabs.map(({ name, length }) => [name, new Float32Array(length)]) : []);
  const feeds: Record<string, Tensor> = {};
  const outputs: Record<string, Tensor> = {};
  const addPart = (part: string, array: (name: string) => Float32Array): void => {
    for (const slab of slabs) {
      const [name, data] = [partName(part, slab), array(slab.name)];
      feeds[name] = floats(slabShape(slab), data);
      // The same memory: the step updates its own input.
      outputs[nextName(name)] = floats(
        part === GRADIENT_PART ? slabShape(slab) : (rowsOf(slab.length) ?? slabShape(slab)),
        data,
      );
    }
  };
  for (const part of parts) addPart(part, (name) => store.array(part, name));
  if (accumulate > 1) addPart(GRADIENT_PART, (name) => sums.get(name)!);
  for (const spec of frozen)
    feeds[partName('parameters', spec)] = floats(spec.shape, store.array('parameters', spec.name));
  const figures = Object.fromEntries(FIGURES.map((name) => [name, scalar(0)]));
  const figure = (name: (typeof FIGURES)[number]): number => figures[name]!.data[0] as number;

  return async (state, batches) => {
    const share = scalar(1 / batches.length);
    let loss = 0;
    for (const [i, batch] of batches.entries()) {
      const session = i === batches.length - 1 ? sessions.step : sessions.accumulate!;
      const micro = { step: scalar(state.step), draw: scalar(state.step * accumulate + i), share };
      await session.run({ ...feeds, ...micro, ...batch }, { ...outputs, ...figures });
      loss += figure('loss') / batches.length;
    }
    for (const sum of sums.values()) sum.fill(0);
    state.step += 1;
    return { step: state.step, loss, gradientNorm: figure('gradientNorm'), learningRate: figure('learningRate') };
  };
}

function floats(dims: readonly number[], data: Float32Array): Tensor {
  return { dtype: 'float32', dims, data };
}

function scalar(value: number): Tensor {
  return floats([], Float32Array.of(value));
}
