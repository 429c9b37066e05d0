import { createSession } from '../../shared/ort/session.ts';
import type { Tensor as OrtTensor } from '../../shared/ort/session.ts';
import { createRng, type Rng } from '../../shared/random.ts';
import { evaluateDim } from '../../training/engine/dim.ts';
import { interpret } from '../../training/engine/interpret.ts';
import type { Graph, TensorType } from '../../training/engine/ir.ts';
import { countOf, fromConstantData, ndArray, toConstantData, type NdArray } from '../../training/engine/nd-array.ts';
import { gradients } from '../../training/engine/grad.ts';
import { toOnnx } from '../../training/engine/onnx.ts';
import { trace, type Tensor, type Tensors } from '../../training/engine/trace.ts';

export type Feeds = Readonly<Record<string, NdArray>>;

/** The same feeds, elements rounded to float32, as onnxruntime takes them. */
export function toOrt({ dtype, shape, data }: NdArray): OrtTensor {
  return { dtype, dims: [...shape], data: toConstantData(dtype, data) } as OrtTensor;
}

/** Runs a graph in onnxruntime without its optimizers, so that each node is what we wrote. */
export async function runInOrt(
  graph: Graph,
  feeds: Feeds,
  optimization: 'disabled' | 'all' = 'disabled',
): Promise<Record<string, NdArray>> {
  const session = await createSession(toOnnx(graph), { threads: 1, optimization });
  try {
    const known = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
    const outputs = await session.run(Object.fromEntries(known.map(([name, feed]) => [name, toOrt(feed)])));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dtype, dims, data }]) => [
        name,
        ndArray(dtype as NdArray['dtype'], [...dims], fromConstantData(data as Float32Array)),
      ]),
    );
  } finally {
    await session.release();
  }
}

/** A tensor of normal numbers that float32 holds exactly. */
export function randomArray(rng: Rng, shape: readonly number[]): NdArray {
  return ndArray(
    'float32',
    shape,
    Float64Array.from({ length: countOf(shape) }, () => Math.fround(rng.normal())),
  );
}

/** A loss over float inputs, and the gradient with respect to each of them. */
export function lossGraph(name: string, inputs: Record<string, TensorType>, loss: (x: Tensors) => Tensor): Graph {
  return trace(name, inputs, (x) => {
    const value = loss(x);
    const floats = Object.fromEntries(Object.entries(x).filter(([, tensor]) => tensor.dtype === 'float32'));
    const found: Tensors = gradients(value, floats);
    const named = Object.entries(found).map(([key, tensor]) => [`d_${key}`, tensor] as const);
    return { loss: value, ...Object.fromEntries(named) };
  });
}

/** Feeds for every input: normal numbers, and integers below 3. */
export function randomFeeds(graph: Graph, lengths: Readonly<Record<string, number>>): Feeds {
  const rng = createRng(3, graph.name);
  return Object.fromEntries(
    graph.inputs.map((input) => {
      const shape = shapeOfType(input.type, lengths);
      const count = shape.reduce((a, b) => a * b, 1);
      const draw = (): number => (input.type.dtype === 'float32' ? Math.fround(0.7 * rng.normal()) : rng.int(3));
      return [input.name!, ndArray(input.type.dtype, shape, Float64Array.from({ length: count }, draw))];
    }),
  );
}

/** The shape of a type once its symbols are known. */
export function shapeOfType({ shape }: TensorType, lengths: Readonly<Record<string, number>>): number[] {
  const known = new Map(Object.entries(lengths));
  return shape.map((dim) => evaluateDim(dim, known));
}

/**
 * The slope of a one-element output along a random direction of the float inputs `wrt`, in two ways: from the gradients
 * `d_<name>` that the graph computes, and by central differences.
 */
export function slopes(
  graph: Graph,
  feeds: Feeds,
  wrt: readonly string[],
): { readonly computed: number; readonly measured: number } {
  const rng = createRng(7, graph.name);
  const directions = new Map(wrt.map((name) => [name, feeds[name]!.data.map(() => rng.normal())]));
  const moved = (h: number): Feeds => ({
    ...feeds,
    ...Object.fromEntries(
      wrt.map((name) => [
        name,
        { ...feeds[name]!, data: feeds[name]!.data.map((x, i) => x + h * directions.get(name)![i]!) },
      ]),
    ),
  });
  const lossAt = (h: number): number => interpret(graph, moved(h))['loss']!.data[0]!;
  const at = interpret(graph, feeds);
  let computed = 0;
  for (const name of wrt) at[`d_${name}`]!.data.forEach((d, i) => (computed += d * directions.get(name)![i]!));
  return { computed, measured: (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP) };
}

/** Of central differences in float64: the error of the formula, h^2, and of rounding, eps / h, are both about 1e-11. */
const STEP = 1e-5;
