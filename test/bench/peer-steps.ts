import { figureOf, median, type Figure, type Quantity, type Samples } from './figure.ts';
import { samplesOfChild, samplesOfPython } from './in-child.ts';
import { pairedRounds, roundRatios, valuesOf } from './paired-rounds.ts';
import type { Peers } from './peers.ts';
import { productOperations, stepShapes, type StepShape, type StepShapeName } from './step-shape.ts';

const ROUNDS = 3;

/** Steps of a process that count, and those before that do not. */
const REPEAT = { warmUp: 2, steps: 5 };

/** How many times as fast as torch's fp32 step ours is promised to be. */
const FASTER: Readonly<Record<StepShapeName, number>> = { 'BERT-base': 2, 'MiniLM-L6': 1.7 };

const TITLES = { tagwright: 'tagwright', fp32: 'torch fp32', bf16: 'torch bf16' } as const;

type Contender = keyof typeof TITLES;

const names = Object.keys(TITLES) as Contender[];

/** Whole training steps, ours and torch's, against each other and against the matrix products that a step cannot do without. */
export async function measureSteps({ python, threads, say }: Peers): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of Object.keys(stepShapes) as StepShapeName[]) {
    say(`steps of ${name}, ${ROUNDS} rounds ...`);
    const shape: StepShape = stepShapes[name];
    const job = { ...shape, ...REPEAT, threads };
    const rounds = await pairedRounds(ROUNDS, {
      tagwright: () => samplesOfChild('./measure-step.ts', [JSON.stringify(job)]),
      fp32: () => samplesOfPython(python, './peers/torch_step.py', { ...job, precision: 'fp32' }),
      bf16: () => samplesOfPython(python, './peers/torch_step.py', { ...job, precision: 'bf16' }),
    });
    const products = await samplesOfChild('./measure-products.ts', [JSON.stringify(shape), String(threads)]);
    const floorMs = productOperations(shape) / median(products['gflops']!) / 1e6;
    const data = `${name}, ${shape.batch} x ${shape.length}`;
    figures.push(...stepFigures(data, { rounds, floorMs, atLeast: FASTER[name] }));
  }
  return figures;
}

interface StepResults {
  readonly rounds: Readonly<Record<Contender, readonly Samples[]>>;
  /** Of the matrix products alone. */
  readonly floorMs: number;
  /** Promised against torch fp32. */
  readonly atLeast: number;
}

/** What of the rounds people want to know. */
export function stepFigures(data: string, { rounds, floorMs, atLeast }: StepResults): readonly Figure[] {
  const figure = (quantity: Omit<Quantity, 'data'>, values: readonly number[]): Figure =>
    figureOf({ ...quantity, data }, values);
  const ours = rounds.tagwright;
  const aboveBase = (samples: readonly Samples[]): number[] =>
    samples.map(({ memory, base }) => memory![0]! - base![0]!);
  return [
    ...names.map((name) => figure({ name: `step, ${TITLES[name]}`, unit: 'ms' }, valuesOf(rounds[name], 'step'))),
    figure({ name: 'step, matrix products alone', unit: 'ms' }, [floorMs]),
    figure({ name: 'step, torch fp32 / tagwright', unit: 'x', atLeast }, roundRatios(rounds.fp32, ours, 'step')),
    figure({ name: 'step, torch bf16 / tagwright', unit: 'x' }, roundRatios(rounds.bf16, ours, 'step')),
    ...names.map((name) => {
      const values = rounds[name].map((samples) => median(samples['step']!) / floorMs);
      return figure({ name: `step, ${TITLES[name]} / products`, unit: 'x' }, values);
    }),
    ...names.flatMap((name) => [
      figure({ name: `peak memory, ${TITLES[name]}`, unit: 'MiB' }, valuesOf(rounds[name], 'memory')),
      figure({ name: `the same above the empty process, ${TITLES[name]}`, unit: 'MiB' }, aboveBase(rounds[name])),
    ]),
    figure(
      { name: 'peak memory, torch fp32 / tagwright', unit: 'x', atLeast: 1 },
      roundRatios(rounds.fp32, ours, 'memory'),
    ),
  ];
}
