import type { Gate, GateLimits, Manifest, Precision } from '../../shared/contracts/manifest.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { createPredictor } from '../../shared/model/predictor.ts';
import { sealManifest, writeBundle, type BundleContent } from '../../shared/model/write-bundle.ts';
import { checkModel } from '../../shared/ort/check-model.ts';
import { createSession, type Session } from '../../shared/ort/session.ts';
import { onnxruntimeVersion } from '../../shared/ort/version.ts';
import { createRng } from '../../shared/random.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { toOnnx } from '../engine/index.ts';
import { evaluateTags } from '../../shared/evaluation/evaluation-report.ts';
import type { Tagger } from '../models/tagger.ts';
import { checkGate, DEFAULT_LIMITS, gateFigures } from './export-gate.ts';
import { quantizeProgram } from './quantize-program.ts';
import { scoreSentences, type ScoredSentence } from './scored-sentences.ts';
import { servingProgram } from './serving-graph.ts';

export interface Conversion {
  readonly bundle: Bundle;
  readonly model: Tagger;
  /** Values of the model's parameters, by name. */
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly input: GraphInput;
  readonly precision: Precision;
  readonly corpus: { readonly sha256: string; readonly sentences: readonly Sentence[] };
  readonly limits: Partial<GateLimits>;
  readonly out: string;
  readonly version: string;
  readonly threads: number;
}

/**
 * Writes a model with its serving graph in another form, if the export gate lets it through: measured against the graph in
 * the bundle as it was written, without onnxruntime's rewrites. Golden texts are tagged anew, and the bundle is loaded as
 * serving loads it before it is written.
 *
 * @throws {E_EXPORT_GATE} as `checkGate`; then nothing is written
 */
export async function convertBundle(
  conversion: Conversion,
): Promise<{ readonly manifest: Manifest; readonly gate: Gate }> {
  const { bundle, precision, corpus, input, threads } = conversion;
  const graph = await emitGraph(conversion);
  checkModel(graph);
  const reference = bundle.files.get(bundle.manifest.graph.file)!;
  const expected = await withSession(reference, { threads, optimization: 'disabled' }, (run) =>
    scoreSentences(wordsOf(corpus), { manifest: bundle.manifest, input, run }),
  );
  return withSession(graph, { threads }, async (run) => {
    const exported = await scoreSentences(wordsOf(corpus), { manifest: bundle.manifest, input, run });
    const gold = corpus.sentences.map(({ tags }) => tags);
    const figures = gateFigures({ gold, exported, reference: expected });
    const limits = { ...DEFAULT_LIMITS[precision], ...conversion.limits };
    checkGate(figures, limits);
    const words = corpus.sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
    const gate = { corpus: { sha256: corpus.sha256, sentences: corpus.sentences.length, words }, figures, limits };
    const content = await contentOf(conversion, { graph, run, gate, exported });
    // As serving will load it: the golden texts must come out the same.
    const files = new Map(Object.entries(content.files));
    const loaded = await loadModel({ manifest: sealManifest(content), files }, { inputOf: () => input });
    await loaded.release();
    return { manifest: await writeBundle(conversion.out, content), gate };
  });
}

async function emitGraph({ model, values, precision, corpus, input, threads }: Conversion): Promise<Uint8Array> {
  const program = servingProgram(model, values);
  const { graph, weights } =
    precision === 'fp32' ? program : await quantizeProgram(program, { sentences: wordsOf(corpus), input, threads });
  return toOnnx(graph, { weights });
}

function wordsOf({ sentences }: Conversion['corpus']): readonly (readonly string[])[] {
  return sentences.map(({ words }) => words);
}

type SessionOptions = NonNullable<Parameters<typeof createSession>[1]>;

async function withSession<T>(
  graph: Uint8Array,
  options: SessionOptions,
  use: (run: Session['run']) => Promise<T>,
): Promise<T> {
  const session = await createSession(graph, options);
  try {
    return await use(session.run);
  } finally {
    await session.release();
  }
}

interface Measured {
  readonly graph: Uint8Array;
  readonly run: Session['run'];
  readonly gate: Gate;
  readonly exported: readonly ScoredSentence[];
}

/** Files that are of no use where only the graph serves. */
const WEIGHTS_FILE = 'model.safetensors';

/** The bundle's files with the new graph, and a manifest that says what was measured of it. */
async function contentOf(conversion: Conversion, measured: Measured): Promise<BundleContent> {
  const { bundle, precision, input, corpus, version } = conversion;
  const { graph, run, gate, exported } = measured;
  const { manifest } = bundle;
  const file = graphFile(manifest.graph.file, precision);
  const dropped = new Set([manifest.graph.file, ...(precision === 'fp32' ? [] : [WEIGHTS_FILE])]);
  const files = Object.fromEntries([...bundle.files].filter(([path]) => !dropped.has(path)));
  const { labels, head, features, temperature, data, recipe, seed } = manifest;
  const found = await createPredictor({ manifest, run, input }).predict(manifest.golden.map(({ text }) => text));
  const report = evaluateTags(
    corpus.sentences.map(({ tags }) => tags),
    exported.map(({ tags }) => tags),
    { rng: createRng(0, 'bootstrap') },
  );
  return {
    manifest: {
      labels,
      head,
      features,
      temperature,
      data,
      recipe,
      seed,
      engine: { tagwright: version, onnxruntime: onnxruntimeVersion },
      graph: { file, precision },
      exportedFrom: manifest.id,
      gate,
      metrics: {
        [splitOf(manifest, corpus.sha256)]: {
          entity: report.entity.default.micro,
          f1Interval: report.f1Interval,
          tokenAccuracy: report.tokenAccuracy,
        },
      },
      golden: manifest.golden.map(({ text }, i) => ({
        text,
        entities: found[i]!.map(({ type, start, end }) => ({ type, start, end })),
      })),
    },
    files: { ...files, [file]: graph },
  };
}

/** The split that a file was in training; the gate's own corpus otherwise. */
function splitOf({ data }: Manifest, sha256: string): string {
  return Object.entries(data).find(([, split]) => split.sha256 === sha256)?.[0] ?? 'gate';
}

/** Named as optimum and transformers.js look for it. */
function graphFile(file: string, precision: Precision): string {
  return precision === 'fp32' ? file : file.replace(/\.onnx$/, '_quantized.onnx');
}
