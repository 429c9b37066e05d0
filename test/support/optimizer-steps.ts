import { float32, ndArray, scan, trace, type Graph, type Tensors } from '../../training/engine/index.ts';
import type { OptimizerSettings } from '../../training/optim/optimizer-settings.ts';
import { momentsOf, updateOf } from '../../training/optim/optimizers.ts';
import type { Feeds } from './engine.ts';

/** Steps of an optimiser from moments of zero; every part of the state is stacked, [K, N]. */
export function optimizerSteps(count: number, settings: OptimizerSettings, weightDecay: number): Graph {
  const types = { start: float32(count), zero: float32(count), gradients: float32('K', count), scale: float32() };
  return trace('steps', { ...types, rates: float32('K'), steps: float32('K') }, (x) => {
    const moments = Object.fromEntries(momentsOf(settings).map((name) => [name, x.zero] as const));
    const states = { parameters: x.start, ...moments };
    const inputs = { gradient: x.gradients, learningRate: x.rates, step: x.steps };
    const { outputs } = scan({ states, inputs }, (state, { gradient, learningRate, step }) => {
      const rates = { learningRate, step, gradientScale: x.scale };
      const next = updateOf(settings, rates, weightDecay)({ ...state, gradient });
      return { states: { ...state, ...next }, outputs: renamed(next, (name) => `${name} after`) };
    });
    return renamed(outputs, (name) => name.split(' ')[0]!);
  });
}

function renamed(tensors: Tensors, rename: (name: string) => string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
}

export interface Steps {
  readonly start: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  readonly rates: readonly number[];
  /** What gradients are divided by; the optimiser multiplies them by it. Default 1. */
  readonly scale?: number;
}

export function stepsFeeds({ start, gradients, rates, scale = 1 }: Steps): Feeds {
  const [steps, count] = [gradients.length, start.length];
  const scaled = gradients.flat().map((slope) => slope / scale);
  const counts = gradients.map((_, i) => i + 1);
  return {
    start: ndArray('float32', [count], start),
    zero: ndArray('float32', [count], new Float64Array(count)),
    gradients: ndArray('float32', [steps, count], scaled),
    scale: ndArray('float32', [], [scale]),
    rates: ndArray('float32', [steps], rates),
    steps: ndArray('float32', [steps], counts),
  };
}
