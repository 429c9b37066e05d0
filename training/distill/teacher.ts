import type { Head, Manifest } from '../../shared/contracts/manifest.ts';
import { bioConstraints } from '../../shared/decode/constraints.ts';
import { headScores } from '../../shared/decode/head-scores.ts';
import { forwardBackward, tagProbabilities } from '../../shared/decode/marginals.ts';
import { fillScaled, roomFor, weighHead } from '../../shared/decode/scaled-chain.ts';
import { viterbi } from '../../shared/decode/viterbi.ts';
import { atOnce } from '../../shared/event-loop/steps.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { emit, type EmitterOptions, type SentenceEmissions } from '../../shared/model/emitter.ts';
import { checkModel } from '../../shared/ort/check-model.ts';
import { createSession } from '../../shared/ort/session.ts';

/** What a teacher says of a sentence. */
export interface SoftLabels {
  /** Logarithms of the probability of each label at each word, [W, L], in half precision. */
  readonly logits: Float16Array;
}

/** A trained tagger that a student learns from. */
export interface Teacher {
  readonly manifest: Manifest;
  /** `p(tag_t = y)` of each word under the BIO rules: marginals of its CRF, or softmaxes where it has none. */
  label(sentences: readonly (readonly string[])[]): Promise<readonly SoftLabels[]>;
  /** The tags that it would give. */
  tag(sentences: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]>;
  release(): Promise<void>;
}

/** What stands for the logarithm of 0, and of all that is next to it: e^-30 is 1e-13. */
const LEAST_LOGIT = -30;

/** @throws {E_BUNDLE_MISSING} {E_BUNDLE_TAMPERED} {E_BUNDLE_FOREIGN} {E_GRAPH_UNSAFE} {E_GRAPH_INVALID} */
export async function openTeacher(dir: string, threads: number): Promise<Teacher> {
  const bundle = await openBundle(dir);
  const { manifest, files } = bundle;
  const graph = files.get(manifest.graph.file)!;
  checkModel(graph);
  const input = await bundleInput(bundle);
  const session = await createSession(graph, { threads });
  const { labels } = manifest;
  const emitter: EmitterOptions = { run: session.run, input, labels: labels.length, concurrency: 1, maxRows: 32 };
  const marginals = createMarginals(manifest.head, labels);
  const head = { ...headScores(manifest.head, labels.length), labels: labels.length };
  const constraints = bioConstraints(labels);
  return {
    manifest,
    label: async (sentences) => {
      const found = sentences.map((): SoftLabels => ({ logits: new Float16Array(0) }));
      const visit = (index: number, rows: SentenceEmissions): void => {
        found[index] = { logits: Float16Array.from(marginals(rows), (p) => Math.max(Math.log(p), LEAST_LOGIT)) };
      };
      await emit(sentences, visit, emitter);
      return found;
    },
    tag: async (sentences) => {
      const found = sentences.map((): readonly string[] => []);
      const visit = (index: number, rows: SentenceEmissions): void => {
        found[index] = Array.from(viterbi({ ...rows, ...head, constraints }).path, (label) => labels[label]!);
      };
      await emit(sentences, visit, emitter);
      return found;
    },
    release: () => session.release(),
  };
}

/** Forward-backward in linear space where that holds, which is some times faster, else in log space. Gives [W, L]. */
function createMarginals(head: Head, labels: readonly string[]): (rows: SentenceEmissions) => Float64Array {
  const size = labels.length;
  const scores = headScores(head, size);
  const constraints = bioConstraints(labels);
  const weights = weighHead(scores, constraints, 1);
  let lattice = roomFor(0, size);
  return (rows) => {
    lattice = roomFor(rows.length, size, lattice);
    if (atOnce(fillScaled(weights, lattice, rows))) {
      const { alpha, beta } = lattice;
      const found = new Float64Array(rows.length * size).map((_, i) => alpha[i]! * beta[i]!);
      if (found.every(Number.isFinite)) return found;
    }
    return tagProbabilities(forwardBackward({ ...rows, ...scores, labels: size, constraints }));
  };
}
