import type { Manifest } from '../../shared/contracts/manifest.ts';
import { bioConstraints } from '../../shared/decode/constraints.ts';
import { headScores } from '../../shared/decode/head-scores.ts';
import { viterbi } from '../../shared/decode/viterbi.ts';
import { emit } from '../../shared/model/emitter.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import type { Session } from '../../shared/ort/session.ts';

/** What a graph makes of a sentence. */
export interface ScoredSentence {
  /** A score for each word and label, [W, L]. */
  readonly scores: Float32Array;
  readonly tags: readonly string[];
}

export interface ScoringOptions {
  readonly manifest: Pick<Manifest, 'labels' | 'head'>;
  readonly input: GraphInput;
  readonly run: Session['run'];
}

/** The label scores of each sentence and the tags that they decode to, as serving decodes them. */
export async function scoreSentences(
  sentences: readonly (readonly string[])[],
  { manifest, input, run }: ScoringOptions,
): Promise<readonly ScoredSentence[]> {
  const { labels } = manifest;
  const decoder = {
    ...headScores(manifest.head, labels.length),
    labels: labels.length,
    constraints: bioConstraints(labels),
  };
  const scored = sentences.map((): ScoredSentence => ({ scores: new Float32Array(0), tags: [] }));
  await emit(
    sentences,
    (index, sentence) => {
      const { emissions, offset, length } = sentence;
      const { path } = viterbi({ ...decoder, ...sentence });
      scored[index] = {
        scores: emissions.slice(offset, offset + length * labels.length),
        tags: Array.from(path, (label) => labels[label]!),
      };
    },
    { run, input, labels: labels.length, concurrency: 1, maxRows: 32 },
  );
  return scored;
}
