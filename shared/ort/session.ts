import { telemetryOff } from '../env.ts';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { NerError } from '../ner-error.ts';
import { requireDevice, type Device } from './device.ts';
import { elementCount, tensorArrays } from './tensor.ts';
import type { Tensor, TensorDtype } from './tensor.ts';

export type { Tensor, TensorData, TensorDtype } from './tensor.ts';

export interface SessionOptions {
  /** What the graph runs on. Default 'cpu'. Feeds and outputs are in host memory either way. */
  readonly device?: Device;
  /** Threads inside one operator; operators run one after the other. Default 1. */
  readonly threads?: number;
  /** How far onnxruntime rewrites the graph. Default 'all'. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  /** Whether idle threads of a run burn CPU while they wait for work. Default false: other work shares the cores. */
  readonly spinning?: boolean;
  /** What onnxruntime says on stderr. Default 'errors'. */
  readonly log?: keyof typeof LOG_SEVERITY;
  /** Where the graph is written as onnxruntime has rewritten it. */
  readonly rewrittenFile?: string;
  /** Where onnxruntime writes how long each operator took, when the session is released: `PREFIX_<date>.json`. */
  readonly profilePrefix?: string;
  /** Rewrites of onnxruntime that are left out besides those that lose everywhere, by its names. Default none. */
  readonly withoutRewrites?: readonly string[];
  /**
   * Whether memory is laid out ahead of runs whose shapes have been met before. Default true; without it there is a call of
   * the allocator for each tensor, but no memory that one run alone can use.
   */
  readonly memoryPattern?: boolean;
  /** Further configuration entries of onnxruntime, nested or dotted; values are strings. */
  readonly extra?: Record<string, unknown>;
}

const LOG_SEVERITY = { errors: 3, warnings: 2 } as const;

/**
 * Rewrites of onnxruntime that are measured to lose. Its SkipLayerNormalization takes 9 times as long
 * as the Add and LayerNormalization that it stands for: a tagger's graph needs 74 instead of 94 us a tweet without it
 * (onnxruntime 1.30, one core of an AMD EPYC, Zen 5; `npm run bench -- tag` shows the whole).
 */
const LOSING_REWRITES = ['SkipLayerNormFusion'] as const;

/**
 * On CUDA one more is left out: where a product reads the cast of a transposed tensor, onnxruntime 1.30 swaps the two with
 * a Cast of no version, and then finds no kernel for it. Our graphs have FusedMatMul already where it pays.
 */
const DISABLED_REWRITES: Readonly<Record<Device, readonly string[]>> = {
  cpu: LOSING_REWRITES,
  cuda: [...LOSING_REWRITES, 'MatmulTransposeFusion'],
};

/** A graph that is ready to run. Note: `run` blocks the calling thread; where that matters, use a worker pool. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph. Feeds that the graph does not know are ignored. Each output is a new array; `outputs` names those
   * that are wanted, by default all.
   *
   * @throws {E_SHAPE_MISMATCH} an input is missing, or its data do not fill its shape
   * @throws {E_DTYPE_MISMATCH} an input's data are not of its dtype, or an output's dtype is none of ours
   * @throws {E_GRAPH_RUN} onnxruntime refuses the run
   */
  readonly run: (
    feeds: Readonly<Record<string, Tensor>>,
    outputs?: readonly string[],
  ) => Promise<Record<string, Tensor>>;
  /** Frees the graph, after the runs under way. Calling it again does nothing. */
  readonly release: () => Promise<void>;
}

/**
 * Creates a session from ONNX bytes or the path of an ONNX file.
 *
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the graph
 * @throws {E_DEVICE_UNAVAILABLE} the device is none that this machine has
 */
export async function createSession(model: Uint8Array | string, options: SessionOptions = {}): Promise<Session> {
  const native = await createNative(model, options);
  const running = new Set<Promise<unknown>>();
  let released: Promise<void> | undefined;
  return {
    inputNames: native.inputNames,
    outputNames: native.outputNames,
    run: async (feeds, outputs) => {
      if (released !== undefined) throw new NerError('E_INTERNAL', 'internal: run() on a session that was released.');
      const run = runNative(native, feeds, outputs);
      running.add(run);
      return run.finally(() => running.delete(run));
    },
    release: () => (released ??= Promise.allSettled(running).then(() => native.release())),
  };
}

function requireTelemetryOff(): void {
  if (telemetryOff) return;
  throw new NerError(
    'E_INTERNAL',
    'internal: createSession in a worker thread whose starter had not imported shared/env.ts, so the telemetry of ' +
      'onnxruntime would be on. Import shared/env.ts where the thread is started.',
  );
}

/**
 * The session of onnxruntime itself, for what `Session` does not do; only shared/ort sees it.
 *
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the graph
 */
export async function createNative(model: Uint8Array | string, options: SessionOptions): Promise<InferenceSession> {
  requireTelemetryOff();
  const { device = 'cpu', threads = 1, optimization = 'all', spinning = false, rewrittenFile, extra = {} } = options;
  const { log = 'errors', withoutRewrites = [], memoryPattern = true, profilePrefix } = options;
  await requireDevice(device);
  const nativeOptions: InferenceSession.SessionOptions = {
    executionProviders: [device],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimization,
    enableMemPattern: memoryPattern,
    logSeverityLevel: LOG_SEVERITY[log],
    ...(rewrittenFile === undefined ? {} : { optimizedModelFilePath: rewrittenFile }),
    ...(profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }),
    extra: {
      'session.intra_op.allow_spinning': spinning ? '1' : '0',
      'optimization.disable_specified_optimizers': [...DISABLED_REWRITES[device], ...withoutRewrites].join(';'),
      ...extra,
    },
  };
  try {
    // The binding has one overload for each.
    return typeof model === 'string'
      ? await InferenceSession.create(model, nativeOptions)
      : await InferenceSession.create(unshared(model), nativeOptions);
  } catch (error) {
    const what = typeof model === 'string' ? model : `a model of ${model.byteLength} bytes`;
    throw new NerError('E_GRAPH_INVALID', `createSession: onnxruntime cannot load ${what}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function runNative(
  native: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[] | undefined,
): Promise<Record<string, Tensor>> {
  const nativeFeeds = toNatives('input', native.inputNames, feeds);
  const fetched = await fetch(native, nativeFeeds, outputs ?? native.outputNames);
  return Object.fromEntries(Object.entries(fetched).map(([name, tensor]) => [name, fromNative(name, tensor)]));
}

async function fetch(
  native: InferenceSession,
  feeds: Record<string, OrtTensor>,
  outputs: readonly string[],
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await native.run(feeds, outputs);
  } catch (error) {
    throw refusedRun(feeds, error);
  }
}

/** What a run is refused with: E_GRAPH_RUN, with the shapes that were fed. */
export function refusedRun(feeds: Readonly<Record<string, OrtTensor>>, cause: unknown): NerError {
  const shapes = Object.entries(feeds).map(([name, t]) => `${name}: ${t.type}[${t.dims.join(', ')}]`);
  const message = `run: onnxruntime refused the run, got { ${shapes.join('; ')} }: ${messageOf(cause)}`;
  return new NerError('E_GRAPH_RUN', message, { cause });
}

/**
 * The tensors of these names as onnxruntime takes them, over the same memory where that is not shared.
 *
 * @throws {E_SHAPE_MISMATCH} one is missing, or its data do not fill its shape
 * @throws {E_DTYPE_MISMATCH} one's data are not of its dtype
 */
export function toNatives(
  kind: 'input' | 'output',
  names: readonly string[],
  tensors: Readonly<Record<string, Tensor>>,
): Record<string, OrtTensor> {
  const missing = names.find((name) => tensors[name] === undefined);
  if (missing !== undefined) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `run: ${kind} '${missing}' is missing, got [${Object.keys(tensors).join(', ')}]; expected [${names.join(', ')}].`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, toNative(`${kind} '${name}'`, tensors[name]!)]));
}

function toNative(what: string, { dtype, dims, data }: Tensor): OrtTensor {
  if (!(data instanceof tensorArrays[dtype])) {
    throw new NerError(
      'E_DTYPE_MISMATCH',
      `run: the data of ${what} do not fit its dtype, got ${Object.prototype.toString.call(data)}; expected ${tensorArrays[dtype].name} for ${dtype}.`,
    );
  }
  if (data.length !== elementCount(dims)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `run: the data of ${what} do not fill its shape, got ${data.length} elements; expected ${elementCount(dims)} for [${dims.join(', ')}].`,
    );
  }
  return new OrtTensor(dtype, unshared(data), dims);
}

function fromNative(name: string, tensor: OrtTensor): Tensor {
  if (!(tensor.type in tensorArrays)) {
    throw new NerError(
      'E_DTYPE_MISMATCH',
      `run: output '${name}' is ${tensor.type}; expected one of ${Object.keys(tensorArrays).join(', ')}.`,
    );
  }
  // Checked above, and the binding pairs each type with its array.
  return { dtype: tensor.type as TensorDtype, dims: tensor.dims, data: tensor.data } as Tensor;
}

/** The same array, copied out of a SharedArrayBuffer, which the binding refuses. */
function unshared<A extends Tensor['data']>(array: A): A {
  return array.buffer instanceof SharedArrayBuffer ? (array.slice() as A) : array;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
