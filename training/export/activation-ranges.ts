import type { GraphInput, GraphWindow } from '../../shared/model/graph-input.ts';
import { createSession, type Tensor } from '../../shared/ort/session.ts';
import { toOnnx, withOutputs, type Program, type Value } from '../engine/index.ts';

/** The least and the greatest number in each channel of an activation, its last axis. */
export interface ChannelRanges {
  readonly low: Float32Array;
  readonly high: Float32Array;
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
export async function measureRanges(
  { graph, weights }: Program,
  { activations, sentences, input, threads }: MeasuringOptions,
): Promise<ReadonlyMap<Value, ChannelRanges>> {
  const names = new Map(activations.map((activation, i) => [`activation.${i}`, activation]));
  const probe = withOutputs(graph, Object.fromEntries(names));
  const ranges = new Map<Value, ChannelRanges>();
  const session = await createSession(toOnnx(probe, { weights }), { threads });
  try {
    for (const { windows, length } of unpadded(await input.windows(sentences))) {
      const outputs = await session.run(input.feeds(windows, length));
      for (const [name, tensor] of Object.entries(outputs)) widen(ranges, names.get(name)!, tensor);
    }
  } finally {
    await session.release();
  }
  return ranges;
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

function widen(ranges: Map<Value, ChannelRanges>, activation: Value, { data, dims }: Tensor): void {
  const channels = dims.at(-1)!;
  const known = ranges.get(activation) ?? {
    low: new Float32Array(channels).fill(Infinity),
    high: new Float32Array(channels).fill(-Infinity),
  };
  ranges.set(activation, known);
  const { low, high } = known;
  const numbers = data as Float32Array;
  for (let i = 0; i < numbers.length; i++) {
    const channel = i % channels;
    const x = numbers[i]!;
    if (x < low[channel]!) low[channel] = x;
    if (x > high[channel]!) high[channel] = x;
  }
}
