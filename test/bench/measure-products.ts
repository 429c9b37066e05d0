// A process that multiplies matrices of the shapes of a step: node measure-products.ts SHAPE_JSON THREADS
import '../../shared/env.ts';
import { createSession } from '../../shared/ort/session.ts';
import { float32, matMul, toOnnx, trace } from '../../training/engine/index.ts';
import { printSamples } from './in-child.ts';
import type { StepShape } from './step-shape.ts';

const WARM_UP = 5;
const RUNS = 40;

/** Floating-point operations a second of x [B T, H] w [H, F], the largest product of a step. */
async function measureProducts({ batch, length, width, feedForward }: StepShape, threads: number): Promise<number[]> {
  const rows = batch * length;
  const types = { x: float32(rows, width), w: float32(width, feedForward) };
  const graph = trace('product', types, ({ x, w }) => ({ y: matMul(x, w) })); // [B T, F]
  const session = await createSession(toOnnx(graph), { threads });
  const feeds = {
    x: { dtype: 'float32', dims: [rows, width], data: new Float32Array(rows * width).fill(0.5) },
    w: { dtype: 'float32', dims: [width, feedForward], data: new Float32Array(width * feedForward).fill(0.5) },
  } as const;
  const rates: number[] = [];
  for (let run = 0; run < WARM_UP + RUNS; run++) {
    const begun = performance.now();
    await session.run(feeds);
    const seconds = (performance.now() - begun) / 1_000;
    if (run >= WARM_UP) rates.push((2 * rows * width * feedForward) / seconds / 1e9);
  }
  await session.release();
  return rates;
}

const [shape, threads] = process.argv.slice(2);
printSamples({ gflops: await measureProducts(JSON.parse(shape!) as StepShape, Number(threads)) });
