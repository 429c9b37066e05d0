import type { Manifest } from '../contracts/manifest.ts';
import { checkModel } from '../ort/check-model.ts';
import type { Session } from '../ort/session.ts';
import { createWorkerPool } from '../ort/worker-pool.ts';
import type { Bundle } from './bundle.ts';
import type { GraphInput } from './graph-input.ts';
import { createPredictor } from './predictor.ts';
import type { Predictor } from './predictor.ts';
import { verifyGolden } from './verify-golden.ts';

/** A model that answers. */
export interface LoadedModel {
  readonly manifest: Manifest;
  readonly predictor: Predictor;
  /** Frees the graph, after the calls under way. */
  release(): Promise<void>;
}

export interface LoadModelOptions {
  /** Makes the graph's inputs from words, by the bundle's features. */
  readonly inputOf: (bundle: Bundle) => GraphInput | Promise<GraphInput>;
  /** Worker threads that run the graph. Default 1. */
  readonly workers?: number;
  /** Whether others need the cores meanwhile: workers start one after the other. Default false. */
  readonly gently?: boolean;
  /** Opens the graph. Default: a worker pool, so that the calling thread is never blocked. */
  readonly openGraph?: (graph: Uint8Array) => Promise<Session>;
}

/**
 * Makes a verified bundle ready to answer: the graph is checked before onnxruntime sees it, and the golden texts are
 * tagged before the model is handed out.
 *
 * @throws {E_GRAPH_UNSAFE} the graph could do more than compute
 * @throws {E_GRAPH_INVALID} onnxruntime cannot load the graph
 * @throws {E_MODEL_GOLDEN} the model does not find what its exporter found
 */
export async function loadModel(bundle: Bundle, options: LoadModelOptions): Promise<LoadedModel> {
  const { inputOf, workers = 1, gently = false } = options;
  const openPool = (model: Uint8Array): Promise<Session> =>
    createWorkerPool({ model, workers, transferFeeds: true, startInTurn: gently });
  const { openGraph = openPool } = options;
  const { manifest, files } = bundle;
  // The manifest's schema says that the file is there.
  const graph = files.get(manifest.graph.file)!;
  checkModel(graph);
  // Threads start and load the graph while this one reads the tokeniser.
  const opening = openGraph(graph);
  const [opened, made] = await Promise.allSettled([opening, (async () => inputOf(bundle))()]);
  if (opened.status === 'rejected') throw opened.reason;
  const session = opened.value;
  try {
    if (made.status === 'rejected') throw made.reason;
    const input = made.value;
    const predictor = createPredictor({ manifest, run: session.run, input, concurrency: workers + 1 });
    await verifyGolden(predictor, manifest.golden);
    return { manifest, predictor, release: () => session.release() };
  } catch (error) {
    await session.release();
    throw error;
  }
}
