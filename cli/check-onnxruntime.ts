import { readEnv } from '../shared/env.ts';
import type { OrtBackend } from '../shared/ort/backends.ts';

/** What was found out about onnxruntime. */
export interface OnnxruntimeCheck {
  readonly version: string | null;
  readonly providers: readonly OrtBackend[];
  /** Whether graphs run on a GPU; a machine without one is whole all the same. */
  readonly cuda: CudaCheck;
  readonly telemetry: TelemetryCheck;
  /** Null when onnxruntime could not be loaded. */
  readonly graph: GraphCheck | null;
  /** What keeps Tagwright from working; empty when nothing does. */
  readonly problems: readonly string[];
}

export interface CudaCheck {
  readonly usable: boolean;
  /** Why not and what to do; null when it is usable. */
  readonly reason: string | null;
}

/** onnxruntime reads the variable once, while it is loaded: what counts is its value before that. */
export interface TelemetryCheck {
  readonly off: boolean;
  readonly variable: string;
  readonly value: string | null;
  readonly setBy: string;
  readonly beforeOnnxruntime: boolean;
}

/** A small graph, from the engine through onnxruntime. */
export interface GraphCheck {
  readonly result: readonly number[];
  readonly expected: readonly number[];
  readonly milliseconds: number;
}

const TELEMETRY_VARIABLE = 'ORT_DISABLE_TELEMETRY';

/**
 * Loads onnxruntime and runs a small graph.
 *
 * @param clock milliseconds that only go forward
 */
export async function checkOnnxruntime(clock: () => number): Promise<OnnxruntimeCheck> {
  const telemetry = checkTelemetry();
  const problems = telemetry.off
    ? []
    : [`telemetry of onnxruntime may be on: ${TELEMETRY_VARIABLE} was not 1 when it was loaded`];
  try {
    // Loaded here, so that a library that is missing or too new for this system is reported like all the rest.
    const { onnxruntimeVersion: version } = await import('../shared/ort/version.ts');
    const { ortBackends } = await import('../shared/ort/backends.ts');
    const providers = ortBackends();
    if (!providers.some(({ name }) => name === 'cpu')) problems.push('onnxruntime has no cpu provider');
    const { whyNoCuda } = await import('../shared/ort/device.ts');
    const reason = (await whyNoCuda()) ?? null;
    const graph = await runGraph(clock);
    if (graph.result.join() !== graph.expected.join()) {
      problems.push(
        `onnxruntime computes wrongly, got ${graph.result.join(', ')}; expected ${graph.expected.join(', ')}`,
      );
    }
    return { version, providers, cuda: { usable: reason === null, reason }, telemetry, graph, problems };
  } catch (error) {
    problems.push(`onnxruntime does not run: ${error instanceof Error ? error.message : String(error)}`);
    const cuda = { usable: false, reason: 'onnxruntime does not run.' };
    return { version: null, providers: [], cuda, telemetry, graph: null, problems };
  }
}

function checkTelemetry(): TelemetryCheck {
  const value = readEnv(TELEMETRY_VARIABLE) ?? null;
  const beforeOnnxruntime = !loadedLibraries().some((path) => path.includes('onnxruntime'));
  return {
    off: value === '1' && beforeOnnxruntime,
    variable: TELEMETRY_VARIABLE,
    value,
    setBy: 'shared/env.ts',
    beforeOnnxruntime,
  };
}

function loadedLibraries(): readonly string[] {
  return (process.report.getReport() as { readonly sharedObjects: readonly string[] }).sharedObjects;
}

/** y = x w + b with small whole numbers, so that every way to compute it gives the same. */
async function runGraph(clock: () => number): Promise<GraphCheck> {
  const { add, constant, float32, matMul, toOnnx, trace } = await import('../training/engine/index.ts');
  const { createSession } = await import('../shared/ort/session.ts');
  const started = clock();
  const graph = trace('doctor', { x: float32('B', 3) }, ({ x }) => {
    const w = constant(float32(3, 2), [1, 2, 3, 4, 5, 6]); // [3, 2]
    return { y: add(matMul(x, w), constant(float32(2), [10, 20])) }; // [B, 2]
  });
  const session = await createSession(toOnnx(graph));
  try {
    const x = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 0, -1, 2, 2, 2) } as const; // [B, 3]
    const { y } = await session.run({ x });
    return {
      result: Array.from(y?.data ?? [], Number),
      // (1 - 5, 2 - 6) and (2 + 6 + 10, 4 + 8 + 12), each plus (10, 20).
      expected: [6, 16, 28, 44],
      milliseconds: clock() - started,
    };
  } finally {
    await session.release();
  }
}
