import type { GraphInput, GraphWindow } from '../../shared/model/graph-input.ts';
import { createSession, type Tensor } from '../../shared/ort/session.ts';
import { toOnnx, withOutputs, type Program, type Value } from '../engine/index.ts';

/** What the numbers in each channel of an activation, its last axis, are like. */
export interface ChannelStatistics {
  /** The least and the greatest. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** The mean of their squares. */
  readonly meanSquare: Float32Array;
}

export interface MeasuringOptions {
  readonly activations: readonly Value[];
  readonly sentences: readonly (readonly string[])[];
  readonly input: GraphInput;
  readonly threads: number;
}

/** Sentences in one run; the activations of all layers are in memory together. */
const MEASURED_ROWS = 16;

/** Runs sentences through the graph in fp32 and measures activations of it. */
export async function measureActivations(
  { graph, weights }: Program,
  { activations, sentences, input, threads }: MeasuringOptions,
): Promise<ReadonlyMap<Value, ChannelStatistics>> {
  const names = new Map(activations.map((activation, i) => [`activation.${i}`, activation]));
  const probe = withOutputs(graph, Object.fromEntries(names));
  const tallies = new Map<Value, Tally>();
  const session = await createSession(toOnnx(probe, { weights }), { threads });
  try {
    for (const { windows, length } of unpadded(await input.windows(sentences))) {
      const outputs = await session.run(input.feeds(windows, length));
      for (const [name, tensor] of Object.entries(outputs)) count(tallies, names.get(name)!, tensor);
    }
  } finally {
    await session.release();
  }
  return new Map([...tallies].map(([activation, tally]) => [activation, statisticsOf(tally)]));
}

interface UnpaddedBatch {
  readonly windows: readonly GraphWindow[];
  readonly length: number;
}

/** Windows of equal length together: what stands in padding must not count. */
function unpadded(windows: readonly GraphWindow[]): readonly UnpaddedBatch[] {
  return [...Map.groupBy(windows, ({ length }) => length)].flatMap(([length, group]) =>
    Array.from({ length: Math.ceil(group.length / MEASURED_ROWS) }, (_, i) => ({
      windows: group.slice(i * MEASURED_ROWS, (i + 1) * MEASURED_ROWS),
      length,
    })),
  );
}

interface Tally {
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly squares: Float64Array;
  /** Numbers in each channel. */
  numbers: number;
}

function statisticsOf({ low, high, squares, numbers }: Tally): ChannelStatistics {
  return { low, high, meanSquare: Float32Array.from(squares, (sum) => sum / numbers) };
}

function count(tallies: Map<Value, Tally>, activation: Value, { data, dims }: Tensor): void {
  const channels = dims.at(-1)!;
  const tally = tallies.get(activation) ?? {
    low: new Float32Array(channels).fill(Infinity),
    high: new Float32Array(channels).fill(-Infinity),
    squares: new Float64Array(channels),
    numbers: 0,
  };
  tallies.set(activation, tally);
  const { low, high, squares } = tally;
  const numbers = data as Float32Array;
  tally.numbers += numbers.length / channels;
  for (let i = 0; i < numbers.length; i++) {
    const channel = i % channels;
    const x = numbers[i]!;
    if (x < low[channel]!) low[channel] = x;
    if (x > high[channel]!) high[channel] = x;
    squares[channel]! += x * x;
  }
}
